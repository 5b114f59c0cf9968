import { RedisServer } from '../support/processes/redis-server.js';
import { ServerGround, type ServerProcess } from '../support/processes/server-process.js';
import { makeSteppedClock } from '../support/processes/stepped-clock.js';
import { settled } from '../support/proof/failover.js';
import { brokenPromises, ledgerOf } from '../support/proof/ledger-of.js';
import type { Proof, ProofPart } from '../support/proof/proof.js';
import { Traffic } from '../support/proof/traffic.js';
import { eventually, pass } from '../support/time/eventually.js';
import { startFakeWechatApi } from '../support/wechat/fake-wechat-api.js';

const EVERY_MS = 60;
const FROZEN_MS = [1_000, 3_000, 8_000, 15_000, 30_000];
const HELD_MS = [50, 300, 1_000, 3_000];
/** From the right time, one after the other. What is due at a time of day waits for as long as the clock goes back. */
const STEPS_MS = [-30_000, 30_000, -30_000, 0];
const USUAL = ['slow 900', 'defer 300', 'slow 10', 'long 900', 'slow 1200'];

export default {
  about:
    'One of two processes is frozen for up to 30 s, their wall clock is stepped, and handlers hold the event loop for up to 3 s: nothing accepted is lost or doubled.',
  limitMinutes: 20,
  async *run() {
    for (const ms of FROZEN_MS)
      yield await play(`one of two processes is frozen for ${ms} ms`, USUAL, async ([first]) => {
        first.freeze();
        await pass(ms);
        first.resume();
      });
    const clock = await makeSteppedClock();
    try {
      yield await play(
        `the wall clock of both is stepped to ${STEPS_MS.map((ms) => `${ms / 1_000} s`).join(', ')}`,
        USUAL,
        async () => {
          for (const ms of STEPS_MS) {
            await clock.step(ms);
            await pass(5_000);
          }
        },
        { NODE_OPTIONS: clock.nodeOptions },
      );
    } finally {
      await clock.remove();
    }
    for (const ms of HELD_MS)
      yield await play(
        `handlers hold the loop for ${ms} ms`,
        [...USUAL, ...USUAL, ...USUAL, `hold ${ms}`],
        () => pass(15_000),
      );
  },
} satisfies Proof;

async function play(
  name: string,
  contents: readonly string[],
  happens: (servers: readonly [ServerProcess, ServerProcess]) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): Promise<ProofPart> {
  const api = await startFakeWechatApi();
  api.delayMs = 20;
  const redis = await RedisServer.start({ fsync: 'no' });
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REDIS_URL: redis.url,
    REPLY_DEADLINE_MS: '1500',
    ...settings,
  });
  try {
    const servers = await Promise.all([ground.start(), ground.start()]);
    let turn = 0;
    const traffic = new Traffic(api, () => servers[(turn += 1) % 2]?.url ?? '', contents);
    traffic.start(EVERY_MS);
    await eventually(() => {
      if (traffic.typed < 20) throw new Error('nothing flows yet');
    });
    await happens(servers);
    await pass(1_000);
    await traffic.stop();
    await settled(traffic, servers[1], servers);
    const ends = await traffic.ends(servers[1]);
    return {
      name,
      ledger: ledgerOf(ends),
      figures: {
        slowestAnswerMs: Math.round(traffic.slowestMs),
        attemptsWithoutAnswer: traffic.unanswered.length,
      },
      broken: brokenPromises(ends),
    };
  } finally {
    await ground.clear();
    await redis.stop();
    await api.close();
  }
}
