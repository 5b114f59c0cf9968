import { Redis } from 'ioredis';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround } from '../support/processes/server-process.js';
import { settled } from '../support/proof/failover.js';
import { brokenPromises, ledgerOf } from '../support/proof/ledger-of.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import { Traffic } from '../support/proof/traffic.js';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi } from '../support/wechat/fake-wechat-api.js';

const EVERY_MS = 50;
const LASTS_MS = 4_000;
const PAUSED_MS = 3_000;
const PASSWORD = 'a-password-that-nobody-has';

/** What a fault reaches: the process, and a connection that was there before it. */
interface Patient {
  readonly redis: RedisServer;
  readonly admin: Redis;
}
/** Does it; resolves with what undoes it. */
type Fault = (patient: Patient) => Promise<() => Promise<unknown>>;

const setting =
  (name: string, value: string, usual: string): Fault =>
  async ({ admin }) => {
    await admin.config('SET', name, value);
    return () => admin.config('SET', name, usual);
  };

const FAULTS: Readonly<Record<string, Fault>> = {
  'is killed and comes back': async ({ redis }) => {
    await redis.kill();
    return () => redis.start();
  },
  'is frozen': async ({ redis }) => {
    redis.freeze();
    return async () => redis.thaw();
  },
  'pauses all commands (CLIENT PAUSE)': async ({ admin }) => {
    await admin.call('CLIENT', 'PAUSE', String(PAUSED_MS), 'ALL');
    return async () => undefined;
  },
  'pauses writes (CLIENT PAUSE … WRITE)': async ({ admin }) => {
    await admin.call('CLIENT', 'PAUSE', String(PAUSED_MS), 'WRITE');
    return async () => undefined;
  },
  'sleeps (DEBUG SLEEP)': async ({ admin }) => {
    void admin.call('DEBUG', 'SLEEP', String(PAUSED_MS / 1_000)).catch(() => undefined);
    return async () => undefined;
  },
  'is full': setting('maxmemory', '1', '0'),
  'is read-only': async ({ admin }) => {
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    return () => admin.call('REPLICAOF', 'NO', 'ONE');
  },
  'wants another password': async ({ admin }) => {
    await admin.config('SET', 'requirepass', PASSWORD);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    return () => admin.config('SET', 'requirepass', '');
  },
  'cuts all connections, again and again': async ({ admin }) => {
    const cut = setInterval(
      () => void admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').catch(() => undefined),
      300,
    );
    return async () => clearInterval(cut);
  },
  'is slow: half a second, again and again': async ({ admin }) => {
    const sleep = setInterval(() => void admin.call('DEBUG', 'SLEEP', '0.5').catch(() => undefined), 700);
    return async () => clearInterval(sleep);
  },
  'answers no script (a slow script holds it)': async ({ admin }) => {
    const spin = `local endAt = redis.call('TIME')[1] + ${PAUSED_MS / 1_000} while tonumber(redis.call('TIME')[1]) < tonumber(endAt) do end`;
    void admin.eval(spin, 0).catch(() => undefined);
    return async () => undefined;
  },
};

/** What Redis had promised to keep is gone. Nobody else has it, so answers that only waited there may be lost. */
const LOSSES: Readonly<Record<string, Fault>> = {
  'is flushed': async ({ admin }) => {
    await admin.flushall();
    return async () => undefined;
  },
  'comes back empty': async ({ redis, admin }) => {
    await admin.flushall();
    await redis.kill();
    return () => redis.start();
  },
  'evicts (allkeys-lru, full)': async ({ admin }) => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await admin.config('SET', 'maxmemory', '1');
    return async () => {
      await admin.config('SET', 'maxmemory', '0');
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
    };
  },
};

export default {
  about:
    'Two servers and followers who go on typing while Redis fails in every way: answers in time, nothing lost or doubled.',
  limitMinutes: 20,
  async *run() {
    for (const [how, fault] of Object.entries(FAULTS)) yield await play(how, fault);
    for (const [how, fault] of Object.entries(LOSSES)) yield await play(how, fault, false);
  },
} satisfies Proof;

async function play(how: string, fault: Fault, keeps = true): Promise<ProofPart> {
  const api = await startFakeWechatApi();
  api.delayMs = 20;
  const redis = await RedisServer.start({ settings: ['--enable-debug-command', 'yes'] });
  const admin = new Redis(redis.url, { retryStrategy: () => 50 });
  admin.on('error', () => {});
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REDIS_URL: redis.url,
    REPLY_DEADLINE_MS: '1500',
  });
  try {
    const servers = await Promise.all([ground.start(), ground.start()]);
    let turn = 0;
    const traffic = new Traffic(api, () => servers[(turn += 1) % servers.length]?.url ?? '');
    traffic.start(EVERY_MS);
    await eventually(() => {
      if (traffic.typed < 20) throw new Error('nothing flows yet');
    });
    const undo = await fault({ redis, admin });
    await pass(LASTS_MS);
    await undo();
    await pass(1_500);
    await traffic.stop();
    await settled(traffic, servers[0], servers);
    const ends = await traffic.ends(servers[0]);
    const still = await Promise.all(servers.map((server) => server.readiness()));
    return {
      name: `Redis ${how}`,
      ledger: ledgerOf(ends),
      figures: { slowestAnswerMs: Math.round(traffic.slowestMs) },
      broken: [
        ...brokenPromises(ends).filter(
          (claim) => keeps || !/^nothing accepted is lost|: job_lost$/.test(claim),
        ),
        ...traffic.unanswered.map((text) => `each attempt is answered: ${text}`),
        ...(traffic.slowestMs > 5_000 ? [`answers come within 5 s, not ${traffic.slowestMs}`] : []),
        ...(still.every((one) => one === 'ready')
          ? []
          : [`the servers are ready in the end: ${still.join()}`]),
      ],
    };
  } finally {
    admin.disconnect();
    await ground.clear();
    await redis.stop();
    await api.close();
  }
}
