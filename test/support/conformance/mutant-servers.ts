import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CipherMode } from '../../../src/protocol/cipher-mode.js';
import type { Fields } from '../../../src/protocol/fields.js';
import { reply } from '../../../src/protocol/reply.js';
import { parseStrictXml, parseXml } from '../../../src/protocol/xml.js';
import { seal, unseal } from '../../../src/sandbox/wire/envelope.js';
import { FIXTURE_ACCOUNT, sign } from '../wechat/seal.js';
import {
  article,
  DIES,
  HANGS,
  refusal,
  says,
  sealed,
  reference,
  textIn,
  usualReply,
  type Steps,
} from './reference-server.js';

/** A server with one defect. */
export interface Defect {
  readonly defect: string;
  /** The rules that must find it, by id. */
  readonly rules: readonly string[];
  readonly mode?: CipherMode;
  /** Created for each server, because some have state. */
  readonly steps: () => Partial<Steps>;
}

const ERROR_PAGE = says('<!DOCTYPE html><title>Error</title>', 'text/html');
const DROPPED = says('success');
const CRASH = says('', 'text/plain', 500);
const { encodingAesKey, appId } = FIXTURE_ACCOUNT;

const never = (): never => {
  throw new Error('refused');
};

/** Answers as `said` where the fields are so. */
const where =
  (isSo: (fields: Fields) => boolean, said = CRASH): (() => Partial<Steps>) =>
  () => ({ consider: (fields) => (isSo(fields) ? said : undefined) });

/** Changes the reply's XML. */
const writing = (write: Steps['write']) => (): Partial<Steps> => ({ write });

/** Changes what was read as the user's text. */
const reading = (change: (content: string) => string) => (): Partial<Steps> => ({
  content: (fields) => change(reference.content(fields)),
});

/** A dedup key that needs no further parsing. */
const byFields: Pick<Steps, 'key'> = {
  key: (_, fields) => `${textIn(fields, 'FromUserName')} ${textIn(fields, 'MsgId')}`,
};

const is = (name: string, value: string) => (fields: Fields) => textIn(fields, name) === value;

const handshakes: readonly Defect[] = [
  {
    defect: 'puts a newline behind the echostr',
    rules: ['handshake-echo-exact'],
    steps: () => ({ handshake: (echostr) => says(`${echostr}\n`) }),
  },
  {
    defect: 'answers the handshake as JSON',
    rules: ['handshake-echo-exact'],
    steps: () => ({ handshake: (echostr) => says(JSON.stringify(echostr), 'application/json') }),
  },
  {
    defect: 'reads the echostr as a number',
    rules: ['handshake-echo-is-text'],
    steps: () => ({ handshake: (echostr) => says(String(Number(echostr))) }),
  },
  {
    defect: 'leaves the echostr percent-encoded',
    rules: ['handshake-echo-decoded'],
    steps: () => ({ handshake: (echostr) => says(encodeURIComponent(echostr)) }),
  },
  {
    defect: 'serves the echostr as a page',
    rules: ['handshake-plain-text'],
    steps: () => ({ handshake: (echostr) => says(echostr, 'text/html; charset=utf-8') }),
  },
  {
    defect: 'shows visitors a page',
    rules: ['visitor-is-refused'],
    steps: () => ({
      glance: ({ method, values }) =>
        method === 'GET' && values('signature').length === 0 ? says('hello') : undefined,
    }),
  },
  {
    defect: 'sorts the signed parts as numbers',
    rules: ['handshake-signature-order'],
    steps: () => ({
      urlSignature: (token, ...numbers) => {
        const [low, high] = numbers.sort((a, b) => Number(a) - Number(b));
        return sign(low + high + token);
      },
    }),
  },
];

