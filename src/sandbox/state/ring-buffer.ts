/** Keeps a limited number of records by id; a new one replaces the oldest. */
export interface RingBuffer<T extends { readonly id: string }> {
  /** Adds a record or updates a known one. An update of a forgotten record is dropped. */
  put(record: T): void;
  get(id: string): T | undefined;
  /** Oldest first. */
  list(): readonly T[];
  clear(): void;
  /** `prefix` and a number that never repeats. */
  nextId(): string;
}

/**
 * Creates a buffer. `weigh` estimates the characters of a record; at most `most` are kept, but always the newest
 * record.
 */
export function createRingBuffer<T extends { readonly id: string }>(
  prefix: string,
  {
    limit,
    weigh = () => 0,
    most = Infinity,
  }: { limit: number; weigh?: (record: T) => number; most?: number },
): RingBuffer<T> {
  const records = new Map<string, T>();
  let weight = 0;
  let last = 0;
  let forgotten = 0;

  function drop(id: string, record: T): void {
    records.delete(id);
    weight -= weigh(record);
    forgotten = Math.max(forgotten, Number(id.slice(prefix.length)));
  }

  return {
    put(record) {
      const before = records.get(record.id);
      if (before === undefined && Number(record.id.slice(prefix.length)) <= forgotten) return;
      records.set(record.id, record);
      weight += weigh(record) - (before === undefined ? 0 : weigh(before));
      for (const [id, oldest] of records) {
        if (records.size === 1 || (records.size <= limit && weight <= most)) break;
        drop(id, oldest);
      }
    },
    get: (id) => records.get(id),
    list: () => [...records.values()],
    clear() {
      forgotten = last;
      records.clear();
      weight = 0;
    },
    nextId() {
      last += 1;
      return `${prefix}${last}`;
    },
  };
}
