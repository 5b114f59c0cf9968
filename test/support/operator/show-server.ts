import type { Server } from 'node:http';
import { createAdminServer } from '../../../src/http/admin-server.js';
import { createKeyGuesses } from '../../../src/http/key-guesses.js';
import { closeServer, listen } from '../../../src/http/listen.js';
import { createTokenRoutes } from '../../../src/http/token-routes.js';
import { createEventBus } from '../../../src/operations/event-bus.js';
import { createOperatorView } from '../../../src/operator-view.js';
import type { DeadLetterQueue } from '../../../src/pipeline/dead-letters/dead-letter-queue.js';
import { systemClock, type Clock } from '../../../src/ports/clock.js';
import { silentLogger } from '../../../src/ports/logger.js';
import type { DeadLetter } from '../../../src/ports/state-store.js';
import { noOperations } from '../app/no-operations.js';
import type { MadeUpServer } from './made-up-server.js';

export interface ShownServer {
  readonly url: string;
  /** Replaces the data. */
  tell(server: MadeUpServer): void;
  /** Ids of the letters that were retried. */
  readonly retried: readonly string[];
  /** Its connections stay, and nothing comes over them any more, as with a process that hangs; or it goes on. */
  freeze(isFrozen: boolean): void;
  /** Stops listening and closes all connections. */
  stop(): Promise<void>;
  /** Listens again, on the same port; with another key, where one is given. */
  start(nextKey?: string): Promise<void>;
}

/** Starts an admin listener with fake data. */
export async function showServer(first: MadeUpServer, firstKey?: string): Promise<ShownServer> {
  let isFrozen = false;
  const clock: Clock = {
    now: () => systemClock.now(),
    schedule: (delayMs, run, options) => systemClock.schedule(delayMs, () => !isFrozen && run(), options),
  };
  const log = silentLogger;
  let told = first;
  let key = firstKey;
  let letters = [...first.letters];
  const retried: string[] = [];
  const remove = (id: string): boolean => {
    const before = letters.length;
    letters = letters.filter((letter) => letter.id !== id);
    return letters.length < before;
  };
  const queue: DeadLetterQueue = {
    list: (_filter, limit) =>
      Promise.resolve({ letters: letters.slice(0, limit).map(toSummary), more: letters.length > limit }),
    read(id, { texts }) {
      const letter = letters.find((one) => one.id === id);
      const { push, messages } = letter ?? {};
      return Promise.resolve(
        letter && { ...toSummary(letter), ...(texts && push && messages && { texts: { push, messages } }) },
      );
    },
    retry(id) {
      retried.push(id);
      return Promise.resolve(remove(id) ? 'retried' : 'unknown');
    },
    drop: (id) => Promise.resolve(remove(id)),
  };
  const operations = {
    ...noOperations,
    alarms: { ...noOperations.alarms, inForce: () => told.alarms },
    lastHour: { figures: () => told.hour },
    troubles: () => Promise.resolve(told.troubles),
  };

  let server: Server;
  let port = 0;
  let end: () => void;
  async function start(nextKey?: string): Promise<void> {
    key = nextKey ?? key;
    const live = createOperatorView({
      status: () => Promise.resolve(told.status),
      operations,
      letters: queue,
      countDeadLetters: () => Promise.resolve(letters.length),
      processes: { read: () => Promise.resolve(told.processes) },
      events: createEventBus(log),
      clock,
    });
    const guesses = createKeyGuesses(clock, log);
    server = createAdminServer({
      key,
      letters: queue,
      status: () => Promise.resolve(told.status),
      tokenRoutes: createTokenRoutes({ accounts: () => [], key, guesses, clock, log }),
      operations,
      metricsKey: undefined,
      guesses,
      live,
      clock,
      log,
    });
    end = () => live.close();
    port = await listen(server, { host: '127.0.0.1', port, portName: 'ADMIN_PORT' });
  }
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    retried,
    tell(next) {
      told = next;
      letters = [...next.letters];
    },
    freeze(next) {
      isFrozen = next;
    },
    async stop() {
      end();
      await closeServer(server, 0);
    },
    start,
  };
}

function toSummary({ push: _push, messages, task: _task, ...rest }: DeadLetter) {
  return { ...rest, messages: messages.length };
}
