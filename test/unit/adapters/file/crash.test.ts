import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFileAdapters } from '../../../../src/adapters/file/file-adapters.js';
import { systemClock } from '../../../../src/ports/clock.js';
import { silentLogger } from '../../../../src/ports/logger.js';
import { pass } from '../../../support/time/eventually.js';

const CHILD = new URL('../../../support/processes/journal-child.ts', import.meta.url).pathname;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wechat-crash-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Runs a writer in the folder, kills it some milliseconds after its first acknowledgement: what it acknowledged. */
async function writeAndKill(prefix: string, afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, dir, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let printed = '';
  child.stdout.setEncoding('utf8');
  const first = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: string) => {
      printed += text;
      if (printed.includes(`${prefix}-`)) resolve();
    });
  });
  await Promise.race([first, ended]);
  await pass(afterMs);
  child.kill('SIGKILL');
  await ended;
  return printed.split('\n').slice(1, -1); // a line without its end was not acknowledged to anybody
}

describe('given a process that is killed at a random moment', () => {
  test('when the folder is opened after each of ten kills, then nothing that was acknowledged is lost', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const ids = await writeAndKill(`round${round}`, Math.random() * 120);
      expect(ids.length).toBeGreaterThan(0);
      acknowledged.push(...ids);
      const { store, queue, close } = await openFileAdapters({ dir, clock: systemClock, log: silentLogger });
      const waiting = new Set(Array.from(queue.waiting(), ({ job }) => job.id));
      const adopted = new Set(
        Array.from(store.records(), ({ key, stored }) => `${key} ${stored.record.state} ${stored.rev}`),
      );
      await close();
      expect(acknowledged.filter((id) => !waiting.has(id))).toEqual([]);
      expect(acknowledged.filter((id) => !adopted.has(`${id} adopted 2`))).toEqual([]);
    }
  }, 60_000);
});
