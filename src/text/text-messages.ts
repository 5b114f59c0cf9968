import type { CustomerServiceMessage } from '../protocol/customer-service-message.js';
import { TEXT_LIMIT_BYTES } from '../protocol/limits.js';
import { splitText } from './split-text.js';

export type TextMessage = Extract<CustomerServiceMessage, { msgtype: 'text' }>;

/** Adjacent messages: texts of one sender, or one message of another type. */
export type MessageGroup = readonly TextMessage[] | readonly [Exclude<CustomerServiceMessage, TextMessage>];

export function groupTexts(messages: readonly CustomerServiceMessage[]): MessageGroup[] {
  const runs: MessageGroup[] = [];
  let texts: TextMessage[] = [];
  for (const message of messages) {
    if (message.msgtype !== 'text') runs.push([message]);
    else if (texts.length > 0 && runs.at(-1) === texts && sameSender(texts[0], message)) texts.push(message);
    else runs.push((texts = [message]));
  }
  return runs;
}

export const isText = (message: CustomerServiceMessage | undefined): message is TextMessage =>
  message?.msgtype === 'text';

export const withContent = (message: TextMessage, content: string): TextMessage => ({
  ...message,
  text: { content },
});

/** Splits a text that is too long for one message; leaves others unchanged. */
export function splitMessage<M extends CustomerServiceMessage>(message: M): (M | TextMessage)[] {
  if (!isText(message) || fitsOne(message.text.content)) return [message];
  return splitText(message.text.content).map((content) => withContent(message, content));
}

export const fitsOne = (text: string): boolean => Buffer.byteLength(text) <= TEXT_LIMIT_BYTES;

/** Joins the texts of a group. */
export function textOf(run: readonly TextMessage[]): string {
  const contents = run.map(({ text }) => text.content);
  return contents.map((content, index) => content + between(content, contents[index + 1])).join('');
}

/**
 * Returns the separator of two joined texts: a new line, unless they are parts of one split text. A text over half the
 * limit that could not have held the next one counts as such a part.
 */
function between(text: string, next: string | undefined): '' | '\n' {
  if (next === undefined || /\s/.test(text.slice(-1))) return '';
  const wereOne = Buffer.byteLength(text) > TEXT_LIMIT_BYTES / 2 && !fitsOne(text + next);
  return wereOne ? '' : '\n';
}

function sameSender(one: TextMessage | undefined, other: TextMessage): boolean {
  return (
    one?.customservice?.kf_account === other.customservice?.kf_account &&
    one?.aimsgcontext?.is_ai_msg === other.aimsgcontext?.is_ai_msg
  );
}
