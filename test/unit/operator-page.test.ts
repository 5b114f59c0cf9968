import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ALARMS } from '../../src/operations/alarms/alarm.js';
import { pageModule } from '../support/app/page-module.js';
import { healthyServer, troubledServer } from '../support/operator/made-up-server.js';

interface Minute {
  readonly pushes: Readonly<Record<string, number>>;
  readonly p50Ms?: number;
}
interface Finding {
  readonly level: string;
  readonly name: string;
}
type Named = Readonly<Record<string, unknown>>;
interface Words {
  readonly alarmNames: Named;
  readonly deadReasons: Named;
  readonly reasons: Named;
  readonly outcomes: Named;
}

const { layBars, layLine, niceEnd, timeToY, HEIGHT, WIDTH } = await pageModule<{
  layBars: (minutes: readonly Minute[]) => {
    end: number;
    bars: { x: number; width: number; parts: { group: string; y: number; height: number }[] }[];
  };
  layLine: (minutes: readonly Minute[], figure: string) => string;
  niceEnd: (value: number) => number;
  timeToY: (ms: number) => number;
  HEIGHT: number;
  WIDTH: number;
}>('operator-page/core/scale.js');
const { findings, levelOf } = await pageModule<{
  findings: (parts: object, nowMs: number) => Finding[];
  levelOf: (parts: object, found: readonly Finding[]) => string;
}>('operator-page/core/findings.js');
const { bytes, percent, span } = await pageModule<{
  bytes: (count: number) => string;
  percent: (part: number, all: number) => string;
  span: (ms: number) => { count: number; unit: string };
}>('operator-page/core/figures.js');
const { GROUPS } = await pageModule<{ GROUPS: Readonly<Record<string, readonly string[]>> }>(
  'operator-page/core/outcomes.js',
);
const { zh } = await pageModule<{ zh: Words }>('operator-page/i18n/zh.js');

const NOW_MS = Date.UTC(2026, 0, 1);
const partsOf = (server: ReturnType<typeof healthyServer>) => ({
  status: server.status,
  'dead-letters': { letters: server.letters, more: false, count: server.letters.length },
});

describe('given what a server tells', () => {
  test('when all is well, then nothing is found', () => {
    const parts = partsOf(healthyServer(NOW_MS));
    expect(findings(parts, NOW_MS)).toEqual([]);
    expect(levelOf(parts, [])).toBe('good');
  });

  test('when an alarm says it already, then it is not found once more', () => {
    const { status, ...parts } = partsOf(troubledServer(NOW_MS));
    const names = (alarms: readonly object[]) =>
      findings({ ...parts, status: { ...status, alarms } }, NOW_MS).map(({ name }) => name);
    expect(names([])).toContain('token');
    expect(names([{ alarm: 'token', account: 'campus' }])).not.toContain('token');
    expect(names([{ alarm: 'token', account: 'another' }])).toContain('token');
  });

  test.each([
    [{ status: 'not-ready' }, 'closed'],
    [{ status: 'not-ready', storage: { failing: true } }, 'failing'],
  ])('when its status is %j, then that is bad', (change, name) => {
    const { status, ...parts } = partsOf(healthyServer(NOW_MS));
    const changed = { ...parts, status: { ...status, ...change } };
    expect(findings(changed, NOW_MS)).toEqual([{ level: 'bad', name, values: [] }]);
    expect(levelOf(changed, findings(changed, NOW_MS))).toBe('bad');
  });

  test('when it has told nothing, or cannot read its status, then nobody knows', () => {
    for (const status of [undefined, null])
      expect(levelOf({ status }, findings({ status }, NOW_MS))).toBe('unknown');
  });
});

describe('given the figures of an hour', () => {
  test('when bars are laid, then each stands on the one below, and none leaves the drawing', () => {
    const outcomes = Object.values(GROUPS).flat();
    const minute = fc
      .dictionary(fc.constantFrom(...outcomes), fc.nat(5_000))
      .map((pushes): Minute => ({ pushes }));
    fc.assert(
      fc.property(fc.array(minute, { minLength: 1, maxLength: 60 }), (minutes) => {
        const { end, bars } = layBars(minutes);
        expect(end).toBeGreaterThanOrEqual(
          Math.max(
            ...minutes.map(({ pushes }) => Object.values(pushes).reduce((sum, count) => sum + count, 0)),
          ),
        );
        for (const { x, width, parts } of bars) {
          expect(x + width).toBeLessThanOrEqual(WIDTH);
          let floor = HEIGHT;
          for (const { y, height } of parts) {
            expect(y + height).toBeCloseTo(floor, 6);
            floor = y;
          }
          expect(floor).toBeGreaterThanOrEqual(-1e-6);
        }
      }),
    );
  });

  test('when a minute has no answer, then the line has a gap there', () => {
    const answered = { pushes: {}, p50Ms: 100 };
    const line = layLine([answered, answered, { pushes: {} }, answered], 'p50Ms');
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line.match(/H/g)).toHaveLength(3);
    expect(line).not.toContain('NaN');
  });

  test('when scales are made, then they end at round numbers, and 1 ms to 10 s fill the height', () => {
    expect([0, 1, 7, 29, 31, 99, 1_001].map(niceEnd)).toEqual([1, 1, 8, 30, 40, 100, 2_000]);
    expect([0, 1, 100, 10_000, 99_999].map(timeToY)).toEqual([HEIGHT, HEIGHT, HEIGHT / 2, 0, 0]);
  });

  test('when figures are written, then in the unit that fits', () => {
    expect([0, 1_023, 1_536, 41_231_686_042].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KB', '38 GB']);
    expect([percent(0, 0), percent(1, 1_000), percent(36, 1_161)]).toEqual(['0 %', '0.1 %', '3 %']);
    expect([-1, 59_000, 119_000, 7_200_000, 200_000_000].map(span)).toEqual([
      { count: 0, unit: 'seconds' },
      { count: 59, unit: 'seconds' },
      { count: 1, unit: 'minutes' },
      { count: 2, unit: 'hours' },
      { count: 2, unit: 'days' },
    ]);
  });
});

describe('given names that the server uses', () => {
  test('when the page is to say them, then it has words for each', async () => {
    const { readFile } = await import('node:fs/promises');
    /** The members of a union type in the sources. */
    const members = async (path: string, type: string): Promise<string[]> => {
      const source = await readFile(`src/${path}`, 'utf8');
      const [, body = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(source) ?? [];
      return [...body.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name);
    };
    const reasons = [
      ...(await members('pipeline/dead-letters/dead-letter.ts', 'DeadReason')),
      ...(await members('api/retry-policy.ts', 'DeadReason')),
    ];
    expect(Object.keys(zh.alarmNames).sort()).toEqual([...ALARMS].sort());
    expect(Object.keys(zh.deadReasons).sort()).toEqual(reasons.sort());
    expect(Object.keys(zh.reasons).sort()).toEqual(
      (await members('protocol/refusal.ts', 'RefusalReason')).sort(),
    );
    const outcomes = [...(await members('ports/events.ts', 'PushOutcome')), 'refused'].sort();
    expect(Object.keys(zh.outcomes).sort()).toEqual(outcomes);
    expect(Object.values(GROUPS).flat().sort()).toEqual(outcomes);
  });
});
