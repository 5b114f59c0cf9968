import { z } from 'zod';
import { createApp } from '../../app.js';
import type { Config } from '../../config/config.js';
import type { DeadLetterQueue, DeadLetterFilter } from '../../pipeline/dead-letters/dead-letter-queue.js';
import type { Logger } from '../../ports/logger.js';
import { AdminRefused, findAdminClient, type AdminClient } from '../admin-client.js';

/** A letter without its texts. */
const letterSchema = z.looseObject({
  id: z.string(),
  appId: z.string(),
  pushId: z.string(),
  user: z.string(),
  kind: z.string(),
  handler: z.string(),
  reason: z.string(),
  detail: z.string(),
  atMs: z.number(),
  runs: z.number(),
  messages: z.number(),
  channel: z.string().exactOptional(),
  errcode: z.number().exactOptional(),
  rid: z.string().exactOptional(),
});
const listSchema = z.object({ letters: z.array(letterSchema), more: z.boolean() });
const retriedSchema = z.object({ outcome: z.enum(['retried', 'delivered']) });

export type ShownDeadLetter = z.infer<typeof letterSchema>;
export type RedriveOutcome = Awaited<ReturnType<DeadLetterQueue['retry']>>;

/** Access of a command to dead letters: through the running server, or the store itself. */
export interface DeadLetterClient {
  /** False: retried letters wait until a server runs. */
  readonly viaServer: boolean;
  list(filter: DeadLetterFilter, limit: number): Promise<{ letters: ShownDeadLetter[]; more: boolean }>;
  read(id: string, how: { texts: boolean }): Promise<ShownDeadLetter | undefined>;
  retry(id: string): Promise<RedriveOutcome>;
  drop(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function openDeadLetterClient(config: Config, log: Logger): Promise<DeadLetterClient> {
  const server = await findAdminClient(config);
  return server === undefined ? clientOfStore(config, log) : clientOfServer(server);
}

function clientOfServer(server: AdminClient): DeadLetterClient {
  const place = (id: string): string => `/dead-letters/${encodeURIComponent(id)}`;
  /** Converts refusals of the server to outcomes. */
  async function unless<T, O>(asking: Promise<T>, outcomes: Readonly<Record<string, O>>): Promise<T | O> {
    try {
      return await asking;
    } catch (error) {
      if (!(error instanceof AdminRefused) || !Object.hasOwn(outcomes, error.error)) throw error;
      return outcomes[error.error]!;
    }
  }
  return {
    viaServer: true,
    async list({ sinceMs, ...filter }, limit) {
      const query = new URLSearchParams({ ...filter, limit: String(limit) });
      if (sinceMs !== undefined) query.set('since', new Date(sinceMs).toISOString());
      return listSchema.parse(await server.request('GET', `/dead-letters?${query.toString()}`));
    },
    async read(id, { texts }) {
      const asking = server.request('GET', `${place(id)}${texts ? '?texts=1' : ''}`);
      const letter = await unless<unknown, undefined>(asking, { letter_unknown: undefined });
      return letter === undefined ? undefined : letterSchema.parse(letter);
    },
    retry: (id) =>
      unless<RedriveOutcome, RedriveOutcome>(
        server.request('POST', `${place(id)}/retry`).then((answer) => retriedSchema.parse(answer).outcome),
        { letter_unknown: 'unknown', under_way: 'under-way', account_missing: 'account-missing' },
      ),
    drop: (id) =>
      unless(
        server.request('DELETE', place(id)).then(() => true),
        { letter_unknown: false },
      ),
    close: () => Promise.resolve(),
  };
}

async function clientOfStore(config: Config, log: Logger): Promise<DeadLetterClient> {
  const app = await createApp(config, { log, handlers: { handlers: [], observers: [] } });
  const { deadLetters } = app;
  return {
    viaServer: false,
    list: async (filter, limit) => listSchema.parse(await deadLetters.list(filter, limit)),
    async read(id, how) {
      const letter = await deadLetters.read(id, how);
      return letter && letterSchema.parse(letter);
    },
    retry: (id) => deadLetters.retry(id),
    drop: (id) => deadLetters.drop(id),
    close: () => app.stop(),
  };
}
