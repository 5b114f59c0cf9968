import { z } from 'zod';
import type { Credential } from '../api/credential.js';
import type { TokenStatus } from '../api/token-keeper.js';
import { createApp } from '../app.js';
import type { Config } from '../config/config.js';
import type { Logger } from '../ports/logger.js';
import type { Words } from '../protocol/words.js';
import { findAdminClient, type AdminClient } from './admin-client.js';

/** Access of a command to an account's token: through the running server, or the store itself. */
export interface TokenClient {
  /** Description for messages: `the server at 127.0.0.1:9090`. */
  readonly place: Words;
  status(): Promise<TokenStatus>;
  current(): Promise<Credential>;
  refresh(force: boolean): Promise<Credential>;
  close(): Promise<void>;
}

/** @param account  name or AppID, as configured */
export async function openTokenClient(config: Config, account: string, log: Logger): Promise<TokenClient> {
  const server = await findAdminClient(config);
  return server === undefined ? clientOfStore(config, account, log) : clientOfServer(server, account);
}

const lentSchema = z
  .object({ access_token: z.string(), expires_in: z.number() })
  .transform(({ access_token, expires_in }) => ({
    value: access_token,
    expiresAtMs: Date.now() + expires_in * 1_000,
  }));

const statusSchema = z.object({
  channel: z.enum(['stable', 'ordinary', 'server']),
  expiresAtMs: z.number().exactOptional(),
  forcedLeft: z.number().exactOptional(),
  superseded: z.object({ times: z.number(), lastAtMs: z.number(), advice: z.string() }).exactOptional(),
  trouble: z.string().exactOptional(),
});

function clientOfServer(server: AdminClient, account: string): TokenClient {
  const path = `/accounts/${encodeURIComponent(account)}/token`;
  return {
    place: { en: `the server at ${server.place}`, zh: `${server.place} 上的服务` },
    status: async () => statusSchema.parse(await server.request('GET', `${path}/status`)),
    current: async () => lentSchema.parse(await server.request('GET', path)),
    refresh: async (force) => lentSchema.parse(await server.request('POST', `${path}/refresh`, { force })),
    close: () => Promise.resolve(),
  };
}

async function clientOfStore(config: Config, account: string, log: Logger): Promise<TokenClient> {
  const app = await createApp(config, { log, handlers: { handlers: [], observers: [] } });
  const { tokens } = app.credentials(account);
  return {
    place:
      config.redis === undefined
        ? { en: `the store in ${config.dataDir}`, zh: `${config.dataDir} 里的存储` }
        : { en: 'the store in Redis', zh: 'Redis 里的存储' },
    status: () => tokens.status(),
    current: () => tokens.current(),
    refresh: (force) => tokens.refresh(force ? 'forced' : 'fresh'),
    close: () => app.stop(),
  };
}
