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
  /** Asked before a folder is used again that could not be used. Rejects when it is not ours any more. */
  readonly reclaim?: () => Promise<void>;
  /** Below this size nothing is compacted. Default 8 MiB. */
  readonly compactAboveBytes?: number;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Noted entries wait this long for company. */
const NOTE_DELAY_MS = 5;
/** How often a folder that nobody writes to is looked for. */
const DIR_CHECK_INTERVAL_MS = 2000;
/** So long a sync that follows right upon another one waits for company. */
const GROUP_COMMIT_MS = 2;
/** A disk that refused is asked again after this time when nobody waits for it. */
const REFUSED_DELAY_MS = 1000;
const COMPACTION_RETRY_MS = 10_000;
/** Each start leaves a segment behind. */
const MAX_SEGMENTS = 16;

/**
 * An append-only journal in a folder. One write and one `fdatasync` serve everybody who waits; what comes while
 * they fly gathers for the next. Its format and its reasons: docs/decisions/0003-journal-format.md.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #frames = new FrameWriter();
  #parts: readonly Journaled[] = [];
  #segments: Segment[] = [];
  #current: { readonly file: AppendFile; readonly segment: Segment } | undefined;
  #number = 0;

  #entries: Entry[] = [];
  /** A part has something that is not among the entries yet. */
  #hasPending = false;
  #waiters: Waiter[] = [];
  #committing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dirCheck: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  /** Failed writes and syncs so far; `#refusing` until one succeeds again. */
  #faults = 0;
  #refusing = false;
  #mustCompact = false;
  #compactNotBeforeMs = 0;
  #compacting: Promise<void> | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Replays the folder into the parts. @throws DataDirUnusable  see `replaySegments` */
  async open(parts: readonly Journaled[]): Promise<void> {
    const { dir, files, log } = this.#options;
    this.#parts = parts;
    this.#segments = await replaySegments(dir, files, log, (entry) => {
      for (const part of parts) part.replay(entry);
    });
    this.#number = this.#segments.at(-1)?.number ?? 0;
    this.#mustCompact = this.#segments.length > MAX_SEGMENTS;
    // What is readable in a damaged segment gets a sound home before the segment is set aside.
    if (this.#segments.some(({ damaged }) => damaged)) await this.#compact();
    this.#dirCheck = setInterval(() => void this.#checkDir(), DIR_CHECK_INTERVAL_MS).unref();
  }

  /** True while nothing can be written. It tries again by itself. */
  get failing(): boolean {
    return this.#refusing;
  }

  /** Bytes in the folder's segments. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /**
   * Writes the entry within a few milliseconds; a crash before that loses it. Never waits, never throws. An entry is
   * put into words when it is written, so nobody may change it after it was handed over.
   */
  appendLazily(entry: Entry): void {
    if (this.#closed) return;
    this.#entries.push(entry);
    if (!this.#committing) this.#commitSoon();
  }

  /** The same for what a part has gathered. */
  scheduleFlush(): void {
    if (this.#closed) return;
    this.#hasPending = true;
    if (!this.#committing) this.#commitSoon();
  }

  /** Resolves once the entry, and all noted before it, would survive a loss of power. */
  append(entry: Entry): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the journal is closed'));
    this.#entries.push(entry);
    return this.sync();
  }

  /** Resolves once everything handed over so far would survive a loss of power. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#committing) return;
      this.#committing = true;
      queueMicrotask(() => void this.#commit());
    });
  }

  /** Writes what waits and lets the files go. The journal takes nothing any more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#dirCheck);
    try {
      await this.sync();
      await this.#compacting;
    } catch (error) {
      this.#options.log.error({ err: error }, 'the journal could not be written while closing');
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

  /** Runs alone (`#committing`), until nobody waits. Never rejects. */
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
      // Somebody came meanwhile, so more are coming: with a moment's patience one sync serves many of them.
      if (!this.#closed) await pause(GROUP_COMMIT_MS);
    }
    this.#committing = false;
    if (this.#entries.length > 0 || this.#hasPending || (this.#refusing && !this.#closed)) this.#commitSoon();
  }

  /** Notices between commits that the folder is gone. */
  async #checkDir(): Promise<void> {
    if (this.#committing || this.#refusing || this.#closed) return;
    this.#committing = true;
    await this.#assertSegmentInPlace().catch((error: unknown) => this.#abandonSegment(error));
    await this.#commit();
  }

  async #persist(entries: readonly Entry[], durable: boolean): Promise<void> {
    if (entries.length === 0 && this.#current === undefined && !this.#refusing) return;
    // Only a sync proves that a disk that refused is sound again.
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
    if (this.#refusing) this.#options.log.info({}, 'the journal can be written again');
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
   * A file can be written and synced long after its name is gone, and then no start will find it.
   *
   * @throws DataDirUnusable  the current segment is not at its path any more, or is shorter than what was written
   */
  async #assertSegmentInPlace(justWritten = 0): Promise<void> {
    const { dir, files } = this.#options;
    const segment = this.#current?.segment;
    try {
      const bytes = await files.size(segment?.path ?? dir);
      if (segment === undefined || bytes >= segment.bytes + justWritten) return;
    } catch (cause) {
      throw new DataDirUnusable(dir, `${segment?.path ?? 'it'} is gone, while this process uses it`, {
        cause,
      });
    }
    throw new DataDirUnusable(dir, `${segment.path} was cut, while this process uses it`);
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
   * After a failed write or sync the system may have dropped the pages and called them clean, so a second sync
   * of the same file would lie: it is never touched again. What it missed is rewritten by the compaction that follows.
   */
  async #abandonSegment(error: unknown): Promise<void> {
    const { files, log } = this.#options;
    if (!this.#refusing)
      log.error({ err: error }, 'the journal cannot be written: trying with a new segment');
    this.#faults += 1;
    this.#refusing = true;
    this.#mustCompact = true;
    const abandoned = this.#current;
    this.#current = undefined;
    if (abandoned === undefined) return;
    await abandoned.file.close().catch(() => {});
    if (abandoned.segment.bytes > 0) return;
    // Nothing in it was ever confirmed.
    this.#segments = this.#segments.filter((segment) => segment !== abandoned.segment);
    await files.remove(abandoned.segment.path).catch(() => {});
  }

  #compactionIsDue(): boolean {
    if (this.#compacting !== undefined || this.#closed) return false;
    const { clock, compactAboveBytes = 8 * 1024 * 1024 } = this.#options;
    // Twice what was alive last time: half of it is dead, or as much has come alive since.
    const alive = this.#segments.find(({ kind }) => kind === 'base')?.bytes ?? 0;
    if (!this.#mustCompact && this.bytes <= Math.max(compactAboveBytes, 2 * alive)) return false;
    return clock.now() >= this.#compactNotBeforeMs;
  }

  /** Ends the current segment between two commits; the compaction itself runs beside the commits that follow. */
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

  /** Replaces all ended segments by one that holds what is alive. Never rejects. */
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
      // What changed meanwhile stands in the new log, and must be safe there before the old segments go.
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
      if (!this.#closed) log.warn({ err: error }, 'the journal could not be compacted: trying again later');
    }
  }
}
