import { inBoth, type Language, type Words } from '../protocol/words.js';

/** A progress line on a terminal. */
export interface Progress {
  update(done: number, total: number | undefined): void;
  stop(): void;
}

const SHOW_AFTER_MS = 1_000;
const MIN_UPDATE_INTERVAL_MS = 200;

/** Shows count, rate and remaining time on standard error, after a second. */
export function showProgress(
  what: Words,
  language: Language,
  stream: { isTTY?: boolean; write(text: string): unknown } = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  if (stream.isTTY !== true) return { update() {}, stop() {} };
  const startMs = now();
  let first: number | undefined;
  let shownMs = startMs + SHOW_AFTER_MS - MIN_UPDATE_INTERVAL_MS;
  return {
    update(done, total) {
      first ??= done;
      const tookMs = now() - startMs;
      if (now() - shownMs < MIN_UPDATE_INTERVAL_MS) return;
      shownMs = now();
      const rate = (done - first) / (tookMs / 1_000);
      const leftS = total === undefined || rate === 0 ? undefined : Math.ceil((total - done) / rate);
      const of = total === undefined ? inBoth('') : { en: ` of ${total}`, zh: `/${total}` };
      const line = {
        en: `${done}${of.en} ${what.en}, ${Math.round(rate)} a second${leftS === undefined ? '' : `, about ${leftS} s left`}`,
        zh: `${done}${of.zh} ${what.zh}，每秒 ${Math.round(rate)}${leftS === undefined ? '' : `，大约还要 ${leftS} 秒`}`,
      };
      stream.write(`\r\u001B[K${line[language]}`);
    },
    stop() {
      stream.write('\r\u001B[K');
    },
  };
}
