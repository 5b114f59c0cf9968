import { randomInt } from 'node:crypto';
import { pass } from '../time/eventually.js';
import { pushAsWeChat } from './seal.js';

/** The callback token of servers under test. */
export const TEST_TOKEN = 'testToken';
const ACCOUNT = { appId: 'wx0000000000000001', token: TEST_TOKEN, encodingAesKey: '' };
const WECHAT_WAITS_MS = 5_000;
const TRIES = 3;

/** Text message of a follower. */
export interface TypedText {
  readonly user: string;
  readonly content: string;
  readonly msgId: string;
  readonly createTime: number;
  /** Id of the choice that was tapped. */
  readonly menuItemId?: string;
}

/** End of an attempt: an answer, or none (timeout, no connection, connection broken). */
export type Attempt =
  | { readonly answered: true; readonly status: number; readonly body: string; readonly ms: number }
  | { readonly answered: false; readonly why: string; readonly ms: number };

let typed = 0;

/** A new message, unlike all before it. */
export function typeText(content: string, user = `oUser${typed}`): TypedText {
  typed += 1;
  return {
    user,
    content,
    msgId: `2486314037${String(typed).padStart(7, '0')}`,
    createTime: Math.floor(Date.now() / 1000),
  };
}

/** A tap on the choice of this label in a text that the user got. */
export function tapChoice(shown: string, label: string, user: string): TypedText {
  const link = /<a href="weixin:\/\/bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=([^"&]*)">([^<]*)<\/a>/g;
  const found = [...shown.matchAll(link)].find(([, , , text]) => text === label);
  if (found === undefined) throw new Error(`no choice ${label} in ${shown}`);
  return { ...typeText(decodeURIComponent(found[1] ?? ''), user), menuItemId: found[2] ?? '' };
}

function toXml({ user, content, msgId, createTime, menuItemId }: TypedText): string {
  return (
    `<xml><ToUserName><![CDATA[gh_b52b1f8c3a7d]]></ToUserName><FromUserName><![CDATA[${user}]]></FromUserName>` +
    `<CreateTime>${createTime}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
    `<Content><![CDATA[${content}]]></Content><MsgId>${msgId}</MsgId>` +
    `${menuItemId === undefined ? '' : `<bizmsgmenuid>${menuItemId}</bizmsgmenuid>`}</xml>`
  );
}

/** One try: signed afresh, given up after five seconds. */
export async function sendAttempt(url: string, text: TypedText): Promise<Attempt> {
  const wire = pushAsWeChat(toXml(text), {
    mode: 'plaintext',
    account: ACCOUNT,
    timestamp: String(Math.floor(Date.now() / 1000)),
    nonce: String(randomInt(100_000_000, 2_000_000_000)),
    openId: text.user,
  });
  const startMs = performance.now();
  const elapsed = () => performance.now() - startMs;
  try {
    const response = await fetch(`${url}?${new URLSearchParams(wire.query).toString()}`, {
      method: 'POST',
      body: wire.body,
      headers: { 'content-type': 'text/xml' },
      signal: AbortSignal.timeout(WECHAT_WAITS_MS),
    });
    const body = await response.text();
    return { answered: true, status: response.status, body, ms: elapsed() };
  } catch (error) {
    return { answered: false, why: String(error), ms: elapsed() };
  }
}

/**
 * Pushes until an attempt is answered with status 200, three times at most. `where` is called before each attempt, as
 * the server may have moved.
 *
 * @param apartMs  from one attempt's failure to the next attempt; WeChat waits for none after its five seconds
 */
export async function push(where: () => string, text: TypedText, apartMs = 0): Promise<Attempt[]> {
  const tries: Attempt[] = [];
  while (tries.length < TRIES && !tries.some(isHeard)) {
    if (tries.length > 0) await pass(apartMs);
    tries.push(await sendAttempt(where(), text));
  }
  return tries;
}

/** Returns the final answer to WeChat; undefined: none after three attempts. */
export function heard(tries: readonly Attempt[]): string | undefined {
  const last = tries.at(-1);
  return last !== undefined && isHeard(last) && last.answered ? last.body : undefined;
}

function isHeard(one: Attempt): boolean {
  return one.answered && one.status === 200;
}
