import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ALARMS } from '../../../src/operations/alarms/alarm.js';
import { createMetrics } from '../../../src/operations/metrics.js';
import { ManualClock } from '../../support/time/manual-clock.js';

const page = readFileSync('docs/operations.md', 'utf8');

describe('given docs/operations.md', () => {
  test('when its table of metrics is held against what is printed, then they have the same names', async () => {
    const metrics = createMetrics({
      version: '0',
      clock: new ManualClock(0),
      isListed: () => true,
      sources: {
        lateJobs: async () => ({ waiting: 0, delayed: 0, inMailbox: 0, active: 0, oldestAgeMs: 0 }),
        deadLetters: async () => 0,
        accessPoints: () => [],
        storage: () => ({ degraded: false, spilledRecords: 0, journalBytes: 0 }),
      },
    });
    const { text } = await metrics.read(false);
    const printed = [...text.matchAll(/^# TYPE (wechat_\w+) (\w+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    const written = [...page.matchAll(/^\| `(wechat_\w+)`\s+\| (\w+)/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(written.toSorted()).toEqual(printed.toSorted());
  });

  test('when its table of alarms is held against ours, then it has each of them', () => {
    const table = page.slice(page.indexOf('| alarm '), page.indexOf('0 turns an alarm off'));
    const written = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(written).toEqual([...ALARMS]);
  });
});

describe('given the dashboard and the alert rules under deploy/', () => {
  const files = ['deploy/prometheus/alerts.yml', 'deploy/grafana/wechat-callback-server.json'];

  test.each(files)(
    'when the metrics that %s asks for are looked up, then docs/operations.md has them',
    (file) => {
      const known = [...page.matchAll(/^\| `(wechat_\w+)`/gm)].map(([, name]) => name ?? '');
      const asked = [...readFileSync(file, 'utf8').matchAll(/\bwechat_[a-z_]+/g)].map(([name]) =>
        name.replace(/_(?:bucket|count|sum)$/, ''),
      );
      expect(asked.length).toBeGreaterThan(5);
      expect([...new Set(asked)].filter((name) => !known.includes(name))).toEqual([]);
    },
  );
});
