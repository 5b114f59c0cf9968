/** A line that counts, where a person is looking. */
export interface Progress {
  at(done: number, total: number | undefined): void;
  end(): void;
}

const SHOWN_AFTER_MS = 1_000;
const APART_MS = 200;

/** Count, rate and time left on standard error, once it takes longer than a second. */
export function showProgress(
  what: string,
  stream: { isTTY?: boolean; write(text: string): unknown } = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  if (stream.isTTY !== true) return { at() {}, end() {} };
  const startMs = now();
  let first: number | undefined;
  let shownMs = startMs + SHOWN_AFTER_MS - APART_MS;
  return {
    at(done, total) {
      first ??= done;
      const tookMs = now() - startMs;
      if (now() - shownMs < APART_MS) return;
      shownMs = now();
      const rate = (done - first) / (tookMs / 1_000);
      const of = total === undefined ? '' : ` of ${total}`;
      const left =
        total === undefined || rate === 0 ? '' : `, about ${Math.ceil((total - done) / rate)} s left`;
      stream.write(`\r\u001B[K${done}${of} ${what}, ${Math.round(rate)} a second${left}`);
    },
    end() {
      stream.write('\r\u001B[K');
    },
  };
}
