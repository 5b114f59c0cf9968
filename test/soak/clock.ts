import type { Clock } from '../../src/ports/clock.js';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** How late background timers (heartbeats, renewals, the alarm of a queue) may come, in ms. */
export interface Pace {
  readonly backgroundMs: number;
}

/**
 * A clock for long stories. It moves from stop to stop; a stop is where the next foreground timer falls due, or where a
 * background timer would come later than the pace allows. All that is due by then runs at the stop: as in a process
 * that gets its turn rarely, a timer may come late and never early. While nothing is under way a wide pace takes a
 * night in a few stops, where heartbeats would make ten thousands of them.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #made = 0;
  readonly #foreground: Timer[] = [];
  readonly #background: Timer[] = [];

  constructor(startMs: number = Date.UTC(2026, 5, 1, 4)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, run: () => void, options?: { background?: boolean }): () => void {
    const timer: Timer = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: (this.#made += 1),
      run,
      isCancelled: false,
    };
    push(options?.background === true ? this.#background : this.#foreground, timer);
    return () => {
      timer.isCancelled = true;
    };
  }

  /** Moves to the next stop, `mostMs` away at most, and runs what is due. True if a foreground timer ran. */
  step(mostMs: number, { backgroundMs }: Pace): boolean {
    const endMs = this.#nowMs + mostMs;
    const next = (first(this.#foreground)?.dueMs ?? Infinity) + GATHER_MS;
    const late = (first(this.#background)?.dueMs ?? Infinity) + backgroundMs;
    this.#nowMs = Math.max(this.#nowMs, Math.min(endMs, next, late));
    let ran = false;
    // A timer that is set for the current moment waits for the next step, so that every step ends.
    const due = [...this.#take(this.#foreground), ...this.#take(this.#background)];
    for (const timer of due.toSorted(byDue)) {
      if (timer.isCancelled) continue;
      ran ||= !timer.isBackground;
      timer.run();
    }
    return ran;
  }

  /** For those who ask the sandbox to move: one stop, at its end. */
  advance(ms: number): Promise<void> {
    this.step(ms, { backgroundMs: ms });
    return Promise.resolve();
  }

  *#take(timers: Timer[]): Iterable<Timer & { readonly isBackground: boolean }> {
    const isBackground = timers === this.#background;
    for (
      let timer = first(timers);
      timer !== undefined && timer.dueMs <= this.#nowMs;
      timer = first(timers)
    ) {
      pop(timers);
      yield Object.assign(timer, { isBackground });
    }
  }
}

/** Foreground timers that fall due so closely together run at one stop. */
const GATHER_MS = 25;

const byDue = (one: Timer, other: Timer): number => one.dueMs - other.dueMs || one.order - other.order;

/** The earliest that still counts, on a binary heap. */
function first(timers: Timer[]): Timer | undefined {
  while (timers[0]?.isCancelled === true) pop(timers);
  return timers[0];
}

function push(timers: Timer[], timer: Timer): void {
  timers.push(timer);
  for (let at = timers.length - 1; at > 0;) {
    const above = (at - 1) >> 1;
    if (!swapIfEarlier(timers, at, above)) return;
    at = above;
  }
}

function pop(timers: Timer[]): void {
  const last = timers.pop();
  if (last === undefined || timers.length === 0) return;
  timers[0] = last;
  for (let at = 0; ;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const earlier = isEarlier(timers, right, left) ? right : left;
    if (earlier >= timers.length || !swapIfEarlier(timers, earlier, at)) return;
    at = earlier;
  }
}

function isEarlier(timers: Timer[], one: number, other: number): boolean {
  const [mine, theirs] = [timers[one], timers[other]];
  return mine !== undefined && theirs !== undefined && byDue(mine, theirs) < 0;
}

function swapIfEarlier(timers: Timer[], one: number, other: number): boolean {
  if (!isEarlier(timers, one, other)) return false;
  const [mine, theirs] = [timers[one], timers[other]];
  if (mine !== undefined && theirs !== undefined) [timers[one], timers[other]] = [theirs, mine];
  return true;
}
