/** A line that counts, where a person is looking. */
export interface Progress {
  update(done: number, total: number | undefined): void;
  stop(): void;
}

const SHOW_AFTER_MS = 1_000;
const MIN_UPDATE_INTERVAL_MS = 200;

/** Count, rate and time left on standard error, once it takes longer than a second. */
export function showProgress(
  what: string,
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
      const of = total === undefined ? '' : ` of ${total}`;
      const left =
        total === undefined || rate === 0 ? '' : `, about ${Math.ceil((total - done) / rate)} s left`;
      stream.write(`\r\u001B[K${done}${of} ${what}, ${Math.round(rate)} a second${left}`);
    },
    stop() {
      stream.write('\r\u001B[K');
    },
  };
}
