import { randomBytes } from 'node:crypto';
import type { AccountConfig } from '../../../config/config.js';
import { HttpFailure, type HttpClient } from '../../../ports/http-client.js';
import { PROBE_NONCE } from '../../../protocol/callback-query.js';
import type { CipherMode } from '../../../protocol/cipher-mode.js';
import { urlSignature } from '../../../protocol/signature.js';
import { signPush } from '../../sign-push.js';

/** Result of one request. */
export type Heard =
  | {
      readonly type: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
      readonly ms: number;
    }
  | { readonly type: 'nothing'; readonly why: 'timeout' | 'lost'; readonly ms: number };

export interface Probe {
  /** The running server reports the reason of a refusal by this nonce. */
  readonly nonce: string;
  readonly heard: Heard;
}

/** Results of WeChat's GET and POST; each request is sent only if the one before succeeded. */
export interface CallbackFacts {
  readonly echo: string;
  /** Time by the clock of this machine. */
  readonly startedAtMs: number;
  readonly handshake: Probe;
  readonly push?: Probe;
  /**
   * The push again, without encryption: distinguishes a wrong mode from a wrong key if the server reports no reason.
   */
  readonly unsealed?: Probe;
  /** A push of 20 KB. */
  readonly large?: Probe;
}

/** Expected answer to a push without `MsgType`, which runs no handler and leaves no record. */
export const PROBE_ANSWER = 'success';

const LARGE_BYTES = 20_000;
/** WeChat's own timeout. */
const TIMEOUT_MS = 5_000;
/** WeChat's own headers, because some proxies check them. */
const HEADERS = { 'user-agent': 'Mozilla/4.0', accept: '*/*', pragma: 'no-cache' };

type Signer = Pick<AccountConfig, 'appId' | 'tokens' | 'encodingAesKeys' | 'cipherMode' | 'originalId'>;

/** Sends WeChat's GET, then its POST, small and large. Follows no redirect, and retries nothing. */
export async function playWechat(url: string, account: Signer, http: HttpClient): Promise<CallbackFacts> {
  const echo = String(10n ** 18n + BigInt(`0x${randomBytes(6).toString('hex')}`));
  const begun = { echo, startedAtMs: Date.now() };
  const handshake = await shakeHands(url, account, echo, http);
  if (!isAnswer(handshake.heard, 200) || !handshake.heard.text.includes(echo)) return { ...begun, handshake };
  const push = await sendPush(url, account, account.cipherMode, '', http);
  if (!isAnswer(push.heard, 200)) {
    const isSealed = account.cipherMode !== 'plaintext';
    const unsealed = isSealed ? await sendPush(url, account, 'plaintext', '', http) : undefined;
    return { ...begun, handshake, push, ...(unsealed !== undefined && { unsealed }) };
  }
  const filling = '正文'.repeat(LARGE_BYTES / 6);
  const large = await sendPush(url, account, account.cipherMode, filling, http);
  return { ...begun, handshake, push, large };
}

export const isAnswer = (heard: Heard, status: number): heard is Extract<Heard, { type: 'answer' }> =>
  heard.type === 'answer' && heard.status === status;

const nowS = (): string => String(Math.floor(Date.now() / 1_000));
const newNonce = (): string => PROBE_NONCE + randomBytes(8).toString('hex');

async function shakeHands(to: string, { tokens }: Signer, echo: string, http: HttpClient): Promise<Probe> {
  const url = new URL(to);
  const [timestamp, nonce] = [nowS(), newNonce()];
  url.searchParams.append('signature', urlSignature(tokens[0], timestamp, nonce));
  url.searchParams.append('timestamp', timestamp);
  url.searchParams.append('nonce', nonce);
  url.searchParams.append('echostr', echo);
  return { nonce, heard: await exchange(http, { method: 'GET', url: url.href }) };
}

async function sendPush(
  to: string,
  account: Signer,
  mode: CipherMode,
  content: string,
  http: HttpClient,
): Promise<Probe> {
  const { appId, tokens, encodingAesKeys, originalId = 'gh_doctor' } = account;
  const [timestamp, nonce] = [nowS(), newNonce()];
  const push =
    `<xml><ToUserName><![CDATA[${originalId}]]></ToUserName><FromUserName><![CDATA[doctor]]></FromUserName>` +
    `<CreateTime>${timestamp}</CreateTime><Content><![CDATA[${content}]]></Content></xml>`;
  const { url, body } = signPush(
    { to, push, timestamp, nonce, user: 'doctor' },
    { appId, token: tokens[0], encodingAesKey: encodingAesKeys[0], mode },
  );
  const sent = { type: 'text/xml', pieces: [Buffer.from(body)] };
  return { nonce, heard: await exchange(http, { method: 'POST', url: url.href, content: sent }) };
}

async function exchange(
  http: HttpClient,
  request: Pick<Parameters<HttpClient>[0], 'method' | 'url' | 'content'>,
): Promise<Heard> {
  const startMs = performance.now();
  const passedMs = (): number => Math.round(performance.now() - startMs);
  try {
    const { status, headers, text } = await http({
      ...request,
      headers: HEADERS,
      timeoutMs: TIMEOUT_MS,
      newConnection: true,
    });
    return { type: 'answer', status, headers, text, ms: passedMs() };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const why = error.kind === 'answer-timeout' || error.kind === 'connect-timeout' ? 'timeout' : 'lost';
    return { type: 'nothing', why, ms: passedMs() };
  }
}
