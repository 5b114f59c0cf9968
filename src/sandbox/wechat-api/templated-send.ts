import { push } from '../push/push.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Follower, PushFields } from '../types.js';
import { knownFollower } from './customer-service-api.js';
import { asObject, Refusal, textOf, type ApiRequest, type JsonObject } from './endpoint.js';
import { lastExchangeOf } from './last-exchange.js';

/** How long after a send its result is pushed. */
const RESULT_AFTER_MS = 500;
const THING_LENGTH = 20;

let lastMsgId = 3_851_412_345_678_901_249n;

/** 64 bits: beyond what a double holds. */
export function nextMsgId(): bigint {
  lastMsgId += 1n;
  return lastMsgId;
}

/** @throws Refusal 40003, 43004 */
export function receiver(state: SandboxState, body: JsonObject): Follower {
  const follower = knownFollower(state, textOf(body, 'touser'));
  if (!follower.following) throw new Refusal(43004);
  return follower;
}

/** Puts the values into the template's text. @throws Refusal 47003 that names the first field that does not fit */
export function fill(content: string, data: JsonObject): string {
  return content.replace(/\{\{(\w+)\.DATA\}\}/g, (_all, name: string) => {
    const value = textOf(asObject(data[name]), 'value');
    // The misspelling is the platform's own.
    if (value === '') throw new Refusal(47003, `argument invalid! data.${name}.value is emtpy`);
    if (/^thing\d/.test(name) && Array.from(value).length > THING_LENGTH) {
      throw new Refusal(47003, `argument invalid! data.${name}.value invalid`);
    }
    return value;
  });
}

/** The message in the chat. */
export function show(
  state: SandboxState,
  request: ApiRequest,
  { openId }: Follower,
  via: 'template' | 'notice' | 'subscribe-once',
  content: string,
): void {
  const shown = { type: 'card' as const, title: via === 'template' ? '模板消息' : '订阅通知', content };
  state.appendChat({
    follower: openId,
    from: 'account',
    via,
    shown,
    call: request.callId,
    ...lastExchangeOf(state, openId),
  });
}

/** The platform tells by an event how a send ended. */
export function later(
  state: SandboxState,
  { callId }: ApiRequest,
  { openId }: Follower,
  kind: string,
  fields: PushFields,
): void {
  state.clock.schedule(
    RESULT_AFTER_MS,
    () => void push(state, { follower: openId, kind, fields }, { consequenceOf: callId }),
    { background: true },
  );
}
