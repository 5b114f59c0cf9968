import {
  encrypt,
  encryptRaw,
  FIXTURE_ACCOUNT,
  pushAsWeChat,
  sign,
  type TestAccount,
} from '../wechat/seal.js';
import type { CipherMode } from '../wechat/wire-push.js';
import { askRaw, fill, attackFile, requestOf } from './attack-case.js';

/** A push that is wrong in one way. A wrong `seal` is what an attacker with some knowledge makes; the rest changes a right push. */
export interface CallbackCase {
  readonly name: string;
  /** Default: all three. */
  readonly modes?: readonly CipherMode[];
  /** The server that it is sent to. Default: one that knows nothing of its account's original id. */
  readonly settings?: 'original-id';
  readonly method?: string;
  readonly path?: string;
  /** Elements of the push. */
  readonly xml?: Readonly<Record<string, string>>;
  /** More of the push, as it stands. */
  readonly inside?: string;
  readonly seal?: {
    readonly mode?: CipherMode;
    readonly timestamp?: string;
    readonly token?: string;
    readonly appId?: string;
    readonly encodingAesKey?: string;
    readonly toUserName?: string;
    /** The plaintext instead of the push. */
    readonly inner?: string;
    readonly innerHex?: string;
    /** The length field, or by how much it is off. */
    readonly length?: number;
    readonly lengthBy?: number;
    /** Each byte of the padding. */
    readonly padding?: number;
    /** The ciphertext instead of the right one; signed as it stands. */
    readonly encrypt?: string;
  };
  /** Changes after signing; null takes a parameter away. */
  readonly query?: Readonly<Record<string, string | null>>;
  readonly prepend?: string;
  readonly append?: string;
  readonly body?: string;
  readonly bodyHex?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: 403. */
  readonly status?: number;
  /** Of the refusal, as the log says it. */
  readonly reason?: string | Readonly<Record<CipherMode, string>>;
}

export const callbackCases: readonly CallbackCase[] = JSON.parse(attackFile('callback'));

export interface CallbackTarget {
  readonly port: number;
  readonly mode: CipherMode;
  readonly settings?: CallbackCase['settings'] | undefined;
  readonly nowS: number;
  /** The reason of the last refusal in the log, where the log is at hand. */
  readonly lastReason?: () => unknown;
}

/** Tries every case that fits the target. Returns the claims that do not hold. */
export async function attackCallback(target: CallbackTarget): Promise<{ tried: number; broken: string[] }> {
  const cases = callbackCases.filter(
    ({ modes, settings }) => (modes ?? [target.mode]).includes(target.mode) && settings === target.settings,
  );
  const broken: string[] = [];
  for (const [at, one] of cases.entries()) {
    const fault = await attack(target, one, at).catch((error: unknown) => String(error));
    if (fault !== undefined) broken.push(`${target.mode}, ${one.name}: ${fault}`);
  }
  return { tried: cases.length, broken };
}

/** Of pushes and signatures: no two tests send the same. */
let made = 0;

async function attack(target: CallbackTarget, one: CallbackCase, at: number): Promise<string | undefined> {
  const { status, head, body } = await askRaw(target.port, bytesOf(target, one));
  const wanted = one.status ?? 403;
  if (status !== wanted) return `the answer is ${wanted}, not ${status} ${body.slice(0, 100)}`;
  if (wanted === 403 && (body !== '' || !/content-length: 0/i.test(head)))
    return `a refusal is empty: ${head} ${body}`;
  const reason = typeof one.reason === 'object' ? one.reason[target.mode] : one.reason;
  const said = target.lastReason?.();
  if (reason !== undefined && target.lastReason !== undefined && said !== reason)
    return `the reason is ${reason}, not ${String(said)} (case ${at})`;
  return undefined;
}

function bytesOf({ mode, nowS, port }: CallbackTarget, one: CallbackCase): Buffer {
  made += 1;
  const { seal = {} } = one;
  const known = {
    nowS: String(nowS),
    token: FIXTURE_ACCOUNT.token,
    appId: FIXTURE_ACCOUNT.appId,
    open: '{',
  };
  const put = (text: string): string => fill(text, known);
  const xml = xmlOf(one, nowS, put);
  const account: TestAccount = {
    token: put(seal.token ?? FIXTURE_ACCOUNT.token),
    appId: put(seal.appId ?? FIXTURE_ACCOUNT.appId),
    encodingAesKey: put(seal.encodingAesKey ?? FIXTURE_ACCOUNT.encodingAesKey),
  };
  const sealed = sealedBy(seal, account, xml, put);
  const push = pushAsWeChat(xml, {
    mode: seal.mode ?? mode,
    account,
    nonce: `attack${made}`,
    timestamp: put(seal.timestamp ?? String(nowS)),
    encrypt: seal.encrypt === undefined ? sealed : fill(seal.encrypt, { ...known, xml, sealed }),
    ...(seal.toUserName !== undefined && { toUserName: seal.toUserName }),
  });
  const believed = mode === 'plaintext' ? 'signature' : 'msg_signature';
  const values = {
    ...known,
    ...push.query,
    believed,
    body: push.body,
    encrypt: sealed,
    right: push.query[believed] ?? sign('none'),
  };
  const search = new URLSearchParams(push.query);
  for (const [name, value] of Object.entries(one.query ?? {}))
    if (value === null) search.delete(fill(name, values));
    else search.set(fill(name, values), fill(value, values));
  const text = `${fill(one.prepend ?? '', values)}${search.toString()}${fill(one.append ?? '', values)}`;
  return requestOf(
    {
      method: one.method ?? 'POST',
      path: `${one.path ?? '/wechat'}?${text}`,
      headers: Object.fromEntries(
        Object.entries({ 'Content-Type': 'text/xml', ...one.headers }).map(([name, value]) => [
          name,
          fill(value, values),
        ]),
      ),
      body: one.bodyHex === undefined ? fill(one.body ?? '{body}', values) : Buffer.from(one.bodyHex, 'hex'),
    },
    `127.0.0.1:${port}`,
  );
}

function xmlOf({ xml, inside = '' }: CallbackCase, nowS: number, put: (text: string) => string): string {
  const elements = {
    ToUserName: 'gh_b52b1f8c3a7d',
    FromUserName: `oAttacker${made}`,
    CreateTime: String(nowS),
    MsgType: 'text',
    Content: 'hello',
    MsgId: String(27_000_000_000_000_000n + BigInt(made)),
    ...xml,
  };
  const children = Object.entries(elements).map(
    ([name, value]) => `<${name}><![CDATA[${put(value)}]]></${name}>`,
  );
  return `<xml>${children.join('\n')}${inside}\n</xml>`;
}

function sealedBy(
  { inner, innerHex, length, lengthBy, padding }: NonNullable<CallbackCase['seal']>,
  account: TestAccount,
  xml: string,
  put: (text: string) => string,
): string {
  const text = innerHex === undefined ? Buffer.from(put(inner ?? xml)) : Buffer.from(innerHex, 'hex');
  const told = length ?? (lengthBy === undefined ? undefined : text.length + lengthBy);
  if (padding === undefined) return encrypt(text, account, told === undefined ? {} : { length: told });
  const size = Buffer.alloc(4);
  size.writeUInt32BE(text.length);
  const whole = Buffer.concat([Buffer.alloc(16, 'r'), size, text, Buffer.from(account.appId)]);
  const pad = Buffer.alloc(32 - (whole.length % 32), padding);
  return encryptRaw(Buffer.concat([whole, pad]), account.encodingAesKey);
}
