import { hostname } from 'node:os';
import { z } from 'zod';
import { wallTime, type Clock } from '../ports/clock.js';
import type { StateStore } from '../ports/state-store.js';

const schema = z.object({
  /** Its owner id in the store. */
  id: z.string(),
  host: z.string(),
  pid: z.number(),
  role: z.enum(['all', 'web', 'worker']),
  version: z.string(),
  startedAtMs: z.number(),
  seenAtMs: z.number(),
});

/** One of the processes that share a store. */
export type ServerProcess = Readonly<z.infer<typeof schema>>;

/** `isSelf`: this process. */
export type ListedProcess = ServerProcess & { readonly isSelf: boolean };

const NAME = 'processes';
const ENTER_EVERY_MS = 30_000;
/** A process with an older entry counts as gone. */
const GONE_AFTER_MS = 3 * ENTER_EVERY_MS;
const MAX_PROCESSES = 200;
const MAX_SWAPS = 8;

/** Lists the processes that share the store, for the operator's page only. */
export interface ProcessList {
  /** Lists the processes, longest running first. @throws StoreUnavailable */
  read(): Promise<readonly ListedProcess[]>;
  start(): void;
  /** Removes this process from the list, if the store is available. */
  stop(): Promise<void>;
}

/** Creates the list. `isShared: false`: no other process uses the store, so nothing is written. */
export function createProcessList(deps: {
  readonly self: Pick<ServerProcess, 'id' | 'role' | 'version'>;
  readonly isShared: boolean;
  readonly store: Pick<StateStore, 'get' | 'compareAndSet'>;
  readonly clock: Clock;
}): ProcessList {
  const { self, isShared, store, clock } = deps;
  const startedAtMs = wallTime(clock);
  let cancel: (() => void) | undefined;
  let entering: Promise<unknown> = Promise.resolve();

  const ownEntry = (): ServerProcess => ({
    ...self,
    host: hostname(),
    pid: process.pid,
    startedAtMs,
    seenAtMs: wallTime(clock),
  });
  const isHere = ({ seenAtMs }: ServerProcess): boolean => wallTime(clock) - seenAtMs < GONE_AFTER_MS;

  /** Replaces this process's entries. One that loses every compare-and-set to others tries again half a minute later. */
  async function change(mine: readonly ServerProcess[]): Promise<void> {
    for (let swap = 0; swap < MAX_SWAPS; swap += 1) {
      const nowMs = clock.now();
      const expected = await store.get(NAME, nowMs);
      const others = parse(expected).filter((one) => one.id !== self.id && isHere(one));
      const next = JSON.stringify([...others, ...mine].slice(-MAX_PROCESSES));
      if (await store.compareAndSet({ name: NAME, expected, next, nowMs, ttlMs: GONE_AFTER_MS })) return;
    }
  }

  function enter(): void {
    cancel = clock.schedule(ENTER_EVERY_MS, enter, { background: true });
    entering = change([ownEntry()]).catch(() => undefined); // the entry is missing until the next time
  }

  return {
    async read() {
      const listed = isShared ? parse(await store.get(NAME, clock.now())) : [];
      return [...listed.filter((one) => one.id !== self.id && isHere(one)), ownEntry()]
        .map((one) => ({ ...one, isSelf: one.id === self.id }))
        .sort((a, b) => a.startedAtMs - b.startedAtMs);
    },
    start() {
      if (isShared) enter();
    },
    async stop() {
      if (cancel === undefined) return;
      cancel();
      await entering;
      await change([]).catch(() => undefined);
    },
  };
}

/** Parses the list. An unreadable one counts as empty and is overwritten. */
function parse(text: string | undefined): readonly ServerProcess[] {
  try {
    return z.array(schema).safeParse(JSON.parse(text ?? '[]')).data ?? [];
  } catch {
    return [];
  }
}
