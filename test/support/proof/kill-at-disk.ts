import { makeDeadlyDisk, type DiskMoment } from '../processes/deadly-disk.js';
import { ServerGround } from '../processes/server-process.js';
import { eventually, pass } from '../time/eventually.js';
import { startFakeWechatApi } from '../wechat/fake-wechat-api.js';
import { settled } from './failover.js';
import { brokenPromises, ledgerOf } from './ledger-of.js';
import type { ProofPart } from './proof.js';
import { Traffic } from './traffic.js';

const EVERY_MS = 50;

/** One process that dies at a moment of its journal, again and again, while followers type. */
export async function killAtDisk(
  moment: DiskMoment,
  times: number,
  contents: readonly string[],
): Promise<ProofPart> {
  const api = await startFakeWechatApi();
  api.delayMs = 50;
  const disk = await makeDeadlyDisk();
  const ground = await ServerGround.make({
    WECHAT_API_BASE_URLS: api.url,
    REPLY_DEADLINE_MS: '700',
    NODE_OPTIONS: disk.nodeOptions,
  });
  try {
    let server = await ground.start();
    const traffic = new Traffic(api, () => server.url, contents);
    traffic.start(EVERY_MS);
    for (let count = 0; count < times; count += 1) {
      // Time for a stream to end: what dies in six lives running is given up.
      if (count > 0) await pass(4_000);
      const typed = traffic.typed + 20;
      await eventually(() => {
        if (traffic.typed < typed) throw new Error('nothing flows yet');
      });
      await disk.dieAt(moment);
      await server.ended;
      await disk.calm();
      server = await ground.start();
    }
    await pass(500);
    await traffic.stop();
    await settled(traffic, server);
    const ends = await traffic.ends(server);
    return {
      name: `one process, killed ${moment}, ${times} times`,
      ledger: ledgerOf(ends),
      figures: { silent: ends.silent, anew: ends.anew, slowestAnswerMs: Math.round(traffic.slowestMs) },
      broken: brokenPromises(ends),
    };
  } finally {
    await ground.clear();
    await disk.remove();
    await api.close();
  }
}
