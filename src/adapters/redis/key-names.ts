/**
 * Returns the names of all keys, under one hash tag, so that a cluster keeps them on one node. The parts of the keys
 * are a stored format with older words, kept for compatibility with earlier versions.
 */
export function keyNames(prefix: string) {
  return {
    /** Prefix of record keys. Lanes and mailboxes hold the keys without it, and scripts add it. */
    records: `${prefix}:record:`,
    record: (key: string) => `${prefix}:record:${key}`,
    body: (key: string) => `${prefix}:body:${key}`,
    attempts: (key: string) => `${prefix}:tries:${key}`,
    replayGuard: (id: string) => `${prefix}:guard:${id}`,
    lane: (sender: string) => `${prefix}:lane:${sender}`,
    mailbox: (sender: string) => `${prefix}:shelf:${sender}`,
    sendQuota: (sender: string) => `${prefix}:window:${sender}`,
    count: (name: string) => `${prefix}:count:${name}`,
    value: (name: string) => `${prefix}:fact:${name}`,
    heartbeats: `${prefix}:beats`,
    deadLetters: `${prefix}:dead`,
    deadLetterOrder: `${prefix}:dead:order`,
  };
}

export type KeyNames = ReturnType<typeof keyNames>;

/** TTLs in Redis only free space: they end this much after the value's own expiry, which decides. */
export const SWEEP_SLACK_MS = 60_000;

/** Returns the TTL of a value in Redis. */
export function lifetimeMs(ttlMs: number): number {
  return Math.ceil(ttlMs) + SWEEP_SLACK_MS;
}
