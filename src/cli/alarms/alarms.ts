import { z } from 'zod';
import { createApp } from '../../app.js';
import { readConfigForTrying } from '../../config.js';
import type { WebhookResult } from '../../operations/alarms/webhooks.js';
import { findAdminClient } from '../admin-client.js';
import type { Terminal } from '../command.js';
import { logWarnings } from '../warning-logger.js';

const words = z.object({ zh: z.string(), en: z.string() });
const answerSchema = z.object({
  alarms: z.array(z.looseObject({ alarm: z.string(), account: z.string(), says: words, cure: words })),
});

export type ShownAlarm = z.infer<typeof answerSchema>['alarms'][number];

/** Alarms live in the running server. `undefined`: none runs, which the terminal was told. */
export async function alarmsInForce(terminal: Terminal): Promise<readonly ShownAlarm[] | undefined> {
  const { config } = readConfigForTrying();
  const server = await findAdminClient(config);
  if (server !== undefined) return answerSchema.parse(await server.request('GET', '/alarms')).alarms;
  terminal.err(`No server runs with this configuration (nothing answers on port ${config.admin.port}).`);
  return undefined;
}

/** Tries the webhooks from this process: they need no running server. */
export async function tryWebhooks(terminal: Terminal): Promise<readonly WebhookResult[]> {
  const { config } = readConfigForTrying();
  const server = await findAdminClient(config);
  if (server !== undefined) {
    const { results } = z
      .object({ results: z.array(z.object({ host: z.string(), ok: z.boolean(), detail: z.string() })) })
      .parse(await server.request('POST', '/alarms/test', {}));
    return results;
  }
  const log = logWarnings(terminal);
  const app = await createApp(config, { log, handlers: { handlers: [], observers: [] } });
  try {
    return await app.operations.alarms.test();
  } finally {
    await app.stop();
  }
}
