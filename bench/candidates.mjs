import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account } from './account.mjs';
import { startNode } from './processes.mjs';

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const OURS = here('../dist');

/**
 * What is measured, in the order of the table. Each is started once per mode, so that no server's code is shaped by
 * the other mode's bodies.
 *
 * `says`: what its answer must hold, `reply` for the reply of `account.mjs`. `late`: its answers go to WeChat's API.
 * `beside`: the server that answers at once on the same storage.
 */
export const candidates = [
  {
    name: 'node:http',
    says: 'success',
    start: ({ mode }) => startNode(here('servers/node-http.mjs'), { env: { MODE: mode } }),
  },
  {
    name: 'express',
    says: 'success',
    start: ({ mode }) => startNode(here('servers/express.mjs'), { env: { MODE: mode } }),
  },
  {
    name: 'co-wechat',
    says: 'reply',
    start: ({ mode }) => startNode(here('servers/co-wechat.mjs'), { env: { MODE: mode } }),
  },
  { name: 'embedded', beside: 'embedded', says: 'reply', start: (scene) => startOurs(scene, {}) },
  // The same from another build: what a change is worth, in the same rounds.
  {
    name: 'embedded (other build)',
    beside: 'embedded',
    says: 'reply',
    needs: 'against',
    start: (scene) => startOurs(scene, { dist: scene.against }),
  },
  {
    name: 'embedded (no log)',
    beside: 'embedded',
    says: 'reply',
    start: (scene) => startOurs(scene, { logLevel: 'silent' }),
  },
  {
    name: 'embedded deferring',
    beside: 'embedded',
    says: 'success',
    start: (scene) => startOurs(scene, { handlers: 'put-off', workers: 1 }),
  },
  {
    name: 'embedded deferring and sending',
    beside: 'embedded',
    says: 'success',
    late: true,
    start: (scene) => startOurs(scene, { handlers: 'deferred' }),
  },
  {
    name: 'redis',
    beside: 'redis',
    says: 'reply',
    needs: 'redis',
    start: (scene) => startOurs(scene, { db: 1 }),
  },
  {
    name: 'redis deferring',
    beside: 'redis',
    says: 'success',
    needs: 'redis',
    start: (scene) => startOurs(scene, { db: 2, handlers: 'put-off', workers: 1 }),
  },
  {
    name: 'redis deferring and sending',
    beside: 'redis',
    says: 'success',
    late: true,
    needs: 'redis',
    start: (scene) => startOurs(scene, { db: 3, handlers: 'deferred' }),
  },
];

/** A folder for a journal. */
export const makeDataDir = () => mkdtempSync(join(tmpdir(), 'wechat-bench-'));

/**
 * Starts this program as `npm start` would, log level info, with the storage that the scene offers. A `dataDir` that is
 * handed in stays behind when it stops.
 */
export async function startOurs(
  { mode, redis, profileDir, build = OURS },
  { dist = build, db, handlers = 'passive', workers, logLevel = 'info', dataDir: given },
) {
  const dataDir = given ?? makeDataDir();
  const api = await startNode(here('servers/wechat-api.mjs'));
  const server = await startNode(resolve(dist, 'src/cli/main.js'), {
    args: ['serve'],
    profileDir,
    env: {
      HOST: '127.0.0.1',
      WECHAT_APP_ID: account.appId,
      WECHAT_APP_SECRET: account.secret,
      WECHAT_ORIGINAL_ID: account.originalId,
      WECHAT_TOKEN: account.token,
      ...(mode === 'safe' && { WECHAT_ENCODING_AES_KEY: account.encodingAesKey }),
      WECHAT_CIPHER_MODE: mode,
      WECHAT_API_BASE_URLS: `http://127.0.0.1:${api.port}`,
      HANDLERS_DIR: here(`handlers/${handlers}`),
      DATA_DIR: dataDir,
      LOG_LEVEL: logLevel,
      ...(workers !== undefined && { WORKER_CONCURRENCY: String(workers) }),
      ...(db !== undefined && { REDIS_URL: `${redis.url}/${db + (mode === 'safe' ? 5 : 0)}` }),
    },
  });
  return {
    ...server,
    /** How many late answers have reached WeChat's API. */
    sent: async () => (await api.ask('taken')).taken,
    async stop() {
      await server.stop();
      await api.stop();
      if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
