import { createSealer } from '../../../crypto/sealer.js';
import type { Clock } from '../../../ports/clock.js';
import type { Logger } from '../../../ports/logger.js';
import type { PushExchange, PushRecorder } from '../../../ports/push-recorder.js';
import { RECORDING_PURPOSE, sealedLineOf, standInLineOf } from '../../../recording/recorded-push.js';
import { createStandIn, type StandIn } from '../../../recording/stand-in.js';
import { disk, type FileSystem } from '../file-system.js';
import { RecordingSegments, SEGMENT_MS, type SegmentBounds } from './segments.js';
import { errorCode, openStandInKey } from './stand-in-key.js';

export interface FileRecorder extends PushRecorder {
  /** Prepares the directory, in the background. */
  start(): void;
  /** True once recording has stopped after a write error. */
  failed(): boolean;
  /** Writes the waiting lines. */
  close(): Promise<void>;
}

export interface FileRecorderOptions extends SegmentBounds {
  readonly dir: string;
  /** Key that encrypts every line. Without it texts and OpenIDs are replaced by stand-ins. */
  readonly key: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: the file system of the machine. */
  readonly files?: FileSystem;
}

const FLUSH_MS = 250;
/** Limit of pushes encoded in one turn of the event loop: about a millisecond of work. */
const BATCH = 16;
/** Limit of waiting characters; beyond it the disk is too slow and pushes are dropped. */
const MAX_WAITING = 32 * 1_048_576;

/**
 * Writes pushes and their answers as JSON lines, in the background. It drops, with a warning, what a slow disk cannot
 * take; after a disk error it stops recording and logs that once.
 */
export function createFileRecorder(options: FileRecorderOptions): FileRecorder {
  const { dir, key, clock, log, files = disk } = options;
  const segments = new RecordingSegments(dir, files, clock, options);
  let waiting: PushExchange[] = [];
  let waitingSize = 0;
  let dropped = 0;
  let state: 'open' | 'closing' | 'failed' = 'open';
  let linesOf: ((batch: readonly PushExchange[]) => string[]) | undefined;
  /** Serializes all access to the files. */
  let work: Promise<void> = Promise.resolve();
  let cancelFlush: (() => void) | undefined;
  let cancelTidy: (() => void) | undefined;

  async function open(): Promise<(batch: readonly PushExchange[]) => string[]> {
    await files.makeFolder(dir);
    if (key !== undefined) {
      const sealer = createSealer(key, RECORDING_PURPOSE);
      return (batch) => [sealedLineOf(batch, sealer)];
    }
    const standIn = createStandIn(await openStandInKey(dir, files, clock));
    return (batch) => batch.flatMap((exchange) => encode(exchange, standIn));
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      const lines = linesOf?.(batch) ?? [];
      for (const exchange of batch) waitingSize -= sizeOf(exchange);
      if (lines.length > 0) await segments.append(Buffer.from(`${lines.join('\n')}\n`));
    }
    if (dropped > 0) {
      log.warn(
        { dropped },
        'recording lagged: the disk did not keep up with the pushes, so some were not recorded',
      );
      dropped = 0;
    }
  }

  function encode(exchange: PushExchange, standIn: StandIn): string[] {
    try {
      return [standInLineOf(exchange, standIn)];
    } catch (error) {
      log.error(
        { err: error, pushId: exchange.push.id },
        'recording line failed: this attempt was not recorded',
      );
      return [];
    }
  }

  function then(step: () => Promise<void>): Promise<void> {
    work = work.then(async () => {
      if (state === 'failed') return;
      try {
        if (linesOf === undefined) {
          linesOf = await open();
          log.info({ dir, sealed: key !== undefined }, 'recording began: pushes and their answers are kept');
        }
        await step();
      } catch (error) {
        await fail(error);
      }
    });
    return work;
  }

  async function fail(error: unknown): Promise<void> {
    state = 'failed';
    waiting = [];
    cancelFlush?.();
    cancelTidy?.();
    log.error(
      { err: error, code: errorCode(error), dir },
      'recording stopped: RECORD_DIR cannot be written; pushes are answered as before. Mend it and restart to record again',
    );
    await segments.close().catch(() => undefined);
  }

  function tidyLater(): void {
    cancelTidy = clock.schedule(
      SEGMENT_MS,
      () => {
        void then(() => segments.tidy());
        if (state === 'open') tidyLater();
      },
      { background: true },
    );
  }

  return {
    record(exchange) {
      if (state !== 'open') return;
      const size = sizeOf(exchange);
      if (waitingSize + size > MAX_WAITING) {
        dropped += 1;
        return;
      }
      waitingSize += size;
      waiting.push(exchange);
      cancelFlush ??= clock.schedule(
        FLUSH_MS,
        () => {
          cancelFlush = undefined;
          void then(flush);
        },
        { background: true },
      );
    },
    start() {
      void then(() => segments.tidy());
      tidyLater();
    },
    failed: () => state === 'failed',
    async close() {
      if (state === 'open') state = 'closing';
      cancelFlush?.();
      cancelTidy?.();
      // Command-line commands start an app without pushes: they must not create a directory.
      await (waiting.length > 0 ? then(flush) : work);
      await segments.close().catch(() => undefined);
    },
  };
}

/** Approximate size in characters. */
const sizeOf = ({ push, answer }: PushExchange): number => push.raw.length + (answer?.body.length ?? 0) + 512;
