import { createHash } from 'node:crypto';

/**
 * A process that keeps a token as a server does, out of the built sources; run by the tests of many processes.
 * It says `ready`, then does what it is told (`get`, `load`, `stop`, `later`) and sends what came of it. Tokens leave it as digests only.
 */
const { dist, redisUrl, prefix, apiUrl, channel, clockAheadMs } = JSON.parse(process.argv[2] ?? '{}');
const load = (path) => import(new URL(`src/${path}`, dist).href);
const [{ createRedisStore }, { createHttpClient }, { createLogger }] = await Promise.all([
  load('adapters/redis/redis-state-store.js'),
  load('adapters/http/http-client.js'),
  load('adapters/log/pino-logger.js'),
]);
const [{ createAccessPoints }, { createApi }, { createAppSecret }, { createTokenKeeper }] = await Promise.all(
  [
    load('api/access-points/access-points.js'),
    load('api/client.js'),
    load('api/app-secret.js'),
    load('api/token-keeper.js'),
  ],
);
const { systemClock } = await load('ports/clock.js');

const log = createLogger({ level: 'debug', secrets: ['test-secret'] });
let aheadMs = clockAheadMs;
const clock = { ...systemClock, now: () => Date.now() + aheadMs };
// Patient, since fifty processes share two processors: who waits for Redis too long counts it as away.
const store = createRedisStore({ url: redisUrl, prefix, log, timeoutMs: 5_000 });

const requestsOf = new Map();
const http = createHttpClient();
const accessPoints = createAccessPoints({
  urls: [apiUrl],
  clock,
  log,
  http(request) {
    const id = new URL(request.url).searchParams.get('openid');
    if (id !== null) requestsOf.set(id, (requestsOf.get(id) ?? 0) + 1);
    return http(request);
  },
});
const tokens = createTokenKeeper({
  appId: 'wx0000000000000001',
  secret: createAppSecret('wx0000000000000001', 'test-secret'),
  channel,
  store,
  clock,
  accessPoints,
  log,
});
const api = createApi({ accessPoints, tokens, timeoutMs: 10_000 });

const actions = {
  async get() {
    return {
      token: createHash('sha256')
        .update(await tokens.get())
        .digest('hex'),
    };
  },
  /** Calls one after the other until it is told to stop. */
  async load() {
    const failures = [];
    for (let n = 0; !stop.signal.aborted; n += 1) {
      const openid = `o${process.pid}-${n}`;
      await api
        .call('/cgi-bin/user/info', undefined, { query: { openid } })
        .catch((error) => failures.push(error.message));
    }
    return { calls: requestsOf.size, failures, mostRequests: Math.max(...requestsOf.values()) };
  },
};

const stop = new AbortController();
process.on('message', ({ action }) => {
  if (action === 'stop') stop.abort();
  else if (action === 'later') aheadMs += 11_000;
  else
    actions[action]().then(
      (result) => process.send?.({ action, ...result }),
      (error) => process.send?.({ action, error: error.message }),
    );
});
process.on('disconnect', () => process.exit());
await store.ready(10_000);
process.send?.({ action: 'ready' });
