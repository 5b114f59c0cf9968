import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileAdapters } from '../../src/adapters/file/file-adapters.js';
import { systemClock } from '../../src/ports/clock.js';
import { silentLogger } from '../../src/ports/logger.js';
import { ManualClock } from '../support/time/manual-clock.js';
import type { Clock } from '../../src/ports/clock.js';
import { deferredQueueContract } from './deferred-queue.contract.js';
import { stateStoreContract } from './state-store.contract.js';

/** The adapters on a folder of their own, and how to open them again on what they kept. */
async function openFolder(clock: Clock) {
  const dir = await mkdtemp(join(tmpdir(), 'wechat-embedded-'));
  const open = () => openFileAdapters({ dir, clock, log: silentLogger });
  let adapters = await open();
  return {
    ...adapters,
    async reopen() {
      await adapters.close();
      adapters = await open();
      return adapters;
    },
    async close() {
      await adapters.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

stateStoreContract('embedded', async () => {
  // The contract's moments lie around this time, and none of it may pass by itself.
  const opened = await openFolder(new ManualClock(Date.UTC(2026, 0, 1)));
  return { ...opened, reopen: async () => (await opened.reopen()).store };
});

deferredQueueContract('embedded', async () => {
  const opened = await openFolder(systemClock);
  return { ...opened, reopen: async () => (await opened.reopen()).queue };
});
