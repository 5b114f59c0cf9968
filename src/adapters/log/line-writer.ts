import { write, writeSync } from 'node:fs';

/** Lines are written together: at this length (UTF-16 code units), or after this time. */
const FULL = 8192;
const PATIENCE_MS = 100;
/** A reader that stalls costs no more memory than this (UTF-16 code units); further lines are dropped and counted. */
const MOST = 16_000_000;
/** How long the end of the process waits for a reader that takes nothing. */
const FLUSH_PATIENCE_MS = 500;

/** How long the end of the process waits for a write that is under way. */
const UNDER_WAY_MS = 30;

export interface LineWriter {
  write(line: string): void;
  /** Writes out at once what is gathered. For the end of the process: it holds up everything else. */
  flush(): void;
}

/**
 * Writes lines to a file descriptor without ever waiting in the event loop: they are gathered, and one write at a time
 * is under way. When nobody reads any more (EPIPE), lines are dropped in silence: there is nowhere to say so.
 */
export function createLineWriter(fd = 1): LineWriter {
  let gathered = '';
  let dropped = 0;
  let underWay = false;
  let broken = false;
  let timer: NodeJS.Timeout | undefined;

  const takeGathered = (): Buffer => {
    clearTimeout(timer);
    timer = undefined;
    const note =
      dropped === 0
        ? ''
        : `{"level":"warn","dropped":${dropped},"msg":"Log lines were dropped: nobody read them"}\n`;
    const bytes = Buffer.from(gathered + note);
    gathered = '';
    dropped = 0;
    return bytes;
  };
  const writeGathered = () => {
    if (!underWay && gathered !== '') writeOn(takeGathered());
  };
  const writeOn = (bytes: Buffer) => {
    underWay = true;
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error !== null && !isBusy(error)) broken = true;
      const rest = broken ? bytes.subarray(bytes.length) : bytes.subarray(error === null ? written : 0);
      if (rest.length > 0) setTimeout(writeOn, error === null ? 0 : 10, rest);
      else {
        underWay = false;
        if (gathered.length >= FULL) writeGathered();
        else if (gathered !== '') timer ??= setTimeout(writeGathered, PATIENCE_MS).unref();
      }
    });
  };

  return {
    write(line) {
      if (broken) return;
      if (gathered.length > MOST) {
        dropped += 1;
        return;
      }
      gathered += line;
      if (underWay) return;
      if (gathered.length >= FULL) writeGathered();
      else timer ??= setTimeout(writeGathered, PATIENCE_MS).unref();
    },
    flush() {
      // The write under way runs in another thread, which this one cannot ask: a short write is done by then.
      if (underWay) sleep(UNDER_WAY_MS);
      if (!broken && gathered !== '') writeNow(fd, takeGathered());
    },
  };
}

/** Writes, and tries again while the reader is busy; gives up when it is gone or stays busy. */
function writeNow(fd: number, bytes: Buffer): void {
  const giveUpAt = Date.now() + FLUSH_PATIENCE_MS;
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

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY');
