import { startProxy, type ProxyName } from '../support/deploy/proxy.js';
import { sparePort } from '../support/processes/port-of.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { ledgerOf } from '../support/proof/ledger-of.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import { Traffic } from '../support/proof/traffic.js';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi } from '../support/wechat/fake-wechat-api.js';

const PER_SECOND = 300;
const AT_ONCE = 10;
/** An answer waits for LANE_PATIENCE_S, 120 s, behind a push of its user whose attempts ended without an answer. */
const ALL_DELIVERED_MS = 150_000;

export default {
  about: `two processes behind nginx, and behind Caddy, restart one after the other under ${PER_SECOND} pushes a second.`,
  limitMinutes: 10,
  async *run() {
    for (const name of ['nginx', 'caddy'] as const) yield await restartBehind(name);
  },
} satisfies Proof;

async function restartBehind(name: ProxyName): Promise<ProofPart> {
  const api = await startFakeWechatApi();
  const redis = await RedisServer.start({ fsync: 'no' });
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REDIS_URL: redis.url,
    DRAIN_S: '2',
    TRUST_PROXY: 'loopback',
    LOG_LEVEL: 'warn',
  });
  const ports: [number, number] = [await sparePort(), await sparePort()];
  const start = (at: 0 | 1): Promise<ServerProcess> =>
    ground.start({ PORT: String(ports[at]), LOG_LEVEL: 'info' });
  const servers: [ServerProcess, ServerProcess] = [await start(0), await start(1)];
  const proxy = await startProxy(name, ports);
  try {
    const traffic = new Traffic(api, () => proxy.url);
    const startMs = performance.now();
    traffic.start((AT_ONCE / PER_SECOND) * 1_000, AT_ONCE);
    const codes: (number | null)[] = [];
    for (const at of [0, 1, 0, 1] as const) {
      await pass(2_000);
      codes.push(await servers[at].stop());
      servers[at] = await start(at);
    }
    await pass(2_000);
    const rate = traffic.typed / ((performance.now() - startMs) / 1_000);
    await traffic.stop();
    await eventually(async () => {
      if ((await traffic.ends(servers[0])).lost.length > 0) throw new Error('late answers are on their way');
    }, ALL_DELIVERED_MS).catch(() => undefined); // The ledger tells.
    const ends = await traffic.ends(servers[0]);
    return {
      name: `behind ${name}: four restarts`,
      ledger: ledgerOf(ends),
      figures: {
        pushesPerSecond: Math.round(rate),
        slowestAnswerMs: Math.round(traffic.slowestMs),
        exitCodes: codes,
      },
      broken: [
        ...(rate > PER_SECOND * 0.8
          ? []
          : [`there are ${PER_SECOND} pushes a second, not ${Math.round(rate)}`]),
        ...(ends.accepted === ends.typed
          ? []
          : [`each push is answered: ${ends.typed - ends.accepted} are not`]),
        ...(traffic.unanswered.length === 0
          ? []
          : [
              `each attempt is answered: ${traffic.unanswered.length} are not, such as ${traffic.unanswered[0]}`,
            ]),
        ...ends.lost.map((text) => `nothing is lost: ${text}`),
        ...ends.twice.map((text) => `nothing is said twice: ${text}`),
        ...ends.dead.map((reason) => `no dead letter, but ${reason}`),
        ...codes.filter((code) => code !== 0).map((code) => `a stop ends with 0, not ${code}`),
      ],
    };
  } finally {
    await proxy.stop();
    await ground.clear();
    await redis.stop();
    await api.close();
  }
}
