import { push } from '../push/push.js';
import type { SandboxState } from '../sandbox-state.js';
import type { Follower, PushFields } from '../types/types.js';
import { knownFollower } from './customer-service-api.js';
import { asObject, Refusal, textOf, type ApiRequest, type JsonObject } from './endpoint.js';
import { lastExchangeOf } from './last-exchange.js';
import { takesValue } from './template-values.js';

/** Delay between a send and the push of its result. */
const RESULT_AFTER_MS = 500;

let lastMsgId = 3_851_412_345_678_901_249n;

/** Returns an id of 64 bits: more than a double can hold. */
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

/** Fills the template's text. @throws Refusal 47003 that names the first invalid field */
export function fill(content: string, data: JsonObject): string {
  return content.replace(/\{\{(\w+)\.DATA\}\}/g, (_all, name: string) => {
    const value = textOf(asObject(data[name]), 'value');
    // The misspelling is WeChat's.
    if (value === '') throw new Refusal(47003, `argument invalid! data.${name}.value is emtpy`);
    if (!takesValue(name, value)) throw new Refusal(47003, `argument invalid! data.${name}.value invalid`);
    return value;
  });
}

/** Adds the message to the chat. */
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

/** Pushes the event with the result of a send. */
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
