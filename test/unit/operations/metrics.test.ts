import { describe, expect, test } from '@jest/globals';
import { createEventBus } from '../../../src/operations/event-bus.js';
import { createMetrics } from '../../../src/operations/metrics.js';
import { createOperations } from '../../../src/operations/operations.js';
import { readConfig } from '../../../src/config/config.js';
import { silentLogger } from '../../../src/ports/logger.js';
import { ManualClock } from '../../support/time/manual-clock.js';
import { MemoryStateStore } from '../../support/storage/memory-state-store.js';

const sources = {
  lateJobs: async () => ({ waiting: 0, delayed: 0, inMailbox: 0, active: 0, oldestAgeMs: 0 }),
  deadLetters: async () => 0,
  accessPoints: () => [],
  storage: () => ({ degraded: false, failing: false, spilledRecords: 0, journalBytes: 0 }),
  recordingFailed: () => false,
  freeBytes: async () => 1e12,
  quotas: async () => [],
};
const isListed = (path: string): boolean => path.startsWith('/cgi-bin/');

describe('given the metrics of a process', () => {
  const metrics = createMetrics({ version: '0', clock: new ManualClock(0), sources, isListed });

  test('when they are printed, then each has help, and only counters end in _total', async () => {
    const { text } = await metrics.read(false);
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => ({ name, type }));
    const helps = new Set([...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name));
    expect(types.length).toBeGreaterThan(40);
    expect(types.filter(({ name }) => !helps.has(name))).toEqual([]);
    expect(types.filter(({ name, type }) => name.endsWith('_total') !== (type === 'counter'))).toEqual([]);
  });

  test('when WeChat said how much of a quota is used, then the last reading is shown, of APIs that the catalogue knows', async () => {
    const read = (api: string, used: number): void =>
      metrics.listener({ type: 'quota.read', account: 'default', api, used });
    read('/cgi-bin/message/custom/send', 0.5);
    read('/cgi-bin/message/custom/send', 0.75);
    read('/whatever', 1);
    const { text } = await metrics.read(false);
    expect(text.match(/^wechat_api_quota_used_ratio.*$/gm)).toEqual([
      'wechat_api_quota_used_ratio{account="default",api="/cgi-bin/message/custom/send"} 0.75',
    ]);
  });
});

describe('given a store that a command looks into', () => {
  test('when nothing is started, then there are no metrics and alarms; a server that starts has both', () => {
    const clock = new ManualClock(0);
    const operations = createOperations({
      settings: { metrics: true, alarms: readConfig({ WECHAT_APP_ID: 'wx1', WECHAT_TOKEN: 't' }).alarms },
      version: '0',
      accounts: () => [],
      sources,
      isListed,
      events: createEventBus(silentLogger),
      store: new MemoryStateStore(),
      http: () => Promise.reject(new Error('nobody is asked')),
      clock,
      log: silentLogger,
    });
    expect(operations.metrics).toBeUndefined();
    expect(clock.pending).toBe(0);
    operations.start();
    expect(operations.metrics).toBeDefined();
    expect(operations.alarms.inForce()).toEqual([]);
    return operations.stop();
  });
});
