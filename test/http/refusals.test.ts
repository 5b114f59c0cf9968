import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import {
  encrypt,
  FIXTURE_ACCOUNT,
  pushAsWeChat,
  sign,
  type PushOptions,
  type WirePush,
} from '../support/wechat/seal.js';
import { eventually } from '../support/time/eventually.js';
import { createTestApp, FIXTURE_TIME_MS, type TestApp } from '../support/app/test-app.js';
import {
  cipherModes,
  exchange,
  face,
  post,
  REFUSAL,
  textXml,
  wire,
  type CipherMode,
} from '../support/wechat/wire-push.js';

const OTHER_KEY = 'Qk9jVzdzTmZ4cUwyYUhkR3RSeUU1dU1pUDh2WmswYlX';
const nowS = FIXTURE_TIME_MS / 1000;
const fixture = (file: string) => readFileSync(`fixtures/pushes/${file}`, 'utf8');

/** Runs of handlers, whichever app they belong to. */
let runs = 0;
const handlers = { any: { on: '*', handle: () => void (runs += 1) } } as const;
const untouched = Object.getOwnPropertyNames(Object.prototype).sort();

let app: TestApp;
beforeEach(() => {
  runs = 0;
});

function setUp(settings: Readonly<Record<string, string>>): void {
  beforeAll(async () => {
    app = await createTestApp({ handlers, settings });
  });
  afterAll(() => app.close());
}

/** The push is refused: with the one face outside, its reason in the log, and nothing else. */
async function expectRefused(asking: ReturnType<typeof post>, reason: string): Promise<void> {
  const response = await asking;
  expect(face(response)).toEqual(REFUSAL);
  expect(app.reasons().at(-1)).toBe(reason);
  expect(runs).toBe(0);
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(untouched);
}

async function expectTaken(asking: ReturnType<typeof post>): Promise<void> {
  const response = await asking;
  expect([response.status, response.text]).toEqual([200, 'success']);
}

/** The signature that the mode believes. */
const believed = (mode: CipherMode) => (mode === 'plaintext' ? 'signature' : 'msg_signature');

const replaced = (push: WirePush, name: string, value: string): WirePush => ({
  ...push,
  query: { ...push.query, [name]: value },
});

