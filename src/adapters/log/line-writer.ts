import { write, writeSync } from 'node:fs';

/** Lines are written together: at this length (UTF-16 code units), or after this time. */
const MAX_BUFFER = 32 * 1024;
const FLUSH_INTERVAL_MS = 100;
/** A reader that stalls costs no more memory than so many pieces (16 MB); further lines are dropped and counted. */
const MAX_PIECES = 500;
/** How long the end of the process waits for a reader that takes nothing. */
const FLUSH_TIMEOUT_MS = 500;

/** How long the end of the process waits for a write that is under way. */
const INFLIGHT_TIMEOUT_MS = 30;

export interface LineWriter {
  write(line: string): void;
  /** Writes out at once what is gathered. For the end of the process: it holds up everything else. */
  flush(): void;
}

/**
 * Writes lines to a file descriptor without ever waiting in the event loop: they are gathered into pieces, and one
 * piece at a time is under way, so that little is uncertain when the process ends. When nobody reads any more (EPIPE),
 * lines are dropped in silence: there is nowhere to say so.
 */
export function createLineWriter(fd = 1): LineWriter {
  const pieces: string[] = []; // full ones, waiting
  let gathered = '';
  let dropped = 0;
  let underWay = false;
  let broken = false;
  let timer: NodeJS.Timeout | undefined;

  const takePiece = (): string => {
    if (dropped > 0 && pieces.length < MAX_PIECES / 2) {
      gathered += `{"level":"warn","dropped":${dropped},"msg":"log lines were dropped: nobody read them"}\n`;
      dropped = 0;
    }
    const full = pieces.shift();
    if (full !== undefined) return full;
    const part = gathered;
    gathered = '';
    clearTimeout(timer);
    timer = undefined;
    return part;
  };
  const writeNext = () => {
    if (underWay || broken) return;
    const piece = takePiece();
    if (piece !== '') writeOn(Buffer.from(piece));
  };
  const writeOn = (bytes: Buffer) => {
    underWay = true;
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      broken = isGone(error);
      // A full disk costs this piece; the next one is tried again.
      const isLost = error !== null && !isBusy(error);
      const rest = isLost ? bytes.subarray(bytes.length) : bytes.subarray(error === null ? written : 0);
      if (rest.length > 0 && !broken) {
        setTimeout(writeOn, error === null ? 0 : 10, rest);
        return;
      }
      underWay = false;
      if (pieces.length > 0) writeNext();
      else if (gathered !== '') timer ??= setTimeout(writeNext, FLUSH_INTERVAL_MS).unref();
    });
  };

  return {
    write(line) {
      if (broken) return;
      if (pieces.length >= MAX_PIECES) {
        dropped += 1;
        return;
      }
      gathered += line;
      if (gathered.length >= MAX_BUFFER) {
        pieces.push(gathered);
        gathered = '';
        writeNext();
      } else if (!underWay) timer ??= setTimeout(writeNext, FLUSH_INTERVAL_MS).unref();
    },
    flush() {
      if (broken) return;
      // The piece under way is in another thread's hands, which this one cannot ask: a short write is done by then.
      if (underWay) sleep(INFLIGHT_TIMEOUT_MS);
      const rest = pieces.splice(0).join('') + takePiece();
      writeNow(fd, Buffer.from(rest));
    },
  };
}

/** Writes, and tries again while the reader is busy; gives up when it is gone or stays busy. */
function writeNow(fd: number, bytes: Buffer): void {
  const giveUpAt = Date.now() + FLUSH_TIMEOUT_MS;
  for (let rest = bytes; rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (!isBusy(error) || Date.now() > giveUpAt) return;
      sleep(10);
    }
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EPIPE';

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY');
