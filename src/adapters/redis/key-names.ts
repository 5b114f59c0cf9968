/**
 * Where everything lies. All under one hash tag, so that a cluster keeps it on one node. The parts of the keys are a stored
 * format, older than the words of the code: they stay, so that a version reads what the one before it stored.
 */
export function keyNames(prefix: string) {
  return {
    /** Before a record's own key: lanes and mailboxes hold those, and the scripts look their records up. */
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

/** Lifetimes in Redis only sweep: they end this much after the value's own end, by which everything is judged. */
export const SWEEP_SLACK_MS = 60_000;

/** How long a value stays in Redis, by Redis's own clock. */
export function lifetimeMs(ttlMs: number): number {
  return Math.ceil(ttlMs) + SWEEP_SLACK_MS;
}
