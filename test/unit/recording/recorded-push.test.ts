import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createSealer } from '../../../src/crypto/sealer.js';
import type { PlainAnswer, PushExchange } from '../../../src/ports/push-recorder.js';
import { toPassiveXml } from '../../../src/protocol/passive-xml.js';
import { toAppId } from '../../../src/protocol/ids.js';
import { PushRefused } from '../../../src/protocol/refusal.js';
import { readPush, type Push } from '../../../src/protocol/push/push.js';
import {
  readLine,
  RECORDING_PURPOSE,
  sealedLineOf,
  standInLineOf,
  type RecordedPush,
} from '../../../src/recording/recorded-push.js';
import { createStandIn, shapeOf } from '../../../src/recording/stand-in.js';

const appId = toAppId('wx0000000000000001');
const standIn = createStandIn(new Uint8Array(32).fill(7));
const sealer = createSealer('k'.repeat(32), RECORDING_PURPOSE);

function exchange(push: Push, answer?: PlainAnswer): PushExchange {
  return { account: 'default', appId, push, atMs: 1_700_000_000_000.4, tookMs: 12.6, answer };
}

function read(raw: string): Push | undefined {
  try {
    return readPush(raw, appId);
  } catch (error) {
    if (error instanceof PushRefused) return undefined;
    throw error;
  }
}

function line(text: string, key = sealer): RecordedPush {
  const found = readLine(text, key);
  if (typeof found === 'string') throw new Error(found);
  const [one, ...others] = found;
  if (one === undefined || others.length > 0) throw new Error(`${found.length} attempts in a line`);
  return one;
}

/** All samples that a handler would see. */
const samples = readdirSync('fixtures/pushes')
  .map((file) => ({ file, push: read(readFileSync(`fixtures/pushes/${file}`, 'utf8')) }))
  .flatMap(({ file, push }) => (push === undefined ? [] : [{ file, push }]));