const signatures: readonly Defect[] = [
  { defect: 'refuses everything', rules: ['push-accepted'], steps: () => ({ glance: () => refusal }) },
  {
    defect: 'checks no signature',
    rules: ['handshake-wrong-signature', 'push-wrong-signature'],
    steps: () => ({ signatureMatches: () => true }),
  },
  {
    defect: 'checks no signature of sealed pushes',
    rules: ['push-wrong-signature', 'push-signature-whole'],
    mode: 'safe',
    steps: () => ({ signatureMatches: () => true }),
  },
  {
    defect: 'compares signatures by the part that came',
    rules: ['handshake-wrong-signature', 'push-signature-whole'],
    steps: () => ({ signatureMatches: (expected, given) => expected.startsWith(given) }),
  },
  {
    defect: 'compares signatures without their case',
    rules: ['handshake-signature-case', 'push-signature-case'],
    steps: () => ({ signatureMatches: (expected, given) => expected === given.toLowerCase() }),
  },
  {
    defect: 'checks a signature only where there is one',
    rules: ['handshake-missing-parameter', 'push-missing-signature'],
    steps: () => ({ demandsSignature: false }),
  },
  {
    defect: 'takes the first of two signatures',
    rules: ['handshake-repeated-signature', 'push-repeated-signature'],
    steps: () => ({ pick: (values) => values[0] }),
  },
  {
    defect: 'takes the last of two signatures',
    rules: ['handshake-repeated-signature', 'push-repeated-signature'],
    steps: () => ({ pick: (values) => values.at(-1) }),
  },
  {
    defect: 'refuses with status 200',
    rules: ['push-refused-by-status'],
    steps: () => ({ refuse: () => says('success') }),
  },
  {
    defect: 'demands an openid',
    rules: ['push-openid-optional'],
    steps: () => ({
      glance: ({ method, values }) =>
        method === 'POST' && values('openid').length === 0 ? refusal : undefined,
    }),
  },
  {
    defect: 'replies to the openid of the query',
    rules: ['openid-not-believed'],
    steps: () => {
      let openid = '';
      return {
        glance({ values }) {
          [openid = ''] = values('openid');
          return undefined;
        },
        write: (xml) => xml.replace(/<ToUserName>.*?<\/ToUserName>/, `<ToUserName>${openid}</ToUserName>`),
      };
    },
  },
  {
    defect: 'keeps CreateTime in 32 bits',
    rules: ['timestamps-after-2038'],
    steps: where((fields) => Number(fields['CreateTime']) > 2 ** 31),
  },
  {
    defect: 'keeps timestamps in 32 bits',
    rules: ['timestamps-after-2038'],
    steps: () => ({
      windowS: Infinity,
      glance: ({ values }) => (Number(values('timestamp')[0]) > 2 ** 31 ? refusal : undefined),
    }),
  },
  {
    defect: 'takes pushes of any age',
    rules: ['push-stale-timestamp'],
    steps: () => ({ windowS: Infinity }),
  },
];

/** The sealed bytes, opened; with `strips` Node takes a padding of 1 to 16 off, and throws at others. */
function decrypted(encrypt: string, strips: boolean): Buffer {
  const key = Buffer.from(encodingAesKey, 'base64');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(strips);
  return Buffer.concat([decipher.update(encrypt, 'base64'), decipher.final()]);
}

/** Drops pushes by their opened bytes: says success, and nothing comes of them. */
const dropping = (isDropped: (plain: Buffer) => boolean) => (): Partial<Steps> => {
  let drops = false;
  return {
    open(encrypt) {
      drops = isDropped(decrypted(encrypt, false));
      return reference.open(encrypt);
    },
    consider: () => (drops ? DROPPED : undefined),
  };
};

