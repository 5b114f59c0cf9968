import { randomInt } from 'node:crypto';
import { DISK_MOMENTS } from '../support/processes/deadly-disk.js';
import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { settled } from '../support/proof/failover.js';
import { killAtDisk } from '../support/proof/kill-at-disk.js';
import { brokenPromises, ledgerOf } from '../support/proof/ledger-of.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import { Traffic } from '../support/proof/traffic.js';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi } from '../support/wechat/fake-wechat-api.js';

const CONTENTS = [
  'slow 900',
  'defer 300',
  'slow 10',
  'long 900',
  'slow 1200',
  'throw',
  'slow 100',
  // Says its beginning at once, more after 600 ms, and the end two seconds later.
  'tell 600',
];

interface Case {
  readonly name: string;
  readonly processes: number;
  readonly ends: number;
  readonly by: 'SIGKILL' | 'SIGTERM';
  readonly everyMs: number;
}
const CASES: readonly Case[] = [
  { name: 'one process, killed', processes: 1, ends: 25, by: 'SIGKILL', everyMs: 40 },
  { name: 'one process, told to stop', processes: 1, ends: 10, by: 'SIGTERM', everyMs: 40 },
  {
    name: 'two processes on Redis, one killed at a time',
    processes: 2,
    ends: 10,
    by: 'SIGKILL',
    everyMs: 50,
  },
  {
    name: 'three processes on Redis, one killed at a time',
    processes: 3,
    ends: 10,
    by: 'SIGKILL',
    everyMs: 50,
  },
];
/** Moments that every life has, and that chance may miss. */
const MOMENTS = ['after the claim', 'before a message is taken', 'after a message was taken'] as const;
const KILLS_AT_A_MOMENT = 5;

export default {
  about:
    'Servers die and stop under load, at any moment and at chosen ones: nothing accepted is lost or doubled.',
  limitMinutes: 40,
  async *run() {
    for (const one of CASES) yield await play(one);
    for (const moment of MOMENTS) yield await killAt(moment);
    for (const moment of DISK_MOMENTS) yield await killAtDisk(moment, KILLS_AT_A_MOMENT, CONTENTS);
  },
} satisfies Proof;

async function onGround<T>(
  isShared: boolean,
  play: (ground: ServerGround, api: Awaited<ReturnType<typeof startFakeWechatApi>>) => Promise<T>,
): Promise<T> {
  const api = await startFakeWechatApi();
  // Some sends are under way at every moment, so that kills meet them.
  api.delayMs = 50;
  const redis = isShared ? await RedisServer.start({ fsync: 'no' }) : undefined;
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REPLY_DEADLINE_MS: '700',
    ...(redis !== undefined && { REDIS_URL: redis.url }),
  });
  try {
    return await play(ground, api);
  } finally {
    await ground.clear();
    await redis?.stop();
    await api.close();
  }
}

const play = ({ name, processes, ends, by, everyMs }: Case): Promise<ProofPart> =>
  onGround(processes > 1, async (ground, api) => {
    const servers = await Promise.all(Array.from({ length: processes }, () => ground.start()));
    let turn = 0;
    const traffic = new Traffic(api, () => servers[(turn += 1) % processes]?.url ?? '', CONTENTS);
    traffic.start(everyMs);
    for (let count = 0; count < ends; count += 1) {
      // Every other life is long enough to finish something, and a stream takes three seconds: what dies in six lives
      // running is given up, by design.
      await pass(count % 2 === 0 ? randomInt(100, 1_000) : randomInt(5_000, 6_500));
      const at = count % processes;
      await (by === 'SIGKILL' ? servers[at]?.kill() : servers[at]?.stop());
      servers[at] = await ground.start();
    }
    return judge(`${name}, ${ends} times`, traffic, servers);
  });

/** One process that dies in the chosen moment, again and again, while others type. */
const killAt = (moment: (typeof MOMENTS)[number]): Promise<ProofPart> =>
  onGround(false, async (ground, api) => {
    let server = await ground.start();
    const traffic = new Traffic(api, () => server.url, CONTENTS);
    traffic.start(60);
    for (let count = 0; count < KILLS_AT_A_MOMENT; count += 1) {
      // Time for a stream to end: what dies in six lives running is given up.
      await pass(5_000);
      if (moment === 'after the claim') {
        const before = (await ground.runs()).length;
        await eventually(async () => {
          if ((await ground.runs()).length === before) throw new Error('no run has begun');
        });
      } else {
        const sends = () => api.requests.filter((line) => line.endsWith('/custom/send')).length;
        const before = sends();
        api.failNext('send', { type: 'hang', taken: moment === 'after a message was taken' });
        await eventually(() => {
          if (sends() === before) throw new Error('nothing is sent');
        });
        await pass(api.delayMs + 20);
      }
      await server.kill();
      server = await ground.start();
    }
    return judge(`one process, killed ${moment}, ${KILLS_AT_A_MOMENT} times`, traffic, [server]);
  });

async function judge(name: string, traffic: Traffic, servers: readonly ServerProcess[]): Promise<ProofPart> {
  await traffic.stop();
  const [server] = servers;
  if (server === undefined) throw new Error('no server');
  await settled(traffic, server, servers);
  const ends = await traffic.ends(server);
  return {
    name,
    ledger: ledgerOf(ends),
    figures: { silent: ends.silent, anew: ends.anew, slowestAnswerMs: Math.round(traffic.slowestMs) },
    broken: brokenPromises(ends),
  };
}
