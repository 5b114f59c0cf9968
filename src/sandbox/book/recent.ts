/** The last so many records, by id; the oldest is forgotten when one more comes. */
export interface Recent<T extends { readonly id: string }> {
  /** A new record, or a new state of a known one. A state of one that was forgotten is dropped. */
  put(record: T): void;
  get(id: string): T | undefined;
  /** Oldest first. */
  list(): readonly T[];
  clear(): void;
  /** `prefix` and a number that never repeats. */
  nextId(): string;
}

export function createRecent<T extends { readonly id: string }>(prefix: string, limit: number): Recent<T> {
  const records = new Map<string, T>();
  let last = 0;
  let forgotten = 0;
  return {
    put(record) {
      const number = Number(record.id.slice(prefix.length));
      if (!records.has(record.id) && number <= forgotten) return;
      records.set(record.id, record);
      if (records.size <= limit) return;
      const [oldest] = records.keys();
      if (oldest === undefined) return;
      records.delete(oldest);
      forgotten = Math.max(forgotten, Number(oldest.slice(prefix.length)));
    },
    get: (id) => records.get(id),
    list: () => [...records.values()],
    clear() {
      forgotten = last;
      records.clear();
    },
    nextId() {
      last += 1;
      return `${prefix}${last}`;
    },
  };
}