const sealing: readonly Defect[] = [
  {
    defect: 'accepts plaintext in safe mode',
    rules: ['plaintext-refused'],
    mode: 'safe',
    steps: () => ({ demandsSealed: false }),
  },
  {
    defect: 'checks signature instead of msg_signature',
    rules: ['msg-signature-checked'],
    mode: 'safe',
    steps: () => ({ provesEnvelope: false }),
  },
  {
    defect: 'looks at no AppID',
    rules: ['foreign-app-id-refused'],
    mode: 'safe',
    steps: () => ({ open: (encrypt) => unseal(encrypt, encodingAesKey)?.text ?? never() }),
  },
  {
    defect: 'compares the AppID by its beginning',
    rules: ['foreign-app-id-refused'],
    mode: 'safe',
    steps: () => ({
      open(encrypt) {
        const inside = unseal(encrypt, encodingAesKey);
        return inside?.appId.startsWith(appId) === true ? inside.text : never();
      },
    }),
  },
  {
    defect: 'falls back on the plain fields',
    rules: ['wrong-key-refused', 'damage-refused'],
    mode: 'compatible',
    steps: () => ({
      believe(opened, outer) {
        try {
          return opened();
        } catch {
          return outer;
        }
      },
    }),
  },
  {
    defect: 'answers a push that nothing proves',
    rules: ['unsigned-plaintext-refused'],
    mode: 'safe',
    steps: () => ({ demandsSealed: false, demandsSignature: false }),
  },
  {
    defect: 'tells a bad envelope from a bad signature',
    rules: ['sealed-refusals-alike'],
    mode: 'safe',
    steps: () => ({ refuse: (why) => (why === 'body' ? CRASH : refusal) }),
  },
  {
    defect: 'pads to 16',
    rules: ['padding-1-to-32'],
    mode: 'safe',
    steps: () => ({
      open(encrypt) {
        const plain = decrypted(encrypt, true);
        return plain.toString('utf8', 20, 20 + plain.readUInt32BE(16));
      },
    }),
  },
  {
    defect: 'drops paddings beyond 16',
    rules: ['padding-1-to-32'],
    mode: 'safe',
    steps: dropping((plain) => (plain.at(-1) ?? 0) > 16),
  },
  {
    defect: 'drops what is longer in bytes than in letters',
    rules: ['length-in-bytes'],
    mode: 'safe',
    steps: dropping((plain) => /[^\0-\x7F]/.test(plain.toString('utf8', 20, 20 + plain.readUInt32BE(16)))),
  },
  {
    defect: 'counts letters instead of bytes',
    rules: ['length-in-bytes'],
    mode: 'safe',
    steps: () => ({
      open(encrypt) {
        const { text } = unseal(encrypt, encodingAesKey) ?? never();
        return `${text}${appId}`.slice(0, Buffer.byteLength(text));
      },
    }),
  },
  {
    defect: 'decodes the key strictly',
    rules: ['push-accepted'],
    mode: 'safe',
    steps: () => ({ open: never }),
  },
  {
    defect: 'believes the plain fields',
    rules: ['plain-fields-not-believed'],
    mode: 'compatible',
    steps: () => ({ believe: (_, outer) => outer }),
  },
  {
    defect: 'looks for Encrypt by a pattern',
    rules: ['encrypt-layouts'],
    mode: 'safe',
    steps: () => ({
      glance: ({ method, body }) =>
        method === 'GET' || body.includes('<Encrypt><![CDATA[') ? undefined : refusal,
    }),
  },
];

