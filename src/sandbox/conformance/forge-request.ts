import { seal } from '../wire/envelope.js';
import { cdata } from '../wire/push-xml.js';
import { signatureSteps } from '../wire/sign.js';
import type { Target } from './target.js';

/** A query, in order; a name may occur twice. */
export type Query = readonly (readonly [name: string, value: string])[];

/** A signed and possibly sealed push, ready to send. */
export interface SignedPushRequest {
  readonly query: Query;
  readonly body: string;
}

/** Deviations from a request of WeChat's; see "tampering" in the glossary. */
export interface Tampering {
  readonly mode?: Target['mode'];
  readonly token?: string;
  readonly appId?: string;
  readonly encodingAesKey?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  /** Changes the sealed text before it is signed. */
  readonly tamper?: (encrypt: string) => string;
  /** Changes the plain XML next to the sealed one in compatible mode. */
  readonly beside?: (xml: string) => string;
}

/** Signs a push, and seals it if the mode requires, as WeChat does or with tampering. Source: "消息加解密说明", 技术方案. */
export function forgeRequest(xml: string, target: Target, tampering: Tampering = {}): SignedPushRequest {
  const { mode, token, appId, encodingAesKey, tamper = same, beside = same } = { ...target, ...tampering };
  const timestamp = tampering.timestamp ?? nowS();
  const nonce = tampering.nonce ?? freshNonce();
  const query: [string, string][] = [
    ['signature', signUrl(token, timestamp, nonce)],
    ['timestamp', timestamp],
    ['nonce', nonce],
    ['openid', /<FromUserName><!\[CDATA\[(.*?)\]\]>/.exec(xml)?.[1] ?? ''],
  ];
  if (mode === 'plaintext') return { query, body: xml };

  const encrypt = tamper(seal(xml, encodingAesKey, appId));
  query.push(['encrypt_type', 'aes'], ['msg_signature', signEnvelope(token, timestamp, nonce, encrypt)]);
  const element = `<Encrypt>${cdata(encrypt)}</Encrypt>`;
  const end = mode === 'compatible' ? xml.lastIndexOf('</xml>') : -1;
  if (end < 0)
    return { query, body: `<xml><ToUserName>${cdata(target.account)}</ToUserName>\n${element}\n</xml>` };
  return { query, body: `${beside(xml.slice(0, end))}${element}\n</xml>` };
}

/** Builds the GET that verifies the URL. */
export function forgeHandshake(
  echostr: string,
  target: Target,
  { token = target.token, timestamp = nowS(), nonce = freshNonce() }: Tampering = {},
): Query {
  return [
    ['signature', signUrl(token, timestamp, nonce)],
    ['echostr', echostr],
    ['timestamp', timestamp],
    ['nonce', nonce],
  ];
}

/** Changes some values of a query; `undefined` removes a parameter. */
export function withParameters(query: Query, changes: Readonly<Record<string, string | undefined>>): Query {
  return query.flatMap(([name, value]) => {
    const changed = name in changes ? changes[name] : value;
    return changed === undefined ? [] : [[name, changed] as const];
  });
}

export const parameter = (query: Query, wanted: string): string =>
  query.find(([name]) => name === wanted)?.[1] ?? '';

/** Appends parameters to the target's URL. */
export function addressed(url: URL, query: Query): URL {
  const whole = new URL(url);
  const added = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  whole.search = [url.search.slice(1), added].filter((part) => part !== '').join('&');
  return whole;
}

export const nowS = (): string => String(Math.floor(Date.now() / 1000));

let nonces = 0;

/** Returns ten digits, never the same in one run: a server may remember nonces. */
export function freshNonce(): string {
  nonces += 1;
  return String(1_000_000_000 + ((Date.now() % 800_000) * 10_000 + nonces));
}

const same = (text: string): string => text;

const signUrl = (token: string, timestamp: string, nonce: string): string =>
  signatureSteps('signature', [token, timestamp, nonce]).sha1;

const signEnvelope = (token: string, timestamp: string, nonce: string, encrypt: string): string =>
  signatureSteps('msg_signature', [token, timestamp, nonce, encrypt]).sha1;
