import { write, writeSync } from 'node:fs';

/** Lines are collected and written at this length (UTF-16 code units), or after this time. */
const MAX_BUFFER = 32 * 1024;
const FLUSH_INTERVAL_MS = 100;
/** Limit of waiting pieces (16 MB) while the reader stalls; further lines are dropped and counted. */
const MAX_PIECES = 500;
/** At exit, `flush` waits this long for a reader that reads nothing. */
const FLUSH_TIMEOUT_MS = 500;

/** At exit, `flush` waits this long for a write in progress. */
const INFLIGHT_TIMEOUT_MS = 30;

export interface LineWriter {
  write(line: string): void;
  /** Writes all collected lines synchronously. It blocks the event loop: use it only at exit. */
  flush(): void;
}

/**
 * Writes lines to a file descriptor without blocking the event loop. Lines are collected into pieces, and one piece is
 * written at a time, so that at exit only one write can be incomplete. After EPIPE all lines are dropped without notice:
 * there is no other place to report it.
 */
export function createLineWriter(fd = 1): LineWriter {
  const pieces: string[] = []; // full pieces that wait for their write
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
      // On a full disk this piece is lost, and the next one is written as usual.
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
      // A thread of Node's pool writes the current piece and cannot be asked; a short write is done after this wait.
      if (underWay) sleep(INFLIGHT_TIMEOUT_MS);
      const rest = pieces.splice(0).join('') + takePiece();
      writeNow(fd, Buffer.from(rest));
    },
  };
}

/** Writes synchronously. Retries while the reader is busy, up to FLUSH_TIMEOUT_MS. */
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
