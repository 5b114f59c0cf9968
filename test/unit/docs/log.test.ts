import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { boundFieldsIn, logCallsIn, sourceTexts } from '../../support/app/log-calls.js';
import { readPage } from '../../support/app/markdown-page.js';

/** The demo handlers, and those that new-handler writes, log as any handler may. */
const calls = logCallsIn('src').filter(({ at }) => !/^src\/(?:demo|cli\/new-handler)\//.test(at));
const page = readPage('docs/log.md');
const [stages, fields, events] = ['stage', 'field', 'event'].map((name) =>
  page.tables.find(({ header }) => header[0] === name),
);
const bare = (cell = ''): string => cell.replaceAll('`', '');

/** Fields that a call takes from a value made elsewhere, by the name that it has there. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  '...fields': ['appId', 'channel'],
  '...retries': ['failures', 'waits'],
  '...this.#limits': ['letters', 'bytes'],
};

describe('given every line that the sources log', () => {
  test('when it is read, then it begins with its event', () => {
    expect(calls.length).toBeGreaterThan(100);
    const without = calls.filter(
      ({ events: named }) => !named.every((one) => /^[A-Za-z][A-Za-z-]*( [a-z-]+){0,4}$/.test(one)),
    );
    expect(without).toEqual([]);
  });

  test('when it is held against docs/log.md, then its event stands there with its levels', () => {
    const logged = new Map<string, Set<string>>();
    for (const { events: named, levels } of calls)
      for (const one of named) logged.set(one, new Set([...(logged.get(one) ?? []), ...levels]));
    const written = (events?.rows ?? []).map(([event, levels]) => [bare(event), bare(levels)]);
    expect(written).toEqual(
      [...logged].map(([event, levels]) => [event, [...levels].toSorted().join(', ')]).toSorted(byName),
    );
  });

  test('when its fields are held against docs/log.md, then each stands there, and no other', () => {
    const logged = [...calls.flatMap((call) => call.fields), ...boundFieldsIn('src')].flatMap(
      (field) => ELSEWHERE[field] ?? [field],
    );
    const always = ['level', 'time', 'pid', 'msg'];
    const written = (fields?.rows ?? []).map(([field]) => bare(field));
    expect(written.toSorted()).toEqual([...new Set([...logged, ...always])].toSorted());
  });

  test('when the stages are held against docs/log.md, then each stands there, and no other', () => {
    const literal = sourceTexts('src').flatMap((text) =>
      [...text.matchAll(/\{ stage: '(\w+)'/g)].map(([, stage = '']) => stage),
    );
    const outcomes =
      /type PushOutcome =([^;]+);/.exec(readFileSync('src/ports/events.ts', 'utf8'))?.[1] ?? '';
    const late = [...outcomes.matchAll(/'(\w+)'/g)].map(([, outcome = '']) => outcome);
    // These outcomes have the stage `answered`, with the outcome in a field of its own.
    const inTime = new Set(['replied', 'silent', 'threw', 'joined']);
    const expected = new Set([...literal, 'answered', ...late.filter((outcome) => !inTime.has(outcome))]);
    expect((stages?.rows ?? []).map(([stage]) => bare(stage)).toSorted()).toEqual([...expected].toSorted());
  });
});

const byName = ([a = '']: readonly string[], [b = '']: readonly string[]): number => (a < b ? -1 : 1);