const bodies: readonly Defect[] = [
  { defect: 'crashes on voice', rules: ['known-kinds'], steps: where(is('MsgType', 'voice')) },
  {
    defect: 'crashes on a card',
    rules: ['known-kinds'],
    steps: where(is('Event', 'user_get_card')),
  },
  {
    defect: 'drops unknown elements',
    rules: ['unknown-fields'],
    steps: where((fields) => 'Conformance' in fields, DROPPED),
  },
  {
    defect: 'falls over an element called toString',
    rules: ['names-of-object-members'],
    steps: where((fields) => 'toString' in fields),
  },
  {
    defect: 'drops texts without MsgId',
    rules: ['missing-msg-id'],
    steps: where((fields) => is('MsgType', 'text')(fields) && fields['MsgId'] === undefined, DROPPED),
  },
  {
    defect: 'drops texts without CDATA',
    rules: ['xml-layouts'],
    steps: () => ({
      glance: ({ body }) => (/<Content>(?!<!\[CDATA\[)/.test(body) ? DROPPED : undefined),
    }),
  },
  {
    defect: 'drops texts of another Content-Type',
    rules: ['content-type-ignored'],
    steps: () => ({
      glance: ({ method, contentType }) =>
        method === 'GET' || contentType === 'text/xml' ? undefined : DROPPED,
    }),
  },
  {
    defect: 'drops long texts',
    rules: ['long-text'],
    steps: where((fields) => (textIn(fields, 'Content')?.length ?? 0) > 2_048, DROPPED),
  },
  {
    defect: 'crashes on an unknown type',
    rules: ['unknown-message-type'],
    steps: where(is('MsgType', 'conformance')),
  },
  {
    defect: 'crashes on an unknown event',
    rules: ['unknown-event'],
    steps: where(is('Event', 'conformance_test')),
  },
  {
    defect: 'refuses unknown elements',
    rules: ['unknown-fields'],
    steps: where((fields) => 'Conformance' in fields, refusal),
  },
  {
    defect: 'demands a MsgId',
    rules: ['missing-msg-id'],
    steps: where((fields) => is('MsgType', 'text')(fields) && fields['MsgId'] === undefined),
  },
  { defect: 'crashes on an empty text', rules: ['empty-text'], steps: where(is('Content', '')) },
  {
    defect: 'takes a list of one for a list',
    rules: ['lists-of-any-length'],
    steps: where(({ SubscribeMsgPopupEvent: popup }) => {
      const list = typeof popup === 'object' && !Array.isArray(popup) ? popup['List'] : [];
      return !Array.isArray(list);
    }),
  },
  {
    defect: 'reads CDATA only',
    rules: ['xml-layouts'],
    steps: () => ({
      parse: (xml) => (xml.includes('<Content><![CDATA[') ? parseXml(xml) : never()),
    }),
  },
  {
    defect: 'takes no declaration',
    rules: ['xml-oddities'],
    steps: () => ({ parse: (xml) => (xml.startsWith('<?xml') ? never() : parseXml(xml)) }),
  },
  {
    defect: 'takes no BOM',
    rules: ['bom-in-push'],
    steps: () => ({ parse: (xml) => (xml.startsWith('\uFEFF') ? never() : parseXml(xml)) }),
  },
  {
    defect: 'refuses the probe',
    rules: ['probe-without-type'],
    steps: () => ({ knowsProbe: false }),
  },
  { defect: 'takes 10 KB at most', rules: ['long-text'], steps: () => ({ limitBytes: 10_000 }) },
  {
    defect: 'demands text/xml',
    rules: ['content-type-ignored'],
    steps: () => ({
      glance: ({ method, contentType }) =>
        method === 'GET' || contentType === 'text/xml' ? undefined : says('', 'text/plain', 415),
    }),
  },
  {
    defect: 'shows an error page with status 200',
    rules: ['broken-xml-refused'],
    steps: () => ({ refuse: () => ERROR_PAGE }),
  },
  {
    defect: 'expands the entities of a DOCTYPE',
    rules: ['doctype-not-expanded'],
    steps: () => ({
      parse(xml) {
        const [doctype = '', value = ''] = /^<!DOCTYPE.*?own "(.*)">\]>/.exec(xml) ?? [];
        return parseXml(xml.slice(doctype.length).replace('&own;', value));
      },
      ...byFields,
    }),
  },
  {
    defect: 'reads the file of an external entity',
    rules: ['external-entity-not-read'],
    steps: () => ({
      parse: (xml) =>
        parseXml(xml.replace(/^<!DOCTYPE.*?SYSTEM.*?\]>/, '').replace('&own;', 'root:x:0:0:/bin/sh')),
      ...byFields,
    }),
  },
  {
    defect: 'dies of what is no XML',
    rules: ['broken-xml-survived'],
    steps: () => ({ glance: ({ body }) => (body === 'hello' ? DIES : undefined) }),
  },
  {
    defect: 'dies of a damaged envelope',
    rules: ['damage-refused'],
    mode: 'safe',
    steps: () => ({ glance: ({ body }) => (body.includes('[!!!]') ? DIES : undefined) }),
  },
  {
    defect: 'dies of a body without Encrypt',
    rules: ['missing-encrypt-survived'],
    mode: 'safe',
    steps: () => ({
      glance: ({ values, body }) =>
        values('encrypt_type').includes('aes') && !body.includes('<Encrypt>') ? DIES : undefined,
    }),
  },
  {
    defect: 'dies of entities',
    rules: ['entity-bomb-survived'],
    steps: () => ({ ...dieAt('<!ENTITY e9') }),
  },
  {
    defect: 'dies of deep nesting',
    rules: ['deep-nesting-survived'],
    steps: () => ({ ...dieAt('<a><a><a>') }),
  },
];

