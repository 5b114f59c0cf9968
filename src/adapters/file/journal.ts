import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.js';
import type { Logger } from '../../ports/logger.js';
import { writeBase } from './compaction.js';
import { DataDirUnusable } from './data-dir-errors.js';
import { FORMAT } from './entry.js';
import type { Entry, Journaled } from './entry.js';
import type { AppendFile, FileSystem } from './file-system.js';
import { FrameWriter } from './frame.js';
import { replaySegments, segmentPath } from './segments.js';
import type { Segment } from './segments.js';

export interface JournalOptions {
  readonly dir: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called before an unusable directory is used again. Rejects if this process no longer owns it. */
  readonly reclaim?: () => Promise<void>;
  /** Smallest size at which the journal is compacted. Default 8 MiB. */
  readonly compactAboveBytes?: number;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Lazy entries wait this long for others. */
const NOTE_DELAY_MS = 5;
/** Interval at which an idle journal checks that its directory exists. */
const DIR_CHECK_INTERVAL_MS = 2000;
/** A sync right after another one waits this long for more entries. */
const GROUP_COMMIT_MS = 2;
/** Delay until a failed disk is tried again if no writer waits. */
const REFUSED_DELAY_MS = 1000;
const COMPACTION_RETRY_MS = 10_000;
/** Limit of segments before a compaction. Each start adds one. */
const MAX_SEGMENTS = 16;

/**
 * An append-only journal in a directory. One write and one `fdatasync` serve all waiting writers; entries that arrive
 * meanwhile form the next batch. Format and reasons: docs/decisions/0003-journal-format.md.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #frames = new FrameWriter();
  #parts: readonly Journaled[] = [];
  #segments: Segment[] = [];
  #current: { readonly file: AppendFile; readonly segment: Segment } | undefined;
  #number = 0;

  #entries: Entry[] = [];
  /** True if a part has changes that are not among the entries yet. */
  #hasPending = false;
  #waiters: Waiter[] = [];
  #committing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dirCheck: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  /** Number of failed writes and syncs. `#refusing` is true until one succeeds again. */
  #faults = 0;
  #refusing = false;
  #mustCompact = false;
  #compactNotBeforeMs = 0;
  #compacting: Promise<void> | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Replays the journal into the parts. @throws DataDirUnusable  see `replaySegments` */
  async open(parts: readonly Journaled[]): Promise<void> {
    const { dir, files, log } = this.#options;
    this.#parts = parts;
    this.#segments = await replaySegments(dir, files, log, (entry) => {
      for (const part of parts) part.replay(entry);
    });
    this.#number = this.#segments.at(-1)?.number ?? 0;
    this.#mustCompact = this.#segments.length > MAX_SEGMENTS;
    // Copy the readable entries of a damaged segment to a new one before it is set aside.
    if (this.#segments.some(({ damaged }) => damaged)) await this.#compact();
    this.#dirCheck = setInterval(() => void this.#checkDir(), DIR_CHECK_INTERVAL_MS).unref();
  }

  /** True while nothing can be written. It retries by itself. */
  get failing(): boolean {
    return this.#refusing;
  }

  /** Total size of the segments in bytes. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /**
   * Writes the entry within a few milliseconds; a crash before that loses it. Never waits, never throws. The entry is
   * serialized when it is written, so callers must not change it.
   */
  appendLazily(entry: Entry): void {
    if (this.#closed) return;
    this.#entries.push(entry);
    if (!this.#committing) this.#commitSoon();
  }

  /** Writes the pending entries of the parts within a few milliseconds. */
  scheduleFlush(): void {
    if (this.#closed) return;
    this.#hasPending = true;
    if (!this.#committing) this.#commitSoon();
  }

  /** Resolves once the entry, and all before it, would survive a power failure. */
  append(entry: Entry): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the journal is closed'));
    this.#entries.push(entry);
    return this.sync();
  }

  /** Resolves once everything appended so far would survive a power failure. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#committing) return;
      this.#committing = true;
      queueMicrotask(() => void this.#commit());
    });
  }

  /** Writes what waits and closes the files. The journal accepts nothing afterwards. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#dirCheck);
    try {
      await this.sync();
      await this.#compacting;
    } catch (error) {
      this.#options.log.error({ err: error }, 'journal write failed: the journal is closing');
    }
    await this.#current?.file.close().catch(() => {});
    this.#current = undefined;
  }

  #commitSoon(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        if (this.#committing) return;
        this.#committing = true;
        void this.#commit();
      },
      this.#refusing ? REFUSED_DELAY_MS : NOTE_DELAY_MS,
    );
  }

  /** Writes and syncs until no writer waits. Only one runs at a time (`#committing`). Never rejects. */
  async #commit(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (;;) {
      const entries = this.#entries;
      const waiters = this.#waiters;
      this.#entries = [];
      this.#waiters = [];
      if (this.#hasPending) {
        this.#hasPending = false;
        for (const part of this.#parts) entries.push(...(part.pendingEntries?.() ?? []));
      }
      try {
        await this.#persist(entries, waiters.length > 0);
        for (const waiter of waiters) waiter.resolve();
        if (this.#compactionIsDue()) await this.#startCompaction();
      } catch (error) {
        for (const waiter of waiters) waiter.reject(error);
      }
      if (this.#waiters.length === 0) break;
      // A writer arrived meanwhile, so more are likely: after a short pause one sync serves many.
      if (!this.#closed) await pause(GROUP_COMMIT_MS);
    }
    this.#committing = false;
    if (this.#entries.length > 0 || this.#hasPending || (this.#refusing && !this.#closed)) this.#commitSoon();
  }

  /** Detects between commits that the directory was removed. */
  async #checkDir(): Promise<void> {
    if (this.#committing || this.#refusing || this.#closed) return;
    this.#committing = true;
    await this.#assertSegmentInPlace().catch((error: unknown) => this.#abandonSegment(error));
    await this.#commit();
  }

  async #persist(entries: readonly Entry[], durable: boolean): Promise<void> {
    if (entries.length === 0 && this.#current === undefined && !this.#refusing) return;
    // Only a sync proves that a failed disk works again.
    const proven = durable || this.#refusing;
    try {
      await this.#write(entries, proven);
    } catch (error) {
      await this.#abandonSegment(error);
      try {
        await this.#write(entries, proven);
      } catch (again) {
        await this.#abandonSegment(again);
        throw again;
      }
    }
    if (this.#refusing) this.#options.log.info({}, 'journal recovered: it can be written again');
    this.#refusing = false;
  }

  async #write(entries: readonly Entry[], durable: boolean): Promise<void> {
    this.#current ??= await this.#createSegment();
    const { file, segment } = this.#current;
    if (segment.bytes === 0) this.#frames.add(JSON.stringify(FORMAT));
    for (const entry of entries) this.#frames.add(JSON.stringify(entry));
    const bytes = this.#frames.take();
    if (bytes.length > 0) await file.write(bytes);
    if (durable) {
      const place = this.#assertSegmentInPlace(bytes.length);
      place.catch(() => {}); // the sync comes first
      await file.sync();
      await place;
    }
    segment.bytes += bytes.length;
  }

  /**
   * Checks the path, because a deleted file can still be written and synced, and no start would find it.
   *
   * @throws DataDirUnusable  the current segment is not at its path any more, or is shorter than expected
   */
  async #assertSegmentInPlace(justWritten = 0): Promise<void> {
    const { dir, files } = this.#options;
    const segment = this.#current?.segment;
    try {
      const bytes = await files.size(segment?.path ?? dir);
      if (segment === undefined || bytes >= segment.bytes + justWritten) return;
    } catch (cause) {
      const { path } = segment ?? { path: dir };
      const words = {
        en: `${path} disappeared while this process was using it`,
        zh: `${path} 在本进程使用时消失了`,
      };
      throw new DataDirUnusable(dir, words, { cause });
    }
    throw new DataDirUnusable(dir, {
      en: `${segment.path} was truncated while this process was using it`,
      zh: `${segment.path} 在本进程使用时被截短了`,
    });
  }

  async #createSegment(): Promise<{ file: AppendFile; segment: Segment }> {
    const { dir, files, reclaim } = this.#options;
    if (this.#refusing) await reclaim?.();
    const number = (this.#number += 1);
    const path = segmentPath(dir, number, 'journal');
    const file = await files.create(path);
    const segment: Segment = { number, kind: 'log', path, bytes: 0, damaged: false };
    this.#segments.push(segment);
    this.#current = { file, segment };
    await files.syncFolder(dir);
    return this.#current;
  }

  /**
   * Abandons the current segment after a failed write or sync. The system may have dropped the pages and marked them
   * clean, so a second sync of the same file would succeed wrongly. The following compaction rewrites the missing
   * entries.
   */
  async #abandonSegment(error: unknown): Promise<void> {
    const { files, log } = this.#options;
    if (!this.#refusing) log.error({ err: error }, 'journal write failed: retry with a new segment');
    this.#faults += 1;
    this.#refusing = true;
    this.#mustCompact = true;
    const abandoned = this.#current;
    this.#current = undefined;
    if (abandoned === undefined) return;
    await abandoned.file.close().catch(() => {});
    if (abandoned.segment.bytes > 0) return;
    // No entry in it was ever confirmed.
    this.#segments = this.#segments.filter((segment) => segment !== abandoned.segment);
    await files.remove(abandoned.segment.path).catch(() => {});
  }

  #compactionIsDue(): boolean {
    if (this.#compacting !== undefined || this.#closed) return false;
    const { clock, compactAboveBytes = 8 * 1024 * 1024 } = this.#options;
    // Twice the live size of the last compaction: half of it is dead, or the live data has doubled.
    const alive = this.#segments.find(({ kind }) => kind === 'base')?.bytes ?? 0;
    if (!this.#mustCompact && this.bytes <= Math.max(compactAboveBytes, 2 * alive)) return false;
    return clock.now() >= this.#compactNotBeforeMs;
  }

  /** Ends the current segment between two commits. The compaction runs in parallel with later commits. */
  async #startCompaction(): Promise<void> {
    const ended = this.#current;
    if (ended !== undefined) {
      try {
        await ended.file.sync();
        this.#current = undefined;
        await ended.file.close();
      } catch (error) {
        this.#current = ended;
        await this.#abandonSegment(error);
        return;
      }
    }
    this.#compacting = this.#compact().finally(() => {
      this.#compacting = undefined;
    });
  }

  /** Replaces all ended segments by one with the live data. Never rejects. */
  async #compact(): Promise<void> {
    const { dir, files, clock, log } = this.#options;
    const faults = this.#faults;
    const must = this.#mustCompact;
    this.#mustCompact = false;
    const old = [...this.#segments];
    const number = (this.#number += 1);
    const temporary = segmentPath(dir, number, 'tmp');
    try {
      const bytes = await writeBase(files, temporary, this.#parts, () => this.#closed);
      // Changes since the start are in the new log, and must be durable before the old segments are deleted.
      await this.sync();
      if (this.#faults !== faults) throw new Error('the journal could not be written meanwhile');
      const path = segmentPath(dir, number, 'base');
      await files.rename(temporary, path);
      const base: Segment = { number, kind: 'base', path, bytes, damaged: false };
      this.#segments = [base, ...this.#segments.filter((segment) => !old.includes(segment))];
      await files.syncFolder(dir);
      for (const segment of old) {
        if (segment.damaged) await files.rename(segment.path, `${segment.path}.damaged`);
        else await files.remove(segment.path);
      }
    } catch (error) {
      this.#mustCompact ||= must;
      this.#compactNotBeforeMs = clock.now() + COMPACTION_RETRY_MS;
      await files.remove(temporary).catch(() => {});
      if (!this.#closed) log.warn({ err: error }, 'compaction failed: retry later');
    }
  }
}
