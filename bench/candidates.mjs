import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account } from './account.mjs';
import { startNode, startRedis } from './processes.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const OURS = here('../dist');

/**
 * What is measured, in the order of the table. Each is started once per mode, so that no server's code is shaped by
 * the other mode's bodies.
 *
 * `late`: its answers go to WeChat's API. `says`: what its answer must hold, `reply` for the reply of `account.mjs`.
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
  { name: 'embedded', says: 'reply', start: (scene) => startOurs(scene, {}) },
  // The same from another build: what a change is worth, in the same rounds.
  {
    name: 'embedded (other build)',
    says: 'reply',
    needs: 'against',
    start: (scene) => startOurs(scene, { dist: scene.against }),
  },
  { name: 'embedded (no log)', says: 'reply', start: (scene) => startOurs(scene, { logLevel: 'silent' }) },
  {
    name: 'embedded deferring',
    says: 'success',
    start: (scene) => startOurs(scene, { handlers: 'deferred', role: 'web' }),
  },
  {
    name: 'embedded deferring and sending',
    says: 'success',
    late: true,
    start: (scene) => startOurs(scene, { handlers: 'deferred' }),
  },
  { name: 'redis', says: 'reply', needs: 'redis', start: (scene) => startOurs(scene, { db: 1 }) },
  {
    name: 'redis deferring',
    says: 'success',
    needs: 'redis',
    start: (scene) => startOurs(scene, { db: 2, handlers: 'deferred', role: 'web' }),
  },
  {
    name: 'redis deferring and sending',
    says: 'success',
    late: true,
    needs: 'redis',
    start: (scene) => startOurs(scene, { db: 3, handlers: 'deferred' }),
  },
];

/** Starts this program as `npm start` would, log level info, with the storage that the scene offers. */
async function startOurs(
  { mode, redis, profileDir, build = OURS },
  { dist = build, db, handlers = 'passive', role = 'all', logLevel = 'info' },
) {
  const dataDir = mkdtempSync(join(tmpdir(), 'wechat-bench-'));
  const api = await startNode(here('servers/wechat-api.mjs'));
  const server = await startNode(resolve(dist, 'src/cli/main.js'), {
    args: ['serve', '--role', role],
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
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export { startRedis };