/** After the first body with the mark, nothing is served any more. */
function dieAt(mark: string): Partial<Steps> {
  let dead = false;
  return {
    glance({ body }) {
      dead ||= body.includes(mark);
      return dead ? says('', 'text/plain', 502) : undefined;
    },
  };
}

/** Seals as Node does when it is left alone: PKCS#7 to 16. */
function padded16(xml: string): string {
  const key = Buffer.from(encodingAesKey, 'base64');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(xml));
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const plain = Buffer.concat([Buffer.alloc(16, 'a'), length, Buffer.from(xml + appId)]);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

const replies: readonly Defect[] = [
  {
    defect: 'answers JSON',
    rules: ['reply-or-silence'],
    steps: () => ({ silence: '{"ok":true}' }),
  },
  { defect: 'writes SUCCESS', rules: ['success-exact'], steps: () => ({ silence: 'SUCCESS' }) },
  {
    defect: 'writes a newline behind success',
    rules: ['success-exact'],
    steps: () => ({ silence: 'success\n' }),
  },
  {
    defect: 'begins with a BOM',
    rules: ['nothing-before-body'],
    steps: () => ({ say: (body) => `\uFEFF${body}` }),
  },
  {
    defect: 'begins with a blank line',
    rules: ['no-blanks-before-body'],
    steps: () => ({ say: (body) => `\n${body}` }),
  },
  {
    defect: 'leaves ]]> as it is',
    rules: ['reply-well-formed'],
    steps: writing((xml) => xml.replaceAll(']]]]><![CDATA[>', ']]>')),
  },
  {
    defect: 'leaves replies unsealed',
    rules: ['reply-sealed'],
    mode: 'safe',
    steps: () => ({ sealsReplies: 'never' }),
  },
  {
    defect: 'seals in plaintext mode',
    rules: ['reply-not-sealed'],
    steps: () => ({ sealsReplies: 'always' }),
  },
  {
    defect: 'leaves Nonce out of the envelope',
    rules: ['reply-envelope-complete'],
    mode: 'safe',
    steps: () => ({ seal: (xml) => sealed(xml).replace(/<Nonce>.*<\/Nonce>/, '') }),
  },
  {
    defect: 'writes TimeStamp in milliseconds',
    rules: ['reply-envelope-seconds'],
    mode: 'safe',
    steps: () => ({ seal: (xml) => sealed(xml, { timestamp: String(Date.now()) }) }),
  },
  {
    defect: 'pads replies to 16',
    rules: ['reply-padded-to-32'],
    mode: 'safe',
    steps: () => ({ seal: (xml) => sealed(xml, { encrypt: padded16(xml) }) }),
  },
  {
    defect: 'signs the reply without Encrypt',
    rules: ['reply-msg-signature'],
    mode: 'safe',
    steps: () => ({ seal: (xml) => sealed(xml, { signature: sign('a', 'b', 'c') }) }),
  },
  {
    defect: 'seals under another AppID',
    rules: ['reply-opens'],
    mode: 'safe',
    steps: () => ({ seal: (xml) => sealed(xml, { encrypt: seal(xml, encodingAesKey, 'wx0') }) }),
  },
  {
    defect: 'seals success',
    rules: ['silence-not-sealed'],
    mode: 'safe',
    steps: () => ({ sealsReplies: 'always' }),
  },
  {
    defect: 'seals nothing',
    rules: ['nothing-not-sealed'],
    mode: 'safe',
    steps: () => ({ sealsReplies: 'always', silence: '' }),
  },
  {
    defect: 'does not swap the addresses',
    rules: ['reply-addresses-swapped'],
    steps: writing((xml) =>
      xml.replace(
        /<ToUserName>(.*)<\/ToUserName><FromUserName>(.*)<\/FromUserName>/,
        '<ToUserName>$2</ToUserName><FromUserName>$1</FromUserName>',
      ),
    ),
  },
  {
    defect: 'writes the AppID as sender',
    rules: ['reply-addresses-swapped'],
    steps: writing((xml) =>
      xml.replace(/<FromUserName>.*<\/FromUserName>/, `<FromUserName>${appId}</FromUserName>`),
    ),
  },
  {
    defect: 'writes milliseconds',
    rules: ['reply-create-time-seconds'],
    steps: writing((xml) => xml.replace(/<CreateTime>(\d+)/, '<CreateTime>$1000')),
  },
  {
    defect: 'writes seconds with a fraction',
    rules: ['reply-create-time'],
    steps: writing((xml) => xml.replace(/<CreateTime>(\d+)/, '<CreateTime>$1.25')),
  },
  {
    defect: 'writes Text',
    rules: ['reply-msg-type'],
    steps: writing((xml) => xml.replace('[text]', '[Text]')),
  },
  {
    defect: 'writes MediaId outside of Image',
    rules: ['reply-payload'],
    steps: writing((xml) => xml.replace(/<\/?Image>/g, '')),
  },
  {
    defect: 'writes an empty Content',
    rules: ['reply-content-not-empty'],
    steps: writing((xml) => xml.replace(/<Content>.*<\/Content>/s, '<Content><![CDATA[]]></Content>')),
  },
  {
    defect: 'repeats long texts whole',
    rules: ['reply-content-2048'],
    steps: () => ({ handle: (_, __, content) => reply.text(content || '-') }),
  },
  {
    defect: 'cuts between bytes',
    rules: ['reply-text-uncut'],
    steps: writing((xml) =>
      xml.replace(/是{500,}/, (letters) => Buffer.from(letters).subarray(0, 1_201).toString()),
    ),
  },
  {
    defect: 'miscounts articles',
    rules: ['reply-article-count'],
    steps: writing((xml) => xml.replace('<ArticleCount>1', '<ArticleCount>2')),
  },
  {
    defect: 'answers a picture with two articles',
    rules: ['reply-one-article'],
    steps: () => ({
      handle: (fields, run, content) =>
        is('MsgType', 'image')(fields)
          ? reply.news([article('a'), article('b')])
          : usualReply(fields, run, content),
    }),
  },
  {
    defect: 'leaves PicUrl out',
    rules: ['reply-article-complete'],
    steps: writing((xml) => xml.replace(/<PicUrl>.*<\/PicUrl>/, '')),
  },
  {
    defect: 'hands events to staff',
    rules: ['transfer-only-messages'],
    steps: () => ({ handle: () => reply.toStaff() }),
  },
];