function message(content: string, user = 'oLVPpjqs9BhvzwPj5A-vTYAX3GLc'): Push {
  const push = read(
    `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${user}]]></FromUserName>` +
      `<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
      `<Content><![CDATA[${content}]]></Content><MsgId>24863140371234567</MsgId></xml>`,
  );
  if (push === undefined) throw new Error('no push');
  return push;
}

describe('given all samples', () => {
  test('when each is recorded with stand-ins, then the same kind with the same fields and shapes is read back', () => {
    expect(samples.length).toBeGreaterThan(150);
    for (const { file, push } of samples) {
      const recorded = line(standInLineOf(exchange(push), standIn));
      const again = read(recorded.push);
      expect([file, recorded.kind, recorded.id, recorded.standIns]).toEqual([
        file,
        push.kind,
        again?.id,
        true,
      ]);
      expect([file, again?.kind, shapesOf(again?.fields)]).toEqual([file, push.kind, shapesOf(push.fields)]);
    }
  });

  test('when each is recorded with stand-ins, then no OpenID and no text that a person typed is what it was', () => {
    const told: string[] = [];
    for (const { file, push } of samples) {
      const text = standInLineOf(exchange(push), standIn);
      if (push.user !== '' && text.includes(push.user)) told.push(`${file}: ${push.user}`);
      const before = Object.entries(typedTexts(push)).filter(([, value]) => /[\p{L}\d]{3}/u.test(value));
      const after = typedTexts(read(line(text).push));
      told.push(
        ...before.filter(([name, value]) => after[name] === value).map(([name]) => `${file}: ${name}`),
      );
    }
    expect(told).toEqual([]);
  });

  test('when several are sealed together, then the line holds them in order, and a line of before holds one', () => {
    const some = samples.slice(0, 5).map(({ push }) => exchange(push, { status: 200, body: 'success' }));
    const found = readLine(sealedLineOf(some, sealer), sealer);
    expect(found).toMatchObject(some.map(({ push }) => ({ id: push.id, push: push.raw })));
    const [first] = typeof found === 'string' ? [] : found;
    const alone = JSON.stringify({ sealed: sealer.seal(first === undefined ? null : { ...first }) });
    expect(readLine(alone, sealer)).toEqual([first]);
  });

  test('when each is sealed, then the key alone opens it, to what came', () => {
    for (const { push } of samples) {
      const sealed = sealedLineOf([exchange(push, { status: 200, body: 'success' })], sealer);
      expect(Object.keys(JSON.parse(sealed))).toEqual(['sealed']);
      expect(line(sealed)).toEqual({
        at: 1_700_000_000_000,
        account: 'default',
        id: push.id,
        kind: push.kind,
        push: push.raw,
        status: 200,
        answer: 'success',
        ms: 13,
      });
      expect(readLine(sealed, undefined)).toBe('sealed');
      expect(readLine(sealed, createSealer('j'.repeat(32), RECORDING_PURPOSE))).toBe('not-opened');
      const changed = sealed.replace(/.(?=.{40}$)/, (letter) => (letter === 'A' ? 'B' : 'A'));
      expect(readLine(changed, sealer)).toBe('not-opened');
    }
  });
});

describe('given a message and its reply', () => {
  const push = message('我的电话是 13912345678');
  const reply = toPassiveXml(
    { type: 'text', content: '你说：]]> 我的电话是 13912345678' },
    { user: push.user, account: 'gh_1' },
    1_700_000_001,
  );

  test('when they are recorded with stand-ins, then what they are is kept, and what they say is not', () => {
    const text = standInLineOf(exchange(push, { status: 200, body: reply }), standIn);
    expect(text).not.toMatch(/电话|13912345678|oLVPpjqs9/);
    const { push: raw, answer = '', status, ms } = line(text);
    expect(raw).toContain('<MsgId><![CDATA[24863140371234567]]></MsgId>');
    expect([status, ms]).toEqual([200, 13]);
    expect(answer).toContain('<FromUserName><![CDATA[gh_1]]></FromUserName>');
    expect(answer).toContain(`<ToUserName><![CDATA[${standIn(push.user)}]]></ToUserName>`);
    expect(answer).toMatch(/<MsgType><!\[CDATA\[text\]\]><\/MsgType>/);
  });

  test('when a second attempt is recorded, then its stand-ins and its id are the same', () => {
    const [first, second] = [undefined, { status: 200, body: 'success' }].map((answer) =>
      line(standInLineOf(exchange(push, answer), standIn)),
    );
    expect([second?.id, second?.push]).toEqual([first?.id, first?.push]);
    expect([first?.status, first?.answer]).toEqual([undefined, undefined]);
  });

  test('when the same user writes again, then it is the same stand-in', () => {
    const [one, two] = ['第一条', '第二条'].map((content) =>
      read(line(standInLineOf(exchange(message(content)), standIn)).push),
    );
    expect(one?.user).toBe(two?.user);
    expect(one?.user).not.toBe(push.user);
  });
});

describe('given a line that is damaged', () => {
  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"at":1}',
    '{"sealed":7}',
    '{"at":1,"account":"a","id":"i","kind":"k","ms":1}',
  ])('when it is %j, then it is unreadable', (text) => expect(readLine(text, sealer)).toBe('unreadable'));
});

function shapesOf(value: unknown): unknown {
  if (typeof value === 'string') return shapeOf(value);
  if (Array.isArray(value)) return value.map(shapesOf);
  return Object.entries(Object(value)).map(([name, item]) => [name, shapesOf(item)]);
}

const TYPED = [
  'Content',
  'Recognition',
  'Label',
  'Title',
  'Description',
  'Url',
  'PicUrl',
  'MediaId',
  'Ticket',
];

/** Returns the values of the fields that a person fills in, by name. */
function typedTexts(push: Push | undefined): Record<string, string> {
  const texts = TYPED.map((name) => [name, push?.fields[name]] as const);
  return Object.fromEntries(
    texts.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
