import { randomInt } from 'node:crypto';
import { cdata } from '../wire/push-xml.js';
import { seal } from '../wire/envelope.js';
import { signatureSteps, spoiled } from '../wire/sign.js';
import type { Account, Hostile, SignatureSteps } from '../types/types.js';
import { curlFor } from './curl.js';
import { OTHER_ACCOUNT, type PreparedPush } from './prepare.js';

/** A complete HTTP request. */
export interface SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signatures: readonly SignatureSteps[];
  readonly curl: string;
}

const HOSTILE_APP_ID = 'wx0000000000000000';

/** Signs and seals a push for one attempt, with a new timestamp, nonce and envelope. */
export function signPush(push: PreparedPush, account: Account, nowMs: number): SignedRequest {
  const { timestamp, nonce } = stamp(nowMs, push.hostile);
  const plain = push.mode === 'plaintext' || push.hostile === 'plaintext';
  const url = signatureSteps('signature', [account.token, timestamp, nonce]);
  const query: Record<string, string> = {
    signature: given(url.sha1, push.hostile),
    timestamp,
    nonce,
    openid: push.follower,
  };
  if (plain) return request(push, account, query, push.plainBody, [url]);

  const appId = push.hostile === 'other-app-id' ? HOSTILE_APP_ID : account.appId;
  const encrypt = seal(push.plainBody, account.encodingAesKey, appId);
  const envelope = signatureSteps('msg_signature', [account.token, timestamp, nonce, encrypt]);
  query['encrypt_type'] = 'aes';
  query['msg_signature'] = given(envelope.sha1, push.hostile);
  const to = push.hostile === 'other-account' ? OTHER_ACCOUNT : account.originalId;
  const element = `<Encrypt>${cdata(encrypt)}</Encrypt>`;
  const body =
    push.mode === 'safe'
      ? `<xml>\n    <ToUserName>${cdata(to)}</ToUserName>\n    ${element}\n</xml>\n`
      : push.plainBody.replace(/<\/xml>\s*$/, `${element}\n</xml>`);
  return request(push, account, query, body, [url, envelope]);
}

/** Builds the GET with which the console verifies the URL. Its echostr is never sealed. */
export function signHandshake(account: Account, echostr: string, nowMs: number): SignedRequest {
  const { timestamp, nonce } = stamp(nowMs, undefined);
  const steps = signatureSteps('signature', [account.token, timestamp, nonce]);
  const url = withQuery(account.target, { signature: steps.sha1, echostr, timestamp, nonce });
  const made = { method: 'GET' as const, url, headers: HEADERS, body: '' };
  return { ...made, signatures: [steps], curl: curlFor(made) };
}

const HEADERS = { 'user-agent': 'Mozilla/4.0', accept: '*/*', pragma: 'no-cache' };

function request(
  push: PreparedPush,
  account: Account,
  query: Record<string, string>,
  whole: string,
  signatures: readonly SignatureSteps[],
): SignedRequest {
  if (push.hostile === 'no-signature') {
    delete query['signature'];
    delete query['msg_signature'];
  }
  const body = push.hostile === 'cut-body' ? whole.slice(0, Math.floor(whole.length / 2)) : whole;
  const made = {
    method: 'POST' as const,
    url: withQuery(account.target, query),
    headers: { ...HEADERS, 'content-type': 'text/xml' },
    body,
  };
  return { ...made, signatures, curl: curlFor(made) };
}

function stamp(nowMs: number, hostile: Hostile | undefined): { timestamp: string; nonce: string } {
  const seconds = Math.floor(nowMs / 1000) - (hostile === 'old-timestamp' ? 3_600 : 0);
  return { timestamp: String(seconds), nonce: String(randomInt(100_000_000, 2_147_483_647)) };
}

function given(signature: string, hostile: Hostile | undefined): string {
  return hostile === 'bad-signature' ? spoiled(signature) : signature;
}

/** Appends parameters to the query of the URL. */
function withQuery(target: string, query: Readonly<Record<string, string>>): string {
  return `${target}${target.includes('?') ? '&' : '?'}${new URLSearchParams(query).toString()}`;
}
