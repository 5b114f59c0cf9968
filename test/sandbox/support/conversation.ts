import { createHttpClient } from '../../../src/adapters/http/http-client.js';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';
import type { Account, ShownReply } from '../../../src/sandbox/types/types.js';
import type { captureLog } from '../../support/app/handler-runtime.js';
import type { ManualClock } from '../../support/time/manual-clock.js';
import { calm, startDrivenSandbox } from './driven-sandbox.js';
import { startOurServer, type OurServerOptions } from './our-server.js';

const STEP_MS = 250;

/** One follower of the sandbox's account, talking to our server with handlers of the test. */
export interface Conversation {
  readonly sandbox: Sandbox;
  readonly clock: ManualClock;
  readonly log: ReturnType<typeof captureLog>;
  /** Says a text, waits for its answer and then so long, by the moved clock; resolves to all that the account has said. */
  say(text: string, waitMs?: number): Promise<readonly Said[]>;
  wait(ms: number): Promise<void>;
  /** Lets no time pass on the moved clock until this is over: a connection that the server does not know of, say. */
  standStill(until: Promise<unknown>): void;
  stop(): Promise<void>;
}

/** A reply that the follower saw, and its channel. */
export type Said = { readonly via: string } & ShownReply;

export async function startConversation({
  account = {},
  settings = {},
  ...options
}: OurServerOptions & {
  account?: Partial<Account>;
  settings?: Readonly<Record<string, string>>;
}): Promise<Conversation> {
  const calls = new Set<Promise<unknown>>();
  /** Calls take what they take: on a busy machine no time-out of the moved clock may overtake them. */
  const counted =
    <A extends readonly unknown[], R>(call: (...given: A) => Promise<R>) =>
    (...given: A): Promise<R> => {
      const calling = call(...given);
      standStill(calling);
      return calling;
    };

  function standStill(calling: Promise<unknown>): void {
    calls.add(calling);
    const forget = (): unknown => calls.delete(calling);
    calling.then(forget, forget);
  }

  async function settled(): Promise<void> {
    await calm();
    while (calls.size > 0) {
      await Promise.allSettled(calls);
      await calm();
    }
  }

  async function drive(): Promise<void> {
    await settled();
    await clock.advance(STEP_MS);
    await settled();
  }

  const { sandbox, clock } = await startDrivenSandbox({ account, drive });
  const server = await startOurServer(sandbox, clock, settings, {
    ...options,
    httpClient: counted(createHttpClient()),
    ...(options.download !== undefined && { download: counted(options.download) }),
  });

  async function wait(ms: number): Promise<void> {
    const untilMs = clock.now() + ms;
    while (clock.now() < untilMs) await drive();
  }

  /** Moves time on until something is over that waits for timers of this clock. */
  async function driven(work: Promise<unknown>): Promise<void> {
    const left = new Set([work]);
    const over = work.finally(() => left.delete(work));
    while (left.size > 0) await drive();
    await over;
  }

  return {
    sandbox,
    clock,
    log: server.log,
    wait,
    standStill,
    async say(text, waitMs = 0) {
      await driven(sandbox.push({ kind: 'message.text', follower: 'oAlice', fields: { Content: text } }));
      await wait(waitMs);
      return sandbox.state.chat
        .list()
        .filter(({ from }) => from === 'account')
        .map(({ via, shown }) => ({ via, ...shown }));
    },
    async stop() {
      await driven(server.stop());
      await sandbox.stop();
    },
  };
}
