import { hostname } from 'node:os';
import { z } from 'zod';
import { createHttpClient } from '../../adapters/http/http-client.js';
import { readConfigForTrying } from '../../config/config.js';
import { testNotice } from '../../operations/alarms/test-notice.js';
import { createWebhooks, type WebhookResult } from '../../operations/alarms/webhooks.js';
import { systemClock } from '../../ports/clock.js';
import { findAdminClient } from '../admin-client.js';
import type { Terminal } from '../command.js';
import { logWarnings } from '../warning-logger.js';

const words = z.object({ zh: z.string(), en: z.string() });
const answerSchema = z.object({
  alarms: z.array(z.looseObject({ alarm: z.string(), account: z.string(), says: words, cure: words })),
});

export type ShownAlarm = z.infer<typeof answerSchema>['alarms'][number];

/** Reads the active alarms of the running server. `undefined`: no server runs; the terminal shows that. */
export async function alarmsInForce(terminal: Terminal): Promise<readonly ShownAlarm[] | undefined> {
  const { config } = readConfigForTrying();
  const server = await findAdminClient(config);
  if (server !== undefined) return answerSchema.parse(await server.request('GET', '/alarms')).alarms;
  terminal.err({
    en: `No server runs with this configuration (nothing answers on port ${config.admin.port}).`,
    zh: `没有服务在用这份配置运行（端口 ${config.admin.port} 没有应答）。`,
  });
  return undefined;
}

/** Tests the webhooks from this process, without a running server. */
export async function tryWebhooks(terminal: Terminal): Promise<readonly WebhookResult[]> {
  const { config } = readConfigForTrying();
  const server = await findAdminClient(config);
  if (server !== undefined) {
    const { results } = z
      .object({ results: z.array(z.object({ host: z.string(), ok: z.boolean(), detail: z.string() })) })
      .parse(await server.request('POST', '/alarms/test', {}));
    return results;
  }
  const { accounts, alarms } = config;
  const log = logWarnings(terminal);
  const webhooks = createWebhooks({
    urls: alarms.webhookUrls,
    http: createHttpClient(config.proxy),
    clock: systemClock,
    log,
  });
  const context = { appId: accounts[0]?.appId ?? '', host: hostname() };
  return webhooks.tryAll(testNotice(systemClock.now()), context);
}
