import {
  StoreUnavailable,
  type ClaimRequest,
  type ClaimResult,
  type DeadLetter,
  type StateStore,
  type StoredRecord,
  type SwapRequest,
  type SwapResult,
} from '../../src/ports/state-store.js';

interface Expiring<T> {
  readonly value: T;
  readonly untilMs: number;
}

/**
 * The whole state port in memory, exact and unhurried. Two holders of one instance are two processes on one store.
 * Values are copied in and out.
 */
export class MemoryStateStore implements StateStore {
  /** While true, every operation fails with `StoreUnavailable` and changes nothing. */
  unavailable = false;
  /** Names of the operations done so far, in order. */
  readonly operations: (keyof StateStore)[] = [];

  private readonly records = new Map<string, Expiring<StoredRecord>>();
  private readonly bodies = new Map<string, Expiring<string>>();
  private readonly guards = new Map<string, Expiring<string>>();
  private readonly facts = new Map<string, Expiring<string>>();
  private readonly beats = new Map<string, number>();
  private readonly letters = new Map<string, DeadLetter>();

  async claim({ key, owner, nowMs, keepMs, guard }: ClaimRequest): Promise<ClaimResult> {
    this.enter('claim');
    if (guard !== undefined) {
      const use = alive(this.guards, guard.id, nowMs);
      if (use !== undefined && use !== guard.use) return { type: 'replayed' };
      if (use === undefined) this.guards.set(guard.id, { value: guard.use, untilMs: nowMs + keepMs });
    }
    const known = this.look(key, nowMs);
    if (known !== undefined) return { type: 'known', ...known };
    const stored: StoredRecord = { rev: 1, record: { state: 'running', owner, fence: 1, attempt: 1 } };
    this.records.set(key, { value: stored, untilMs: nowMs + keepMs });
    this.bodies.delete(key);
    return { type: 'claimed', stored: copy(stored) };
  }

  async swap({ key, rev, next, nowMs, keepMs, body }: SwapRequest): Promise<SwapResult> {
    this.enter('swap');
    const current = alive(this.records, key, nowMs);
    if (current?.rev !== rev) return { swapped: false, stored: copy(current) };
    if (next === undefined) {
      this.records.delete(key);
      this.bodies.delete(key);
      return { swapped: true, stored: undefined };
    }
    const stored = copy({ rev: rev + 1, record: next });
    this.records.set(key, { value: stored, untilMs: nowMs + keepMs });
    if (body !== undefined) this.bodies.set(key, { value: body.xml, untilMs: nowMs + body.keepMs });
    return { swapped: true, stored: copy(stored) };
  }

  async read(key: string, nowMs: number): ReturnType<StateStore['read']> {
    this.enter('read');
    return this.look(key, nowMs);
  }

  async beat(owner: string, untilMs: number): Promise<void> {
    this.enter('beat');
    this.beats.set(owner, untilMs);
  }

  async fact(name: string, nowMs: number): Promise<string | undefined> {
    this.enter('fact');
    return alive(this.facts, name, nowMs);
  }

  async changeFact(change: Parameters<StateStore['changeFact']>[0]): Promise<boolean> {
    this.enter('changeFact');
    if (alive(this.facts, change.name, change.nowMs) !== change.expected) return false;
    if (change.next === undefined) this.facts.delete(change.name);
    else this.facts.set(change.name, { value: change.next, untilMs: change.nowMs + change.keepMs });
    return true;
  }

  async bury(letter: DeadLetter): Promise<void> {
    this.enter('bury');
    this.letters.delete(letter.id); // so that a replaced letter also takes its new place
    this.letters.set(letter.id, copy(letter));
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    this.enter('deadLetters');
    const newestFirst = [...this.letters.values()].reverse().sort((a, b) => b.atMs - a.atMs);
    return copy(newestFirst.slice(0, limit));
  }

  async close(): Promise<void> {}

  private look(
    key: string,
    nowMs: number,
  ): { stored: StoredRecord; ownerAlive: boolean; body?: string } | undefined {
    const stored = alive(this.records, key, nowMs);
    if (stored === undefined) return undefined;
    const body = alive(this.bodies, key, nowMs);
    const ownerAlive = (this.beats.get(stored.record.owner) ?? 0) > nowMs;
    return { stored: copy(stored), ownerAlive, ...(body !== undefined && { body }) };
  }

  private enter(operation: keyof StateStore): void {
    if (this.unavailable) throw new StoreUnavailable(`${operation}: the test made the store unavailable`);
    this.operations.push(operation);
  }
}

function alive<T>(map: ReadonlyMap<string, Expiring<T>>, key: string, nowMs: number): T | undefined {
  const entry = map.get(key);
  return entry !== undefined && entry.untilMs > nowMs ? entry.value : undefined;
}

/** No caller holds what the store holds, as with a store behind a wire. */
const copy = structuredClone;
