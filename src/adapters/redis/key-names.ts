/** Where everything lies. All under one hash tag, so that a cluster keeps it on one node. */
export function keyNames(prefix: string) {
  return {
    /** Before a record's own key: lanes and shelves hold those, and the scripts look their records up. */
    records: `${prefix}:record:`,
    record: (key: string) => `${prefix}:record:${key}`,
    body: (key: string) => `${prefix}:body:${key}`,
    tries: (key: string) => `${prefix}:tries:${key}`,
    guard: (id: string) => `${prefix}:guard:${id}`,
    lane: (sender: string) => `${prefix}:lane:${sender}`,
    shelf: (sender: string) => `${prefix}:shelf:${sender}`,
    window: (sender: string) => `${prefix}:window:${sender}`,
    count: (name: string) => `${prefix}:count:${name}`,
    fact: (name: string) => `${prefix}:fact:${name}`,
    beats: `${prefix}:beats`,
    letters: `${prefix}:dead`,
    letterOrder: `${prefix}:dead:order`,
  };
}

export type KeyNames = ReturnType<typeof keyNames>;

/** Lifetimes in Redis only sweep: they end this much after the value's own end, by which everything is judged. */
export const SWEEP_SLACK_MS = 60_000;

/** How long a value stays in Redis, by Redis's own clock. */
export function lifetimeMs(keepMs: number): number {
  return Math.ceil(keepMs) + SWEEP_SLACK_MS;
}