describe.each(cipherModes)('given a callback in %s mode', (mode) => {
  setUp({ WECHAT_CIPHER_MODE: mode });
  const name = believed(mode);
  const good = (options: PushOptions = {}) => wire(textXml(), { mode, ...options });

  test('when a push is good, then it is taken (so that the refusals below mean something)', async () => {
    await expectTaken(post(app.http, good()));
    expect(runs).toBe(1);
  });

  test.each<[string, (push: WirePush) => string | undefined, string]>([
    ['missing', () => undefined, 'signature_missing'],
    ['empty', () => '', 'signature_missing'],
    ['wrong', () => sign('x'), 'signature_mismatch'],
    ['upper-case', ({ query }) => query[name]!.toUpperCase(), 'signature_mismatch'],
    ['cut short', ({ query }) => query[name]!.slice(0, 39), 'signature_mismatch'],
    ['full-width', () => '\uff10'.repeat(40), 'signature_mismatch'],
  ])('when its signature is %s, then it is refused', async (_, change, reason) => {
    const push = good();
    const { [name]: was, ...query } = push.query;
    const value = change(push);
    expect(was).toHaveLength(40);
    const changed = value === undefined ? query : { ...query, [name]: value };
    await expectRefused(post(app.http, { ...push, query: changed }), reason);
  });

  test.each([
    ['repeated', (query: string, value: string) => `${query}&${name}=${value}`],
    [
      'repeated behind an encoded name',
      (query: string, value: string) => `${query}&%${hex(name)}${name.slice(1)}=${value}`,
    ],
    ['an array', (query: string, value: string) => query.replace(`${name}=${value}`, `${name}[]=${value}`)],
    ['an object', (query: string, value: string) => query.replace(`${name}=${value}`, `${name}[a]=${value}`)],
    [
      'not percent-encoded UTF-8',
      (query: string, value: string) => query.replace(`${name}=${value}`, `${name}=%ff`),
    ],
  ])('when its signature is %s, then it is refused', async (_, change) => {
    const { query, body } = good();
    const text = new URLSearchParams(query).toString();
    const value = query[name]!;
    const changed = change(text, value);
    expect(changed).not.toBe(text);
    await expectRefused(
      request(app.http).post(`/wechat?${changed}`).type('text/xml').send(body),
      'signature_missing',
    );
  });

  test.each([
    ['too old', String(nowS - 601), /601 s behind/],
    ['too far ahead', String(nowS + 601), /601 s ahead/],
    ['no number', '1e9', /no number/],
    ['negative', `-${nowS}`, /no number/],
  ])(
    'when its timestamp is %s, then it is refused and the log names the skew',
    async (_, timestamp, said) => {
      await expectRefused(post(app.http, good({ timestamp })), 'timestamp_stale');
      expect(app.lines.at(-1)?.message).toMatch(said);
    },
  );

  test.each([String(nowS - 600), String(nowS + 600), `0${nowS}`])(
    'when its timestamp is %s, then it is taken',
    (timestamp) => expectTaken(post(app.http, good({ timestamp }))),
  );

  test.each([
    ['empty', Buffer.alloc(0), 'body_unreadable'],
    ['blank', Buffer.from(' \n'), 'body_unreadable'],
    ['not UTF-8', Buffer.from('<xml><MsgType>\xff</MsgType></xml>', 'latin1'), 'body_unreadable'],
    ['UTF-16', Buffer.from('\ufeff<xml></xml>', 'utf16le'), 'body_unreadable'],
    ['compressed', gzipSync('<xml></xml>'), 'body_unreadable'],
    ['half a JSON text', Buffer.from('{"MsgType":'), 'body_unreadable'],
    ['a form', Buffer.from('a=1&b=2'), 'body_unreadable'],
  ])('when its body is %s under a good signature, then it is refused', async (_, body, reason) => {
    const asking = request(app.http).post('/wechat').query(good().query).type('text/xml');
    await expectRefused(asking.send(body), reason);
  });

  test.each([
    ['GBK', '<xml><Content>\xc4\xe3\xba\xc3</Content></xml>', 'text/xml', /not UTF-8 but reads as GBK/],
    ['GBK and says so', '<xml>\xc4\xe3</xml>', 'text/xml; charset=GBK', /claims charset GBK/],
    ['Latin-1', '<xml>\xff</xml>', 'text/xml; charset="iso-8859-1"', /claims charset iso-8859-1/],
    ['UTF-16 in ASCII letters', '<\0x\0>\0', 'text/xml; charset=utf-16le', /claims charset utf-16le/],
  ])('when its body is %s, then the log says so', async (_, body, type, said) => {
    const asking = request(app.http).post('/wechat').query(good().query).set('Content-Type', type);
    await expectRefused(asking.send(Buffer.from(body, 'latin1')), 'body_unreadable');
    expect(app.lines.at(-1)?.message).toMatch(said);
  });

  test.each([
    ['no signature', () => ({}), 'signature_missing'],
    [
      'a signature of another shape',
      () => ({ ...good().query, [name]: 'x', signature: 'y' }),
      'signature_mismatch',
    ],
    ['an old timestamp', () => ({ ...good({ timestamp: '1' }).query }), 'timestamp_stale'],
  ])('when a request has %s, then it is refused before its body comes', async (_, query, reason) => {
    const url = `/wechat?${new URLSearchParams(query()).toString()}`;
    const head = `POST ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n`;
    expect(await exchange(app.port, [head]).text).toMatch(/^HTTP\/1\.1 403 /);
    expect(app.reasons().at(-1)).toBe(reason);
  });

  test('when 20 large bodies come under one URL, then four are refused and another push is taken', async () => {
    const url = `/wechat?${new URLSearchParams(good().query).toString()}`;
    const head = `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n`;
    const heard: string[] = [];
    const sockets = Array.from({ length: 20 }, () => connect(app.port, '127.0.0.1'));
    for (const socket of sockets) socket.on('data', (text) => heard.push(String(text))).write(head);
    await eventually(() => expect(heard).toHaveLength(4));
    expect(heard.every((text) => text.startsWith('HTTP/1.1 403 '))).toBe(true);
    expect(app.reasons().slice(-4)).toEqual(['crowded', 'crowded', 'crowded', 'crowded']);
    await expectTaken(post(app.http, good()));
    for (const socket of sockets) socket.destroy();
  });

  test('when its body is announced as gzip, then the bytes are read as they are', async () => {
    const { query, body } = good();
    const asking = () => request(app.http).post('/wechat').query(query).set('Content-Encoding', 'gzip');
    await expectRefused(asking().type('text/xml').send(gzipSync(body)), 'body_unreadable');
    await expectTaken(asking().type('text/xml').send(body));
  });

  const bad = [
    'hostile.doctype-xxe.xml',
    'hostile.entity-expansion.xml',
    'hostile.deep-nesting.xml',
    'bad.mismatched-tag.xml',
    'bad.truncated.xml',
    'bad.empty.xml',
  ];
  test.each(bad)('when it is %s, well signed, then it is refused', (file) =>
    expectRefused(
      post(app.http, wire(fixture(file), { mode: mode === 'compatible' ? 'safe' : mode })),
      'body_unreadable',
    ),
  );

  test('when the outer XML holds a DOCTYPE, then it is refused', async () => {
    const push = good();
    const body = `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>${push.body}`;
    await expectRefused(post(app.http, { ...push, body }), 'body_unreadable');
  });

  test.each(['application/json', 'application/x-www-form-urlencoded', 'text/xml; charset=gbk', 'nonsense'])(
    'when it calls itself %s, then it is read all the same',
    async (type) => {
      const { query, body } = good();
      // superagent would make JSON of a text, so it is given bytes
      await expectTaken(
        request(app.http).post('/wechat').query(query).set('Content-Type', type).serialize(String).send(body),
      );
    },
  );

  test('when it names no content type, then it is read all the same', async () => {
    const { query, body } = good();
    const response = await fetch(
      `http://127.0.0.1:${app.port}/wechat?${new URLSearchParams(query).toString()}`,
      {
        method: 'POST',
        body: Buffer.from(body),
      },
    );
    expect([response.status, await response.text()]).toEqual([200, 'success']);
  });

  test('when it begins with a byte-order mark, then it is taken', () =>
    expectTaken(post(app.http, wire(`\ufeff${textXml()}`, { mode }))));

  test('when its kind is unknown, then it is taken', () =>
    expectTaken(post(app.http, wire(textXml({ MsgType: 'some_future_type' }), { mode }))));

  test('when its elements have names that are dangerous as keys, then it is taken and nothing else changes', async () => {
    const xml = textXml({ constructor: 'x', toString: 'x', hasOwnProperty: 'x' }).replace(
      '</xml>',
      '<__proto__><polluted>yes</polluted></__proto__><prototype>x</prototype></xml>',
    );
    await expectTaken(post(app.http, wire(xml, { mode })));
    expect(runs).toBe(1);
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(untouched);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const)(
    'when the method is %s, then the answer is 405',
    async (method) => {
      const { query } = good();
      const response = await fetch(
        `http://127.0.0.1:${app.port}/wechat?${new URLSearchParams(query).toString()}`,
        { method },
      );
      expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([
        405,
        'GET, POST',
        '',
      ]);
      expect(runs).toBe(0);
    },
  );
});

const hex = (text: string) => text.charCodeAt(0).toString(16);

describe('given a callback in safe mode', () => {
  setUp({ WECHAT_CIPHER_MODE: 'safe' });
  test('when a push comes in plaintext under a good URL signature, then it is refused', async () => {
    const push = wire(textXml());
    await expectRefused(post(app.http, push), 'not_sealed');
    await expectRefused(post(app.http, replaced(push, 'encrypt_type', 'raw')), 'not_sealed');
    await expectRefused(
      post(app.http, replaced(push, 'msg_signature', push.query['signature']!)),
      'not_sealed',
    );
  });

  test('when only the URL signature is wrong, then it does not matter', () =>
    expectTaken(post(app.http, replaced(wire(textXml(), { mode: 'safe' }), 'signature', sign('x')))));
});

describe.each(['safe', 'compatible'] as const)('given sealed pushes in %s mode', (mode) => {
  setUp({ WECHAT_CIPHER_MODE: mode });
  const sealed = (ciphertext: string) => wire(textXml(), { mode, encrypt: ciphertext });
  const ciphertext = () => encrypt(textXml(), FIXTURE_ACCOUNT);

  test('when the AppID inside is of another account, then it is refused', () =>
    expectRefused(
      post(app.http, sealed(encrypt(textXml(), { ...FIXTURE_ACCOUNT, appId: 'wx0000000000000000' }))),
      'foreign_app_id',
    ));

  test('when it is sealed with a key that is not ours, then it is refused', () =>
    expectRefused(
      post(app.http, sealed(encrypt(textXml(), { ...FIXTURE_ACCOUNT, encodingAesKey: OTHER_KEY }))),
      'envelope_undecryptable',
    ));

  test.each([1, 4, 24, 200])('when %i characters of its ciphertext are missing, then it is refused', (cut) =>
    expectRefused(post(app.http, sealed(ciphertext().slice(0, -cut))), 'envelope_undecryptable'),
  );

  test('when any one bit of its ciphertext is flipped and it is signed as it stands, then nothing else is let in', async () => {
    const good = Buffer.from(ciphertext(), 'base64');
    for (let at = 0; at < good.length; at += 7) {
      const flipped = Buffer.from(good);
      flipped[at]! ^= 1 << (at % 8);
      const response = await post(app.http, sealed(flipped.toString('base64')));
      // A bit of the 16 random bytes changes the next block as well, which the length and the AppID guard only
      // where they stand: what opens all the same was signed with our token.
      if (response.status !== 200) expect(face(response)).toEqual(REFUSAL);
      if (at < 20 || at > good.length - 40) expect(face(response)).toEqual(REFUSAL);
    }
  });

  test('when a bit is flipped and the signature is of the original, then it is refused', async () => {
    const push = sealed(ciphertext());
    const body = push.body.replace(
      /(\[CDATA\[)([A-Za-z0-9])([A-Za-z0-9+/=]{200,})/,
      (_, open, first, rest) => `${open}${first === 'A' ? 'B' : 'A'}${rest}`,
    );
    expect(body).not.toBe(push.body);
    await expectRefused(post(app.http, { ...push, body }), 'signature_mismatch');
  });

  test('when two Encrypt elements come, then it is refused', async () => {
    const push = sealed(ciphertext());
    const body = push.body.replace('</xml>', '<Encrypt>x</Encrypt></xml>');
    await expectRefused(post(app.http, { ...push, body }), 'not_sealed');
  });
});

describe('given a callback in compatible mode', () => {
  setUp({ WECHAT_CIPHER_MODE: 'compatible' });

  test('when the plain fields beside the sealed ones were altered, then only the sealed ones are used', async () => {
    const seen: string[] = [];
    const other = await createTestApp({
      handlers: {
        all: { on: 'message.text', handle: ({ push, reply }) => (seen.push(push.user), reply.text('x')) },
      },
      settings: { WECHAT_CIPHER_MODE: 'compatible' },
    });
    const push = wire(textXml({ FromUserName: 'oTheRealOne' }), { mode: 'compatible' });
    const body = push.body.replaceAll('oTheRealOne', 'oSomebodyElse');
    expect((await post(other.http, { ...push, body })).status).toBe(200);
    expect(seen).toEqual(['oTheRealOne']);
    await other.close();
  });

  test('when the sealed half is left out, then it is refused', () =>
    expectRefused(post(app.http, wire(textXml())), 'not_sealed'));
});

describe('given a callback in plaintext mode', () => {
  setUp({ WECHAT_CIPHER_MODE: 'plaintext' });

  test('when a sealed push comes, then it is refused', () =>
    expectRefused(post(app.http, wire(textXml(), { mode: 'safe' })), 'sealed_unexpectedly'));

  test('when an empty Encrypt stands beside the fields, then it is taken', () =>
    expectTaken(post(app.http, wire(textXml({ Encrypt: '' })))));
});

describe('given WECHAT_ORIGINAL_ID', () => {
  setUp({ WECHAT_CIPHER_MODE: 'safe', WECHAT_ORIGINAL_ID: 'gh_b52b1f8c3a7d' });

  test('when the ToUserName beside Encrypt is another one, then it is refused', () =>
    expectRefused(
      post(app.http, wire(textXml(), { mode: 'safe', toUserName: 'gh_other' })),
      'foreign_account',
    ));

  test('when the ToUserName inside is another one, then it is refused', () =>
    expectRefused(
      post(app.http, wire(textXml({ ToUserName: 'gh_other' }), { mode: 'safe' })),
      'foreign_account',
    ));

  test.each(['', undefined])('when the ToUserName inside is %j, then it is refused', (name) => {
    const xml = textXml({ ToUserName: 'gone' });
    const changed =
      name === undefined ? xml.replace(/<ToUserName>.*<\/ToUserName>\n/, '') : xml.replace('gone', name);
    expect(changed).not.toContain('gone');
    return expectRefused(post(app.http, wire(changed, { mode: 'safe' })), 'foreign_account');
  });

  test('when both are ours, then it is taken', () =>
    expectTaken(post(app.http, wire(textXml(), { mode: 'safe' }))));
});

describe('given MAX_PUSH_AGE_S=0', () => {
  setUp({ MAX_PUSH_AGE_S: '0' });
  test.each(['1', '1409735669', '9999999999'])(
    'when a push was signed at %s, then it is taken',
    (timestamp) => expectTaken(post(app.http, wire(textXml(), { timestamp }))),
  );
});

describe('given a captured signature in plaintext mode', () => {
  setUp({});
  const captured = () => wire('').query;

  test('when it comes with another push, then that is refused', async () => {
    const query = captured();
    await expectTaken(post(app.http, { query, body: textXml() }));
    runs = 0;
    await expectRefused(post(app.http, { query, body: textXml() }), 'replayed');
  });

  test('when it comes with the same push and other words, then that is refused', async () => {
    const query = captured();
    await expectTaken(post(app.http, { query, body: textXml({ MsgId: '7' }) }));
    runs = 0;
    await expectRefused(
      post(app.http, { query, body: textXml({ MsgId: '7', Content: 'other' }) }),
      'replayed',
    );
  });

  test('when it comes with the same fields in another layout, then that is a try of the same push', async () => {
    const query = captured();
    const body = textXml({ MsgId: '8' });
    await expectTaken(post(app.http, { query, body }));
    const relaid = `<?xml version="1.0"?>\n${body.replaceAll('\n', '\r\n  ').replaceAll(/<!\[CDATA\[(\d+)\]\]>/g, '$1')}`;
    expect(relaid).not.toBe(body);
    await expectTaken(post(app.http, { query, body: relaid }));
    await expectTaken(post(app.http, { query, body }));
    expect(runs).toBe(1);
  });

  test('when the push was refused, then its signature is not used up', async () => {
    const query = captured();
    await expectRefused(post(app.http, { query, body: '<xml><A></xml>' }), 'body_unreadable');
    await expectTaken(post(app.http, { query, body: textXml() }));
  });
});

describe('given a sealed push', () => {
  setUp({ WECHAT_CIPHER_MODE: 'safe' });
  test('when it comes again, byte for byte or freshly sealed, then it is a try of the same push', async () => {
    const xml = textXml();
    const push = pushAsWeChat(xml);
    await expectTaken(post(app.http, push));
    await expectTaken(post(app.http, push));
    await expectTaken(post(app.http, pushAsWeChat(xml, { nonce: '2', timestamp: String(nowS + 5) })));
    expect(runs).toBe(1);
  });
});
