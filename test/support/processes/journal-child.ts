import { openFileAdapters } from '../../../src/adapters/file/file-adapters.js';
import { systemClock } from '../../../src/ports/clock.js';
import { silentLogger } from '../../../src/ports/logger.js';

/**
 * Puts jobs with their records until it is killed, sixteen at once, and prints the id of each once both are
 * acknowledged. Run by the crash tests: `node --import tsx journal-child.ts <dir> <prefix>`.
 */
const [, , dir = '', prefix = ''] = process.argv;
const { queue, store } = await openFileAdapters({ dir, clock: systemClock, log: silentLogger });
process.stdout.write('open\n');

let count = 0;
async function work(): Promise<never> {
  for (;;) {
    const id = `${prefix}-${(count += 1)}`;
    const nowMs = Date.now();
    await queue.put({
      id,
      appId: 'wx1',
      pushId: id,
      user: 'o1',
      push: `<xml>${'推'.repeat(100)}</xml>`,
      receivedAtMs: nowMs,
      handler: 'slow',
      reason: 'overrun',
    });
    await store.claim({ key: id, owner: prefix, nowMs, ttlMs: 600_000 });
    const next = { state: 'adopted', owner: prefix, fence: 1, attempt: 1 } as const;
    await store.swap({ key: id, rev: 1, next, nowMs, ttlMs: 600_000, durable: true });
    process.stdout.write(`${id}\n`);
  }
}
await Promise.all(Array.from({ length: 16 }, work));
