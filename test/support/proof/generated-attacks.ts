import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { seeded } from '../../soak/traffic.js';
import { FIXTURE_ACCOUNT, pushAsWeChat, sign, type PushOptions, type WirePush } from '../wechat/seal.js';

/** What came of requests that a stranger made up. */
export interface AttackCounts {
  readonly sent: number;
  readonly refused: number;
  /** Well signed, so they are WeChat's for all that anyone can tell. */
  readonly taken: number;
  readonly slowestMs: number;
  /** The claims that do not hold, at most ten. */
  readonly broken: readonly string[];
}

const AT_ONCE = 12;
const WECHAT_WAITS_MS = 5_000;
/** A refusal, or what Node's parser and our limits say. */
const REFUSALS = new Set([400, 403, 405, 413, 414, 431]);
const ODD = [
  '',
  '\0',
  '%00',
  '%ff',
  '../',
  '&',
  '=',
  '<',
  ']]>',
  '<!DOCTYPE a>',
  '&lt;',
  '字',
  '\ud83d\ude00',
  '9'.repeat(400),
];

type Random = () => number;
const below = (random: Random, end: number): number => Math.floor(random() * end);

/** Cuts, doubles, changes or puts something in, at a place of the text. */
function damaged(whole: string, random: Random): string {
  const at = below(random, whole.length + 1);
  const length = 1 + below(random, random() < 0.8 ? 4 : 200);
  const piece = ODD[below(random, ODD.length)] ?? '';
  switch (below(random, 5)) {
    case 0:
      return whole.slice(0, at) + whole.slice(at + length);
    case 1:
      return whole.slice(0, at);
    case 2:
      return whole.slice(0, at + length) + whole.slice(at);
    case 3:
      return whole.slice(0, at) + piece + whole.slice(at);
    default:
      return whole.slice(0, at) + String.fromCodePoint(32 + below(random, 95)) + whole.slice(at + 1);
  }
}

interface Attack {
  readonly search: string;
  readonly body: string;
  /** Its signature is another one than WeChat would make: it must be refused. */
  readonly isForged: boolean;
}

function attackOn(push: WirePush, believed: 'signature' | 'msg_signature', random: Random): Attack {
  const search = new URLSearchParams(push.query).toString();
  const right = push.query[believed] ?? '';
  switch (below(random, 4)) {
    case 0: {
      const changed = damaged(right, random);
      const query = { ...push.query, [believed]: changed };
      return { search: new URLSearchParams(query).toString(), body: push.body, isForged: changed !== right };
    }
    case 1:
      return { search: damaged(search, random), body: push.body, isForged: false };
    case 2:
      return { search, body: damaged(damaged(push.body, random), random), isForged: false };
    default: {
      // Signed with another token.
      const { timestamp = '', nonce = '' } = push.query;
      const signature = sign(`token${below(random, 1e9)}`, timestamp, nonce);
      const query = {
        ...push.query,
        signature,
        ...(believed === 'msg_signature' && { msg_signature: signature }),
      };
      return { search: new URLSearchParams(query).toString(), body: push.body, isForged: true };
    }
  }
}

/**
 * Sends so many requests that are damaged or forged, and an honest push now and then, which gets `ANSWER <its number>`.
 * @param honest  makes an honest push with the number as its text
 */
export async function sendGeneratedAttacks(options: {
  readonly port: number;
  readonly mode: NonNullable<PushOptions['mode']>;
  readonly count: number;
  readonly seed: number;
  readonly honest: (content: string) => WirePush;
  /** Whether the answer to an honest push is the one that its handler made. */
  readonly isAnswer: (body: string, content: string) => boolean;
}): Promise<AttackCounts> {
  const { port, mode, count, seed, honest, isAnswer } = options;
  const random = seeded(seed);
  const believed = mode === 'plaintext' ? 'signature' : 'msg_signature';
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const broken: string[] = [];
  const say = (what: string): void => void (broken.length < 10 && broken.push(what));
  let sent = 0;
  let refused = 0;
  let taken = 0;
  let slowestMs = 0;

  async function ask(search: string, body: string): Promise<{ status: number; body: string } | undefined> {
    const startMs = performance.now();
    const answer = await post(agent, port, search, body).catch(() => undefined);
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    return answer;
  }

  async function attacker(): Promise<void> {
    while (sent < count) {
      sent += 1;
      const number = `honest ${sent}`;
      const push = honest(number);
      if (sent % 200 === 0) {
        const answer = await ask(new URLSearchParams(push.query).toString(), push.body);
        if (answer === undefined || answer.status !== 200 || !isAnswer(answer.body, number))
          say(`${number} gets its answer, not ${JSON.stringify(answer)?.slice(0, 200)}`);
        continue;
      }
      const attack = attackOn(push, believed, random);
      const answer = await ask(attack.search, attack.body);
      const what = `${attack.search} ${attack.body.slice(0, 300)}`;
      if (answer === undefined) say(`a request is answered: ${what}`);
      else if (answer.status === 200 && attack.isForged) say(`a forged request is refused: ${what}`);
      else if (answer.status === 200) taken += 1;
      else if (REFUSALS.has(answer.status)) refused += 1;
      else say(`no status ${answer.status}: ${what}`);
      if (answer !== undefined && answer.status !== 200 && /honest|xml/.test(answer.body))
        say(`a refusal says nothing: ${answer.body.slice(0, 200)}`);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, attacker));
  agent.destroy();
  if (slowestMs > WECHAT_WAITS_MS) say(`each is answered within 5 s, not ${Math.round(slowestMs)} ms`);
  if (refused < count / 4) say(`most are refused, not ${refused} of ${count}`);
  return { sent, refused, taken, slowestMs: Math.round(slowestMs), broken };
}

function post(
  agent: Agent,
  port: number,
  search: string,
  body: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // What cannot stand in a request line is sent as its bytes.
    const path = `/wechat?${search.replaceAll(/[^\x21-\x7e]/gu, percentEncoded)}`;
    const asking = request({
      agent,
      port,
      host: '127.0.0.1',
      method: 'POST',
      path,
      headers: { 'content-type': 'text/xml' },
    });
    asking.on('error', reject);
    asking.on('response', (response) => {
      text(response).then((heard) => resolve({ status: response.statusCode ?? 0, body: heard }), reject);
    });
    asking.end(body);
  });
}

const percentEncoded = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

let pushes = 0;
/** A text of a follower, sealed as the mode says, of this moment. */
export function honestPush(mode: NonNullable<PushOptions['mode']>, content: string, nowMs: number): WirePush {
  pushes += 1;
  const timestamp = String(Math.floor(nowMs / 1_000));
  const xml =
    `<xml><ToUserName><![CDATA[gh_b52b1f8c3a7d]]></ToUserName><FromUserName><![CDATA[oStranger${pushes}]]></FromUserName>` +
    `<CreateTime>${timestamp}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content>` +
    `<MsgId>${26_000_000_000_000_000n + BigInt(pushes)}</MsgId></xml>`;
  return pushAsWeChat(xml, { mode, account: FIXTURE_ACCOUNT, timestamp, nonce: `attack${pushes}` });
}