const texts: readonly Defect[] = [
  {
    defect: 'reads numbers in texts',
    rules: ['text-numbers-as-typed'],
    steps: reading((content) =>
      content !== '' && !Number.isNaN(Number(content)) ? `${Number(content)}` : content,
    ),
  },
  {
    defect: 'trims texts',
    rules: ['text-blanks-as-typed'],
    steps: reading((content) => content.trim()),
  },
  {
    defect: 'escapes texts for HTML',
    rules: ['text-markup-as-typed'],
    steps: reading((content) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')),
  },
  {
    defect: 'decodes what is within CDATA',
    rules: ['text-markup-as-typed'],
    steps: reading((content) => content.replaceAll('&lt;', '<').replaceAll('&amp;', '&')),
  },
  {
    defect: 'reads the first CDATA section only',
    rules: ['text-cdata-end-as-typed'],
    steps: () => ({
      parse: (xml) =>
        parseXml(xml.replaceAll(/(<Content><!\[CDATA\[.*?\]\]>).*?<\/Content>/gs, '$1</Content>')),
    }),
  },
  {
    defect: 'reads with nothing but an XML parser, which refuses an end of CDATA that is not escaped',
    rules: ['text-cdata-end-unescaped'],
    steps: () => ({ parse: parseStrictXml }),
  },
  {
    defect: 'loses letters of four bytes',
    rules: ['text-emoji-as-typed'],
    steps: reading((content) => content.replaceAll(/[\u{10000}-\u{10FFFF}]/gu, '?')),
  },
];

/** The usual key with some of its parts left out. */
const keyed = (key: (fields: Fields) => string) => (): Partial<Steps> => ({
  key: (_, fields) => key(fields),
});
const part = (fields: Fields, ...names: readonly string[]) =>
  names.map((name) => textIn(fields, name) ?? '').join(' ');

const tries: readonly Defect[] = [
  {
    defect: 'answers a try success while the first one runs',
    rules: ['retry-at-once-same-answer', 'retry-of-event-same-answer'],
    steps: () => ({ whileRunning: 'success' }),
  },
  {
    defect: 'answers a try success after the first one',
    rules: ['retry-in-turn-same-answer', 'retry-byte-for-byte'],
    steps: () => ({ afterwards: 'success' }),
  },
  {
    defect: 'runs every try',
    rules: ['attempts-run-once', 'attempts-of-event-run-once'],
    steps: () => ({ remembers: false }),
  },
  {
    defect: 'refuses a nonce that it knows',
    rules: ['retry-byte-for-byte'],
    steps: () => {
      const seen = new Set<string>();
      return {
        glance({ values }) {
          const [nonce = ''] = values('nonce');
          if (seen.has(nonce)) return refusal;
          seen.add(nonce);
          return undefined;
        },
      };
    },
  },
  {
    defect: 'takes MsgId alone for the key',
    rules: ['same-msgid-two-users'],
    steps: keyed((fields) => part(fields, 'MsgId', 'Event', 'EventKey')),
  },
  {
    defect: 'reads MsgId as a number',
    rules: ['msgid-all-digits'],
    steps: keyed((fields) => `${part(fields, 'FromUserName', 'CreateTime')} ${Number(fields['MsgId'])}`),
  },
  {
    defect: 'knows events by sender and second',
    rules: ['two-events-one-second'],
    steps: keyed((fields) => part(fields, 'FromUserName', 'CreateTime', 'MsgId')),
  },
  {
    defect: 'knows events by sender, second and name',
    rules: ['two-events-one-second'],
    steps: keyed((fields) => part(fields, 'FromUserName', 'CreateTime', 'MsgId', 'Event')),
  },
];

const limits: readonly Defect[] = [
  { defect: 'takes its time', rules: ['answers-in-time'], steps: where(is('MsgType', 'image'), HANGS) },
  {
    defect: 'serves one after the other',
    rules: ['burst-served'],
    steps: () => {
      let busyUntilMs = 0;
      return {
        handlingMs() {
          busyUntilMs = Math.max(busyUntilMs, performance.now()) + 100;
          return busyUntilMs - performance.now();
        },
      };
    },
  },
  {
    defect: 'reads bodies of any size',
    rules: ['large-body-refused'],
    steps: () => ({
      limitBytes: Infinity,
      parse: (xml) => parseXml(xml.replace(/<\/xml>x+$/, '</xml>')),
      ...byFields,
    }),
  },
  {
    defect: 'takes every method for POST',
    rules: ['put-refused'],
    steps: () => ({ methods: ['GET', 'POST', 'PUT', 'DELETE'] }),
  },
];

export const defects: readonly Defect[] = [
  ...handshakes,
  ...signatures,
  ...sealing,
  ...bodies,
  ...replies,
  ...texts,
  ...tries,
  ...limits,
];
