import { Redis } from 'ioredis';
import { RedisServer } from '../processes/redis-server.js';
import { ServerGround } from '../processes/server-process.js';
import { pass } from '../time/eventually.js';
import { startFakeWechatApi } from '../wechat/fake-wechat-api.js';
import type { ProofPart } from './proof.js';
import { bytesIn, growthIn, heldBy, SoakTraffic, type Held } from './soak.js';

/**
 * One server under a steady load. Pushes are remembered for two minutes, not for twenty, so that a soak sees far more
 * than it holds; a follower types again after a minute, so that there are as many of them as the rate makes.
 */
export async function soak(options: {
  readonly storage: 'embedded' | 'Redis';
  readonly perSecond: number;
  readonly forMs: number;
  readonly sampleEveryMs: number;
}): Promise<ProofPart> {
  const { storage, perSecond, forMs, sampleEveryMs } = options;
  const api = await startFakeWechatApi();
  const redis = storage === 'Redis' ? await RedisServer.start({ fsync: 'no' }) : undefined;
  const link = redis === undefined ? undefined : new Redis(redis.url);
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REPLY_DEADLINE_MS: '1500',
    MAX_PUSH_AGE_S: '60',
    ...(redis !== undefined && { REDIS_URL: redis.url }),
  });
  try {
    const server = await ground.start();
    const stored = (): Promise<number> => (link === undefined ? bytesIn(ground.dataDir) : memoryOf(link));
    const traffic = new SoakTraffic(api, server.url);
    const samples: Held[] = [];
    const running = traffic.run(perSecond, forMs);
    running.catch(() => undefined); // it is awaited below, after the last look
    const endMs = performance.now() + forMs;
    while (performance.now() < endMs) {
      await pass(sampleEveryMs);
      samples.push(await heldBy(server.pid, stored));
    }
    await running;
    const { ledger, silent, lost } = await traffic.ledger(server);
    const growth = growthIn(samples);
    return {
      name: `${storage}, ${perSecond} pushes a second for ${Math.round(forMs / 1_000)} s`,
      ledger,
      figures: {
        silent,
        slowestAnswerMs: Math.round(traffic.slowestMs),
        unanswered: traffic.unanswered,
        ...growth.figures,
      },
      broken: [
        ...lost.slice(0, 10).map((text) => `nothing accepted is lost: ${text}`),
        ...(ledger.duplicated + ledger.unexpected + ledger.order === 0
          ? []
          : ['each answer is seen once, whole, in order']),
        ...(ledger.dead === 0 ? [] : [`no dead letters, not ${ledger.dead}`]),
        ...(ledger.acknowledged === ledger.sent ? [] : ['each push is acknowledged']),
        ...(ledger.sent > (perSecond * forMs) / 2_000 ? [] : [`there is load, not ${ledger.sent} pushes`]),
        ...growth.broken,
      ],
    };
  } finally {
    await ground.clear();
    link?.disconnect();
    await redis?.stop();
    await api.close();
  }
}

const memoryOf = async (redis: Redis): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1] ?? 0);
