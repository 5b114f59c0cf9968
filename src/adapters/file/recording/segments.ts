import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { wallTime, type Clock } from '../../../ports/clock.js';
import type { AppendFile, FileSystem } from '../file-system.js';

/** `recording-<start in ms>-<random>.jsonl`: the order of names is the order of time. */
const NAME = /^recording-(\d{13})-[0-9a-f]{8}\.jsonl$/;

/** A segment has at most this part of the total size, so that little is lost with the oldest one. */
const PART = 16;
/** A segment is closed after this time, so that its name tells its age. */
export const SEGMENT_MS = 3_600_000;

export interface SegmentBounds {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

/**
 * Manages the files of a recording, limited in size and age; the oldest is removed first. Several processes may share
 * the directory.
 */
export class RecordingSegments {
  readonly #dir: string;
  readonly #files: FileSystem;
  readonly #clock: Clock;
  readonly #bounds: SegmentBounds;
  #lastStartMs = 0;
  #current: { file: AppendFile; name: string; bytes: number; startMs: number } | undefined;

  constructor(dir: string, files: FileSystem, clock: Clock, bounds: SegmentBounds) {
    this.#dir = dir;
    this.#files = files;
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Appends whole lines to the current segment, or begins one. */
  async append(lines: Uint8Array): Promise<void> {
    const limit = this.#bounds.maxBytes / PART;
    if (this.#current !== undefined && this.#current.bytes + lines.length > limit) await this.close();
    this.#current ??= await this.#begin(Math.max(limit, lines.length));
    await this.#current.file.write(lines);
    this.#current.bytes += lines.length;
  }

  /** Closes a segment that is old enough and removes those that are too old. */
  async tidy(): Promise<void> {
    const current = this.#current;
    if (current !== undefined && wallTime(this.#clock) - current.startMs >= SEGMENT_MS) await this.close();
    await this.#makeRoom(0);
  }

  async close(): Promise<void> {
    const file = this.#current?.file;
    this.#current = undefined;
    await file?.close();
  }

  async #begin(bytes: number) {
    await this.#makeRoom(bytes);
    // Names stay in order for two files in one millisecond and after the clock was set back.
    const startMs = Math.max(Math.floor(wallTime(this.#clock)), this.#lastStartMs + 1);
    this.#lastStartMs = startMs;
    const name = `recording-${String(startMs).padStart(13, '0')}-${randomBytes(4).toString('hex')}.jsonl`;
    return { file: await this.#files.create(join(this.#dir, name)), name, bytes: 0, startMs };
  }

  /** Removes old segments, then the oldest ones until `bytes` more fit. */
  async #makeRoom(bytes: number): Promise<void> {
    const oldestMs = wallTime(this.#clock) - this.#bounds.maxAgeMs;
    const names = (await this.#files.list(this.#dir)).filter((name) => NAME.test(name)).toSorted();
    const kept: { name: string; bytes: number }[] = [];
    for (const name of names) {
      if (name === this.#current?.name) continue;
      const path = join(this.#dir, name);
      if (Number(NAME.exec(name)?.[1]) < oldestMs) await this.#files.remove(path);
      // Another process may have removed it.
      else kept.push({ name, bytes: await this.#files.size(path).catch(() => 0) });
    }
    let total = kept.reduce((sum, segment) => sum + segment.bytes, bytes + (this.#current?.bytes ?? 0));
    for (const segment of kept) {
      if (total <= this.#bounds.maxBytes) return;
      await this.#files.remove(join(this.#dir, segment.name));
      total -= segment.bytes;
    }
  }
}
