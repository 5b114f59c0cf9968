import { ServerGround, type ServerProcess } from '../processes/server-process.js';
import type { Failover, RedisDeployment } from '../processes/redis-deployment.js';
import { eventually } from '../time/eventually.js';
import { startFakeWechatApi } from '../wechat/fake-wechat-api.js';
import { brokenPromises, ledgerOf } from './ledger-of.js';
import type { ProofPart } from './proof.js';
import { Traffic } from './traffic.js';

/** What waits for a lane waits for LANE_PATIENCE_S, 120 s, at most. */
const SETTLES_WITHIN_MS = 150_000;

/** Two servers, and followers who go on typing while Redis fails over, once for each of `hows`. */
export async function* proveFailovers(
  deployment: RedisDeployment,
  hows: readonly Failover[],
  everyMs: number,
): AsyncGenerator<ProofPart> {
  const api = await startFakeWechatApi();
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REPLY_DEADLINE_MS: '1500',
    ...deployment.settings,
  });
  try {
    const servers = await Promise.all([ground.start(), ground.start()]);
    api.delayMs = 20;
    for (const [at, how] of hows.entries()) {
      let turn = 0;
      const traffic = new Traffic(api, () => servers[(turn += 1) % servers.length]?.url ?? '');
      traffic.start(everyMs);
      await eventually(() => {
        if (traffic.typed < 20) throw new Error('nothing flows yet');
      });
      const startMs = performance.now();
      await deployment.failOver(how);
      const tookMs = performance.now() - startMs;
      await traffic.stop();
      const [server] = servers;
      if (server !== undefined) await settled(traffic, server, servers);
      const ends = await traffic.ends(server ?? servers[0]);
      const ledger = ledgerOf(ends);
      yield {
        name: `failover ${at + 1}: ${how}`,
        ledger,
        figures: { tookMs: Math.round(tookMs), slowestAnswerMs: Math.round(traffic.slowestMs) },
        broken: [
          ...brokenPromises(ends).map((broken) => ground.withLog(broken)),
          ...traffic.unanswered.map((text) => `each attempt is answered: ${text}`),
          ...(traffic.slowestMs > 5_000 ? [`answers come within 5 s, not ${traffic.slowestMs}`] : []),
        ],
      };
    }
  } finally {
    await ground.clear();
    await api.close();
  }
}

/** Waits, for a while, until nothing is on its way and all servers are ready. The ledger tells what is not. */
export async function settled(
  traffic: Traffic,
  server: ServerProcess,
  servers: readonly ServerProcess[] = [server],
): Promise<void> {
  await eventually(async () => {
    const { lost } = await traffic.ends(server);
    if (lost.length > 0) throw new Error(`not delivered: ${lost.join('; ')}`);
    for (const one of servers) {
      const readiness = await one.readiness();
      if (readiness !== 'ready') throw new Error(`a server is ${readiness}`);
    }
    const waiting = await server.waitingJobs();
    if (waiting !== 0) throw new Error(`${waiting} jobs wait`);
  }, SETTLES_WITHIN_MS).catch(() => undefined);
}
