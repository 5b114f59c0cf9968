import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { account } from './account.mjs';
import { startNode } from './processes.mjs';

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const OURS = here('../dist');

/** Metrics and alarms; the hour of the operator's page and the troubles have no switch. */
const NOTHING_COUNTED = {
  METRICS: '0',
  ...Object.fromEntries(
    [
      'TIMEOUTS',
      'REFUSALS',
      'UNAVAILABLE',
      'UNHEARD',
      'DEAD_LETTERS',
      'HANDLER_ERRORS',
      'TOKEN_S',
      'BACKLOG_S',
      'STORAGE_S',
      'SILENCE_MIN',
      'QUOTA_PERCENT',
      'DISK_MB',
    ].map((name) => [`ALARM_${name}`, '0']),
  ),
};

/** Our server with immediate answers, from this or from another build, to compare both in the same rounds. */
function passive(name, options) {
  const needs = options.redis ? ['redis'] : [];
  const beside = options.redis ? 'redis' : 'embedded';
  const says = 'reply';
  return [
    { name, beside, says, remembers: true, needs, start: (scene) => startOurs(scene, options) },
    {
      name: `${name} (other build)`,
      beside,
      says,
      remembers: true,
      needs: [...needs, 'against'],
      start: (scene) => startOurs(scene, { ...options, dist: scene.against }),
    },
  ];
}

/**
 * The measured servers, in the order of the table. Each is started once per mode, so that no code is optimized for the
 * other mode's bodies.
 *
 * `says`: what its answer must hold, `reply` for the reply of `account.mjs`. `late`: its answers go to WeChat's API.
 * `beside`: the server that answers at once on the same storage. `remembers`: it keeps what it answered, so that it is
 * measured with many of them in its memory. `needs`: measured only where the scene has it.
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
  ...passive('embedded', {}),
  ...passive('embedded passive-only', { secret: false }),
  {
    name: 'embedded (no log)',
    beside: 'embedded',
    says: 'reply',
    remembers: true,
    start: (scene) => startOurs(scene, { logLevel: 'silent' }),
  },
  {
    name: 'embedded (nothing counted)',
    beside: 'embedded',
    says: 'reply',
    remembers: true,
    start: (scene) => startOurs(scene, { env: NOTHING_COUNTED }),
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
  ...passive('redis', { redis: true }),
  ...passive('redis passive-only', { redis: true, secret: false }),
  {
    name: 'redis deferring',
    beside: 'redis',
    says: 'success',
    needs: ['redis'],
    start: (scene) => startOurs(scene, { redis: true, handlers: 'put-off', workers: 1 }),
  },
  {
    name: 'redis deferring and sending',
    beside: 'redis',
    says: 'success',
    late: true,
    needs: ['redis'],
    start: (scene) => startOurs(scene, { redis: true, handlers: 'deferred' }),
  },
];

/** A folder for a journal. */
export const makeDataDir = () => mkdtempSync(join(tmpdir(), 'wechat-bench-'));

/**
 * Starts this program as `npm start` does, with log level info and the scene's storage. A given `dataDir` is not
 * removed.
 *
 * @typedef {{ mode: string, redis?: import('./processes.mjs').BenchRedis | undefined, profileDir?: string, build?: string }} Scene
 * @typedef {object} Options
 * @property {string} [dist]
 * @property {boolean} [redis]
 * @property {boolean} [secret]  false: the account has no AppSecret, so that it is passive-only
 * @property {string} [handlers]
 * @property {number} [workers]
 * @property {string} [logLevel]
 * @property {Record<string, string>} [env]
 * @property {string} [dataDir]
 *
 * @param {Scene} scene
 * @param {Options} options
 */
export async function startOurs(
  { mode, redis, profileDir, build = OURS },
  {
    dist = build,
    redis: onRedis = false,
    secret = true,
    handlers = 'passive',
    workers,
    logLevel = 'info',
    env = {},
    dataDir: given,
  },
) {
  const dataDir = given ?? makeDataDir();
  const api = await startNode(here('servers/wechat-api.mjs'));
  const server = await startNode(resolve(dist, 'src/cli/main.js'), {
    args: ['serve'],
    profileDir,
    env: {
      HOST: '127.0.0.1',
      WECHAT_APP_ID: account.appId,
      WECHAT_ORIGINAL_ID: account.originalId,
      WECHAT_TOKEN: account.token,
      ...(mode === 'safe' && { WECHAT_ENCODING_AES_KEY: account.encodingAesKey }),
      WECHAT_CIPHER_MODE: mode,
      WECHAT_API_BASE_URLS: `http://127.0.0.1:${api.port}`,
      // Set, because the server would learn it only after the first pushes.
      ...(secret && { WECHAT_APP_SECRET: account.secret, LATE_REPLY: 'customer-service' }),
      HANDLERS_DIR: here(`handlers/${handlers}`),
      DATA_DIR: dataDir,
      LOG_LEVEL: logLevel,
      ...(workers !== undefined && { WORKER_CONCURRENCY: String(workers) }),
      ...(onRedis && redis !== undefined && { REDIS_URL: redis.emptyDatabase() }),
      ...env,
    },
  });
  return {
    ...server,
    /** Returns the number of late answers that reached WeChat's API. */
    sent: async () => (await api.ask('taken')).taken,
    async stop() {
      await server.stop();
      await api.stop();
      if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
