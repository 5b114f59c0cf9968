import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFallback, type Fallback, type LocalAdapters } from '../../../src/adapters/fallback/fallback.js';
import { openFileAdapters } from '../../../src/adapters/file/file-adapters.js';
import type { FileSystem } from '../../../src/adapters/file/file-system.js';
import { defineHandler } from '../../../src/index.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { unsynced } from '../../support/storage/journal-files.js';
import { pass } from '../../support/time/eventually.js';
import { FlakyRemote } from '../../support/storage/flaky-adapters.js';
import {
  SimulatedCluster,
  TEXT_PUSH,
  type SimulatedProcess,
} from '../../support/cluster/simulated-cluster.js';

const defers = defineHandler({
  on: 'message.text',
  handle: (ctx) => ctx.defer({ to: 'later' }),
  later: (ctx) => ctx.reply.text('the answer'),
});
const comesLate = defineHandler({
  on: 'message.text',
  handle: (ctx) => ctx.reply.text('the answer', { channel: 'customer-service' }),
});

describe('given two servers whose Redis is away, each with a journal of its own', () => {
  let world: SimulatedCluster;
  let remote: FlakyRemote;
  let dir: string;
  let opened: Fallback[];
  /** While set, the journal of the first server takes no job: its disk is too slow. */
  let isDiskSlow: boolean;
  /** Operations on the journals' files that have not ended. */
  let onDisk: number;
  beforeEach(async () => {
    remote = new FlakyRemote();
    dir = await mkdtemp(join(tmpdir(), 'wechat-two-'));
    opened = [];
    isDiskSlow = true;
    onDisk = 0;
  });
  afterEach(async () => {
    await world.stopAll();
    await Promise.all(opened.map((one) => one.close()));
    await rm(dir, { recursive: true, force: true });
  });

  async function startTwo(handler: typeof defers): Promise<[SimulatedProcess, SimulatedProcess]> {
    world = new SimulatedCluster({ handler });
    const { clock } = world;
    const files: FileSystem = {
      ...unsynced,
      async create(path) {
        const file = await busy(unsynced.create(path));
        return {
          write: (bytes) => busy(file.write(bytes)),
          sync: () => busy(file.sync()),
          close: () => file.close(),
        };
      },
    };
    const openJournal = (folder: string) =>
      openFileAdapters({ dir: folder, clock, log: silentLogger, files });
    const openSlow = async (folder: string): Promise<LocalAdapters> => {
      const local = await openJournal(folder);
      const put = local.queue.put.bind(local.queue);
      local.queue.put = (job, options) => (isDiskSlow ? new Promise(() => undefined) : put(job, options));
      return local;
    };
    const start = async (
      openLocal: (folder: string) => Promise<LocalAdapters>,
    ): Promise<SimulatedProcess> => {
      const one = await openFallback({ remote, dir, openLocal, clock, log: silentLogger });
      opened.push(one);
      return world.startProcess({ store: one.store, queue: one.queue });
    };
    return [await start(openSlow), await start(openJournal)];
  }

  const isDiskBusy = () => onDisk > 0;

  /** Counts what the disk is doing. */
  async function busy<T>(work: Promise<T>): Promise<T> {
    onDisk += 1;
    return work.finally(() => (onDisk -= 1));
  }

  /** Moves time on, and lets the disk, which takes real time, finish before each step. */
  async function advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      await world.clock.advance(50);
      do await pass(1);
      while (isDiskBusy());
    }
  }

  test.each([
    ['defers', defers],
    ['has an answer that is only to come late', comesLate],
  ])(
    'when its handler %s, an attempt hears 503 at one and `success` at the other, then the user hears the answer once',
    async (_what, handler) => {
      const [first, second] = await startTwo(handler);
      remote.mood = 'away';
      const turnedAway = first.receive(TEXT_PUSH);
      await advance(1_500);
      expect((await turnedAway).status).toBe(503);
      const accepted = second.receive(TEXT_PUSH);
      isDiskSlow = false;
      await advance(3_000);
      expect(await accepted).toMatchObject({ status: 200, body: 'success' });
      await advance(20_000);
      expect(world.delivered.map(({ content }) => content)).toEqual(['the answer']);
      remote.mood = 'up';
      await advance(3_000);
      expect(world.delivered).toHaveLength(1);
      const [id = ''] = remote.jobs.keys();
      expect(remote.kept.peek(`wx0123456789abcdef:push:${id}`)?.record.state).toBe('delivered');
    },
  );
});
