import type { CustomerServiceMessage } from './customer-service-message.js';
import { TEXT_LIMIT_BYTES } from './limits.js';
import type { LateReply } from './reply.js';
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
import { tailText } from './text/tail-text.js';
import { toReply } from './to-reply.js';

export { toReply } from './to-reply.js';

/** What goes out and what does not, each in the order of the answer. */
export interface Fitted {
  readonly send: CustomerServiceMessage[];
  readonly left: CustomerServiceMessage[];
}

/** Tells the reader that something was left out before it. */
const LEFT_OUT = '…';
/** When every message counts, a text is cut near the limit rather than at the best place. */
const TIGHT_FILL = 0.9;

/**
 * Chooses what of one answer goes out when `budget` more messages may be sent.
 *
 * As many or fewer: they go as they are. More: neighbouring texts of one speaker are merged, each on a line of its own. If
 * that is not enough, they are cut anew, nearer to the limit. If that is not enough either, the first `budget - 1` go, and
 * in the last place the end of the answer: its last message, of a text as much as fits behind `…`.
 *
 * In:   texts of any length; a whole number, below 1 sends nothing.
 * Out:  `send`, never more than `budget`, no text over the limit; `left`: what is in none of `send`.
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
 * What of some messages fits into one passive reply: the leading texts, a blank line between them, as many as go into
 * one text, or the one leading message of another type.
 *
 * Out:  `reply` is undefined where nothing is there, or where the first is one that no reply can say;
 *       `rest`, in order: what `reply` does not hold.
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

/** Texts as one, as long as the whole of both fits. */
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

/** Texts as one, cut anew with little room left in each part. */
function packed(run: MessageGroup): CustomerServiceMessage[] {
  const [first] = run;
  if (!isText(first)) return [...run];
  return splitText(textOf(run.filter(isText)), TEXT_LIMIT_BYTES, TIGHT_FILL).map((content) =>
    withContent(first, content),
  );
}

/** The first messages, and the end in the last place. In: packed messages, more than the budget allows. */
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
