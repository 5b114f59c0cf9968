import { crc32 } from 'node:zlib';
import type { Entry } from './entry.js';

/**
 * One journal record: payload length (u32 LE) · CRC32 (u32 LE) of length and payload · payload. The payload is a
 * JSON array and a newline: JSON holds no raw newline, so a reader that lost its place finds the next record.
 */
const HEADER = 8;
const NEWLINE = 10;
const BRACKET = 91;

/** Writes frames into one buffer that it reuses: the result of `take` is valid until the next `add`. */
export class FrameWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #used = 0;

  /** @param json  one entry as JSON text */
  add(json: string): void {
    // At most three UTF-8 bytes per UTF-16 unit.
    const needed = this.#used + HEADER + json.length * 3 + 1;
    if (needed > this.#buffer.length) this.#grow(needed);
    const buffer = this.#buffer;
    const start = this.#used;
    const length = buffer.write(json, start + HEADER) + 1;
    const end = start + HEADER + length;
    buffer[end - 1] = NEWLINE;
    buffer.writeUInt32LE(length, start);
    buffer.writeUInt32LE(checksum(buffer, start, end), start + 4);
    this.#used = end;
  }

  get size(): number {
    return this.#used;
  }

  /** The frames added since the last call; valid until the next `add`. */
  take(): Uint8Array {
    const frames = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    if (this.#buffer.length > 4 * 1024 * 1024) this.#buffer = Buffer.allocUnsafe(64 * 1024);
    return frames;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#used);
    this.#buffer = larger;
  }
}

export interface FrameScan {
  /** Offset of the first unreadable byte; the file's length if all is readable. */
  readonly cleanUntil: number;
  /** `tail`: nothing readable follows the first bad byte, as after a crash during a write. `middle`: something does. */
  readonly bad: 'nothing' | 'tail' | 'middle';
}

/** Passes every readable entry to `each`, in order, and skips damaged bytes. Throws nothing of its own. */
export function scanFrames(bytes: Buffer, each: (entry: Entry) => void): FrameScan {
  let at = 0;
  let cleanUntil = -1;
  let bad: FrameScan['bad'] = 'nothing';
  while (at < bytes.length) {
    const frame = readFrame(bytes, at);
    if (frame !== undefined) {
      if (bad === 'tail') bad = 'middle';
      each(frame.entry);
      at = frame.end;
      continue;
    }
    if (cleanUntil < 0) cleanUntil = at;
    if (bad === 'nothing') bad = 'tail';
    at = nextFrame(bytes, at);
  }
  return { cleanUntil: cleanUntil < 0 ? bytes.length : cleanUntil, bad };
}

function readFrame(bytes: Buffer, at: number): { entry: Entry; end: number } | undefined {
  if (at + HEADER > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  const end = at + HEADER + length;
  // The cheap checks come first: after damage they run at every newline.
  if (length < 3 || end > bytes.length) return undefined;
  if (bytes[at + HEADER] !== BRACKET || bytes[end - 1] !== NEWLINE) return undefined;
  if (bytes.readUInt32LE(at + 4) !== checksum(bytes, at, end)) return undefined;
  try {
    // Trusted without validation: only this code writes frames with this checksum.
    const entry: Entry = JSON.parse(bytes.toString('utf8', at + HEADER, end - 1));
    return { entry, end };
  } catch {
    return undefined;
  }
}

/** Returns where to continue after damage: behind the frame if its length is plausible, else after a newline. */
function nextFrame(bytes: Buffer, bad: number): number {
  if (bad + HEADER <= bytes.length) {
    const next = bad + HEADER + bytes.readUInt32LE(bad);
    if (next < bytes.length && readFrame(bytes, next) !== undefined) return next;
  }
  let at = bad;
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, at);
    if (newline < 0) return bytes.length;
    at = newline + 1;
    if (readFrame(bytes, at) !== undefined) return at;
  }
}

/** Computes the checksum. It includes the length, so that a run of zeros is never a valid record. */
function checksum(bytes: Buffer, start: number, end: number): number {
  return crc32(bytes.subarray(start + HEADER, end), end - start - HEADER);
}
