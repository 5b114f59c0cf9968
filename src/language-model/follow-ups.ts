import type { Choice } from '../handler-runtime/choices.js';
import { CHOICE_LABEL_LIMIT_BYTES } from '../protocol/limits.js';

const MARK = '【追问】';
const MOST = 3;

/** Added to the system prompt. */
export const ASK_FOR_FOLLOW_UPS = `\n\n回答写完之后另起一行写${MARK}，下面每行写一个用户可能接着问的短问题，最多${MOST}个，不编号。没有合适的就不写。`;

/** Separates an answer from the questions that the model adds to it. */
export interface FollowUps {
  /** Takes a piece of the answer, and returns what of it can be shown already. */
  add(text: string): string;
  /** Forgets what it holds. */
  retract(): void;
  /** Returns the text that it still holds, and the questions: none, where the model wrote none that can be tapped. */
  end(): { readonly text: string; readonly choices: readonly Choice[] };
}

export function createFollowUps(): FollowUps {
  let held = '';
  let isMarked = false;
  return {
    add(text) {
      held += text;
      if (isMarked) return '';
      const at = held.indexOf(MARK);
      isMarked = at >= 0;
      const shown = isMarked ? held.slice(0, at) : held.slice(0, held.length - beginOfMark(held));
      held = held.slice(isMarked ? at + MARK.length : shown.length);
      return shown;
    },
    retract() {
      held = '';
      isMarked = false;
    },
    end: () => (isMarked ? { text: '', choices: choicesOf(held) } : { text: held, choices: [] }),
  };
}

/** Returns how many characters at the end of a text may be the beginning of the mark. */
function beginOfMark(text: string): number {
  for (let length = MARK.length - 1; length > 0; length -= 1)
    if (text.endsWith(MARK.slice(0, length))) return length;
  return 0;
}

/** The model may number its lines all the same; a line that no choice can hold is left out. */
function choicesOf(lines: string): Choice[] {
  const questions = lines
    .split('\n')
    .map((line) => line.replace(/^[\s\-*•·>]*(?:\d+[.、)）])?\s*/, '').trim())
    .filter(
      (line) => line !== '' && !/[<>]/.test(line) && Buffer.byteLength(line) <= CHOICE_LABEL_LIMIT_BYTES,
    );
  return [...new Set(questions)].slice(0, MOST).map((label, at) => ({ label, id: `follow-up-${at + 1}` }));
}
