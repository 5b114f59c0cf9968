import { RETRACT, type TextPart } from '../handler-runtime/text-stream.js';

/** Backticks and thinking tags, for one scan. Source: chat templates of DeepSeek, Qwen, Seed, Kimi. */
const SIGNS = /`+|<(\/?)(?:think|thinking|thought|reasoning|seed:think)>|◁(\/?)think▷/gi;
/** The end of a text that may be an incomplete sign. */
const CUT_SIGN = /(?:`+|[<◁][/:a-z]{0,14})$/i;

/** Removes a model's thinking from its answer, whatever the chunks. */
export interface ThinkingFilter {
  /** True once anything was taken for thinking. */
  readonly hasThought: boolean;
  /** True once thinking ended that no tag had opened. */
  readonly lacksOpeningTag: boolean;
  /** Adds the next piece of the text; returns the part that may be shown. */
  add(text: string): TextPart[];
  /** Called if the endpoint sends thinking in a field of its own, so that the text is the answer. */
  noteSeparateThinking(): TextPart[];
  /** Returns the rest. `finish_reason: length` means that the text was cut, possibly within its thinking. */
  end(finishReason: string | undefined): TextPart[];
}

/**
 * Creates a filter of thinking in tags, before the answer or within it. A tag in code is text.
 *
 * Some models omit the opening tag: only the closing tag shows that everything before it was thinking. That is
 * retracted then; with `thinksFirst` it was never shown.
 */
export function createThinkingFilter({ thinksFirst }: { readonly thinksFirst: boolean }): ThinkingFilter {
  let state: 'undecided' | 'thinking' | 'answer' = thinksFirst ? 'undecided' : 'answer';
  let unread = '';
  let held = '';
  let isShown = false;
  let hasThought = false;
  let hasClosed = false;
  let lacksOpeningTag = false;
  let code: 'fenced' | 'inline' | undefined;
  let parts: TextPart[] = [];

  const show = (text: string): void => {
    const shown = isShown ? text : text.trimStart();
    if (shown === '') return;
    isShown = true;
    parts.push(shown);
  };
  const readText = (text: string): void => {
    if (code === 'inline' && text.includes('\n')) code = undefined;
    if (state === 'undecided') held += text;
    else if (state === 'answer') show(text);
  };
  const readTicks = (ticks: string): void => {
    const kind = ticks.length >= 3 ? 'fenced' : 'inline';
    readText(ticks);
    if (code === undefined) code = kind;
    else if (code === kind) code = undefined;
  };
  const open = (): void => {
    state = 'thinking';
    hasThought = true;
  };
  const close = (): void => {
    if (state !== 'thinking') {
      if (hasClosed) return;
      lacksOpeningTag = true;
      if (isShown) parts.push(RETRACT);
      isShown = false;
    }
    held = '';
    state = 'answer';
    hasThought = true;
    hasClosed = true;
    code = undefined;
  };
  const read = (text: string): void => {
    let from = 0;
    for (const { 0: sign, 1: slash, 2: otherSlash, index } of text.matchAll(SIGNS)) {
      readText(text.slice(from, index));
      from = index + sign.length;
      const isClosing = slash === '/' || otherSlash === '/';
      if (sign.startsWith('`')) readTicks(sign);
      else if (state === 'thinking') {
        if (isClosing) close();
      } else if (code !== undefined) readText(sign);
      else if (isClosing) close();
      else open();
    }
    readText(text.slice(from));
  };
  const taken = (): TextPart[] => {
    const taking = parts;
    parts = [];
    return taking;
  };

  return {
    get hasThought() {
      return hasThought;
    },
    get lacksOpeningTag() {
      return lacksOpeningTag;
    },
    add(piece) {
      const text = unread + piece;
      const cutAt = CUT_SIGN.exec(text)?.index ?? text.length;
      unread = text.slice(cutAt);
      read(text.slice(0, cutAt));
      return taken();
    },
    noteSeparateThinking() {
      hasThought = true;
      if (state === 'undecided') {
        state = 'answer';
        show(held);
      }
      return taken();
    },
    end(finishReason) {
      read(unread);
      unread = '';
      if (state === 'undecided' && finishReason === 'length') hasThought = true;
      else if (state === 'undecided') show(held);
      return taken();
    },
  };
}
