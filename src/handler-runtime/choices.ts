import {
  CHOICE_ID_LIMIT,
  CHOICE_LABEL_LIMIT_BYTES,
  CHOICE_LIMIT,
  TEXT_LIMIT_BYTES,
} from '../protocol/limits.js';
import { reply, ReplyInvalid, ReplyTooLong, type ChannelOption, type TextReply } from '../protocol/reply.js';
import { stripForbiddenCharacters } from '../protocol/strip-forbidden-characters.js';
import { shapeOf } from './handler-result.js';

/**
 * Something to tap: `label` is shown, and is what the user says by a tap; `id` comes back to `chosen`.
 *
 * @example
 * const choice: Choice = { label: '还没发货', id: 'unsent' };
 */
export interface Choice {
  /** At most 128 bytes, about 42 Chinese characters, in one line, without `<` and `>`. */
  readonly label: string;
  /** 1 to 32 of the characters `A-Z a-z 0-9 . _ -`. */
  readonly id: string;
}

/**
 * The text around choices, and how long they are valid.
 *
 * @example
 * const options: ChoicesOptions = { head: '订单到哪一步了？', validForHours: 2 };
 */
export interface ChoicesOptions extends ChannelOption {
  /**
   * Text before the choices.
   *
   * @defaultValue none
   */
  readonly head?: string;
  /**
   * Text after the choices.
   *
   * @defaultValue none
   */
  readonly tail?: string;
  /**
   * A tap after that many hours is a plain text.
   *
   * @defaultValue 168, a week
   */
  readonly validForHours?: number;
}

/** Signs the id of a choice for the handler and the user of a run. */
export type SignChoice = (handler: string, id: string, validForMs: number) => string;

/** The handler that offers choices. */
export interface Offering {
  readonly name: string;
  readonly module: { readonly chosen?: unknown };
}

const WEEK_HOURS = 168;
const MAX_HOURS = 8_760;
const HOUR_MS = 3_600_000;

/** Makes the text with a link for each choice. @throws ReplyInvalid, ReplyTooLong */
export function choicesText(
  choices: readonly Choice[],
  { head, tail, validForHours = WEEK_HOURS }: ChoicesOptions,
  { name, module }: Offering,
  sign: SignChoice,
): TextReply {
  if (typeof module.chosen !== 'function')
    throw new ReplyInvalid(
      `The handler "${name}" offers choices, and there is no \`chosen\` to take a tap: add chosen(ctx, id)`,
    );
  if (!(validForHours > 0 && validForHours <= MAX_HOURS))
    throw new ReplyInvalid(
      `validForHours of choices is ${shapeOf(validForHours)}: give more than 0 and at most ${MAX_HOURS} hours`,
    );
  const links = checkedChoices(choices).map(({ label, id }) =>
    tapLink(label, sign(name, id, validForHours * HOUR_MS)),
  );
  const content = [textOf(head, 'head'), ...links, textOf(tail, 'tail')].filter(Boolean).join('\n\n');
  const bytes = Buffer.byteLength(content);
  if (bytes > TEXT_LIMIT_BYTES)
    throw new ReplyTooLong(
      `Choices with head and tail have ${bytes} bytes with their links, and one message holds ${TEXT_LIMIT_BYTES}: shorten the texts, or offer fewer`,
    );
  return reply.text(content);
}

/**
 * A link by whose tap the user says `label`. WeChat's app decodes the words twice, so `%` and `+` go as their full-width
 * forms; characters beyond ASCII go as they are, which is shorter and decoded by every app.
 */
function tapLink(label: string, id: string): string {
  const words = label.replaceAll('%', '％').replaceAll('+', '＋');
  const escaped = words.replaceAll(/[^\w.~\u0080-\uffff-]/g, encodeURIComponent);
  return `<a href="weixin://bizmsgmenu?msgmenucontent=${escaped}&msgmenuid=${id}">${label}</a>`;
}

const TAP_LINK = /<a href="weixin:\/\/bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=([^"&]*)">([^<]*)<\/a>/g;

/** Lists the links of a text that `choicesText` made. `words` is what the user says by a tap. */
export const tapLinksOf = (content: string): { label: string; words: string; id: string }[] =>
  [...content.matchAll(TAP_LINK)].map(([, words = '', id = '', label = '']) => ({
    label,
    words: decodeURIComponent(words),
    id,
  }));

function checkedChoices(choices: unknown): Choice[] {
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > CHOICE_LIMIT)
    throw new ReplyInvalid(
      `ctx.reply.choices takes a list of 1 to ${CHOICE_LIMIT} choices, and this is ${shapeOf(choices)}: change the list`,
    );
  const seen = new Set<string>();
  return choices.map((choice: unknown, index) => {
    const given: object = Object(choice);
    const at = `choices[${index}]`;
    const checked = {
      label: labelOf(Reflect.get(given, 'label'), at),
      id: idOf(Reflect.get(given, 'id'), at),
    };
    if (seen.has(checked.id))
      throw new ReplyInvalid(
        `${at} has the id of an earlier choice: give each its own, or none can be told apart`,
      );
    seen.add(checked.id);
    return checked;
  });
}

function labelOf(label: unknown, at: string): string {
  if (typeof label !== 'string' || label.trim() === '')
    throw new ReplyInvalid(`The label of ${at} is ${emptyOr(label)}: write what the user says by the tap`);
  if (/[<>\r\n]/.test(label) || stripForbiddenCharacters(label) !== label)
    throw new ReplyInvalid(
      `The label of ${at} holds <, >, a line break or a control character, which would end its link: leave them out`,
    );
  const bytes = Buffer.byteLength(label);
  if (bytes > CHOICE_LABEL_LIMIT_BYTES)
    throw new ReplyTooLong(
      `The label of ${at} has ${bytes} bytes, and a label holds at most ${CHOICE_LABEL_LIMIT_BYTES}: shorten it`,
    );
  return label.trim();
}

const ID = new RegExp(`^[\\w.-]{1,${CHOICE_ID_LIMIT}}$`);

function idOf(id: unknown, at: string): string {
  if (typeof id === 'string' && ID.test(id)) return id;
  const seen =
    typeof id === 'string' && id.length > CHOICE_ID_LIMIT ? `${id.length} characters long` : undefined;
  throw new ReplyInvalid(
    `The id of ${at} is ${seen ?? emptyOr(id)}: write 1 to ${CHOICE_ID_LIMIT} of the characters A-Z a-z 0-9 . _ -`,
  );
}

function textOf(text: unknown, field: string): string {
  if (text !== undefined && typeof text !== 'string')
    throw new ReplyInvalid(`The ${field} of choices is ${shapeOf(text)}: make it a text, or leave it out`);
  return stripForbiddenCharacters(text ?? '').trim();
}

const emptyOr = (value: unknown): string =>
  typeof value !== 'string'
    ? shapeOf(value)
    : value.trim() === ''
      ? 'an empty text'
      : 'a text with other characters';
