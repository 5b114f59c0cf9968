import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import { TEXT_LIMIT_BYTES } from '../protocol/limits.js';
import type { LateReply } from '../protocol/reply.js';
import { splitText } from './split-text.js';
import {
  fitsOne,
  isText,
  groupTexts,
  splitMessage,
  textOf,
  withContent,
  type MessageGroup,
} from './text-messages.js';
import { tailText } from './tail-text.js';
import { toReply } from '../protocol/to-reply.js';

export { toReply } from '../protocol/to-reply.js';

/** The messages that are sent and those that are left out, each in the order of the answer. */
export interface Fitted {
  readonly send: CustomerServiceMessage[];
  readonly left: CustomerServiceMessage[];
}

/** Marks an omission before it. */
const LEFT_OUT = '…';
/** Share of the limit to fill if messages are scarce: then a full part matters more than the best cut. */
const TIGHT_FILL = 0.9;

/**
 * Fits an answer into `budget` messages.
 *
 * An answer that fits stays unchanged. Otherwise adjacent texts of one sender are merged, each on a line of its own. If
 * that is not enough, they are cut again, nearer to the limit. If that is not enough either, the first `budget - 1`
 * messages are sent, and then the end of the answer: its last message, or as much of a text as fits behind `…`.
 *
 * In:   texts of any length; a whole number, below 1 sends nothing. Out:  `send`: at most `budget` messages, no text
 * over the limit; `left`: what `send` does not contain.
 */
export function fitMessages(messages: readonly CustomerServiceMessage[], budget: number): Fitted {
  if (budget < 1) return { send: [], left: [...messages] };
  const split = messages.flatMap((message) => splitMessage(message));
  if (split.length <= budget) return { send: split, left: [] };
  const whole = groupTexts(split).flatMap(merged);
  if (whole.length <= budget) return { send: whole, left: [] };
  const tight = groupTexts(messages).flatMap(packed);
  return tight.length <= budget ? { send: tight, left: [] } : cutShort(tight, budget);
}

/**
 * Takes as many leading messages as fit into one passive reply: texts, joined by a blank line, or one message of another
 * type.
 *
 * Out:  `reply` is undefined if there is no message, or if no reply can express the first;
 *       `rest`, in order: what `reply` does not contain.
 */
export function joinForPassive(items: readonly CustomerServiceMessage[]): {
  readonly reply: LateReply | undefined;
  readonly rest: CustomerServiceMessage[];
} {
  const [first, ...rest] = items.flatMap((item) => splitMessage(item));
  const reply = first === undefined ? undefined : toReply(first);
  if (reply?.type !== 'text') return { reply, rest: reply === undefined ? [...items] : rest };
  let { content } = reply;
  for (let next = rest[0]; isText(next); next = rest[0]) {
    const longer = content + blankLineAfter(content) + next.text.content;
    if (!fitsOne(longer)) break;
    content = longer;
    rest.shift();
  }
  return { reply: { type: 'text', content }, rest };
}

/** Joins texts as long as they fit into one message. */
function merged(run: MessageGroup): CustomerServiceMessage[] {
  const all: CustomerServiceMessage[] = [];
  for (const message of run) {
    const before = all.at(-1);
    const both = isText(before) && isText(message) ? textOf([before, message]) : undefined;
    if (isText(before) && both !== undefined && fitsOne(both))
      all[all.length - 1] = withContent(before, both);
    else all.push(message);
  }
  return all;
}

/** Joins all texts and cuts them again into nearly full parts. */
function packed(run: MessageGroup): CustomerServiceMessage[] {
  const [first] = run;
  if (!isText(first)) return [...run];
  return splitText(textOf(run.filter(isText)), TEXT_LIMIT_BYTES, TIGHT_FILL).map((content) =>
    withContent(first, content),
  );
}

/**
 * Returns the first messages, and the end of the answer as the last. In: packed messages, more than the budget allows.
 */
function cutShort(messages: readonly CustomerServiceMessage[], budget: number): Fitted {
  const send = messages.slice(0, budget - 1);
  const others = groupTexts(messages.slice(budget - 1));
  const run = others.pop() ?? [];
  const left = others.flat();
  const last = run.at(-1);
  if (!isText(last)) return { send: [...send, ...run], left };
  const text = textOf(run.filter(isText));
  const end = tailText(text, TEXT_LIMIT_BYTES - Buffer.byteLength(LEFT_OUT));
  const before = text.slice(0, text.length - end.length);
  if (before !== '') left.push(...splitMessage(withContent(last, before)));
  return { send: [...send, withContent(last, `${LEFT_OUT}${end}`)], left };
}

function blankLineAfter(text: string): string {
  if (text.endsWith('\n\n')) return '';
  return text.endsWith('\n') ? '\n' : '\n\n';
}
