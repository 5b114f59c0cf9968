import { fileURLToPath } from 'node:url';
import { FOREIGN, startForeign, type ForeignServer } from '../conformance/foreign-servers.js';
import { sparePort } from '../processes/port-of.js';
import { RedisServer } from '../processes/redis-server.js';
import { ServerGround } from '../processes/server-process.js';
import { ledgerOf } from '../proof/ledger-of.js';
import type { ProofPart } from '../proof/proof.js';
import { Traffic } from '../proof/traffic.js';
import { eventually, pass } from '../time/eventually.js';
import { startFakeWechatApi } from '../wechat/fake-wechat-api.js';
import { FIXTURE_ACCOUNT } from '../wechat/seal.js';

/** A backend without packages, whose answers take as long as the text says. */
export const SLOW_BACKEND = {
  kind: 'a slow server without packages',
  command: ['node', fileURLToPath(new URL('slow-backend.mjs', import.meta.url))],
  mode: 'plaintext',
} as const;

const APP_ID = 'wx0000000000000001';
const ALL_DELIVERED_MS = 150_000;

/** The servers of others say `<text> (run <number>)`. */
const toOurs = (answer: string): string => {
  const [, text] = /^(.*) \(run \d+\)$/s.exec(answer) ?? [];
  return text === undefined ? answer : `answer: ${text}`;
};

/** Two processes on Redis in front of a backend; backend and processes are killed in turn while users type. */
export async function forwardStory(
  backend: Pick<ForeignServer, 'kind' | 'command' | 'mode'>,
  { pushes, perSecond, folder = FOREIGN }: { pushes: number; perSecond: number; folder?: string },
): Promise<ProofPart> {
  const api = await startFakeWechatApi();
  const redis = await RedisServer.start({ fsync: 'no' }); // nobody kills it
  const port = String(await sparePort());
  const startBackend = () => startForeign(backend, folder, { PORT: port, APP_ID });
  // A program that starts another one has to end it, which a kill prevents.
  const death = backend.command.some((word) => word.includes('start-')) ? 'SIGTERM' : 'SIGKILL';
  let running = await startBackend();
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REDIS_URL: redis.url,
    HANDLERS_DIR: '/no-handlers-are-needed',
    FORWARD_URL: running.url.href,
    FORWARD_TOKEN: FIXTURE_ACCOUNT.token,
    FORWARD_AES_KEY: FIXTURE_ACCOUNT.encodingAesKey,
    FORWARD_MODE: backend.mode,
    LOG_LEVEL: 'debug',
  });
  try {
    const servers = [await ground.start(), await ground.start()];
    let turn = 0;
    const up = new Set([0, 1]);
    const traffic = new Traffic(
      api,
      () => {
        turn = (turn + 1) % 2;
        return servers[up.has(turn) ? turn : 1 - turn]?.url ?? '';
      },
      undefined,
      toOurs,
    );
    const kills = { backend: 0, server: 0 };
    traffic.start((10 / perSecond) * 1_000, 10);
    while (traffic.typed < pushes) {
      await pass(1_000);
      await running.stop(death);
      await pass(1_500);
      running = await startBackend();
      kills.backend += 1;
      await pass(1_000);
      const at = kills.server % 2;
      up.delete(at);
      await servers[at]?.kill();
      servers[at] = await ground.start();
      up.add(at);
      kills.server += 1;
    }
    await traffic.stop();
    const [server] = servers;
    if (server === undefined) throw new Error('no server');
    await eventually(async () => {
      if ((await traffic.ends(server)).lost.length > 0) throw new Error('late answers are on their way');
    }, ALL_DELIVERED_MS).catch(() => undefined); // The ledger tells.
    const ends = await traffic.ends(server);
    return {
      name: `${backend.kind}, ${backend.mode} mode`,
      ledger: ledgerOf(ends),
      figures: {
        ...kills,
        slowestAnswerMs: Math.round(traffic.slowestMs),
        attemptsUnanswered: traffic.unanswered.length,
        unansweredLike: traffic.unanswered.at(-1),
      },
      broken: [
        ...ends.lost.slice(0, 5).map((text) => ground.withLog(`nothing is lost: ${text}`)),
        ...ends.twice.slice(0, 5).map((text) => `nothing is said twice: ${text}`),
        ...ends.unexpected.slice(0, 5).map((text) => `nothing comes that the backend did not say: ${text}`),
        ...ends.dead.slice(0, 5).map((reason) => `no dead letter, but ${reason}`),
        ...(ends.accepted < ends.typed
          ? [`each push is answered: ${ends.typed - ends.accepted} are not`]
          : []),
      ],
    };
  } finally {
    await running.stop(death);
    await ground.clear();
    await redis.stop();
    await api.close();
  }
}
