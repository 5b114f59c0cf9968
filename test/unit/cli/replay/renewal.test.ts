import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Renewal, REPLAY_FIELD } from '../../../../src/cli/replay/renewal.js';
import { toAppId } from '../../../../src/protocol/ids.js';
import { PushRefused } from '../../../../src/protocol/refusal.js';
import { readPush, type Push } from '../../../../src/protocol/push/push.js';

const appId = toAppId('wx0000000000000001');

function read(raw: string): Push | undefined {
  try {
    return readPush(raw, appId);
  } catch (error) {
    if (error instanceof PushRefused) return undefined;
    throw error;
  }
}

const samples = readdirSync('fixtures/pushes')
  .map((file) => read(readFileSync(`fixtures/pushes/${file}`, 'utf8')))
  .filter((push) => push !== undefined);

const CHANGED = new Set(['CreateTime', 'MsgId', 'MsgID', REPLAY_FIELD]);
const others = (push: Push | undefined) =>
  Object.entries(push?.fields ?? {}).filter(([name]) => !CHANGED.has(name));

describe('given all samples, replayed twice in one run and once in another', () => {
  const [one, two] = [new Renewal(1_800_000_000_000, undefined), new Renewal(1_800_000_000_001, undefined)];
  const renewed = samples.map((push, index) => ({
    push,
    tries: [1, 2].map(() => read(one.renew(`${push.id} ${index}`, push, 1_800_000_000 + index))),
    later: read(two.renew(`${push.id} ${index}`, push, 1_800_000_000)),
  }));

  test('when they are read, then attempts are attempts of one push, and no push is one that was there before', () => {
    const ids = renewed.flatMap(({ push, tries, later }) => [push.id, tries[0]?.id, later?.id]);
    expect(renewed.map(({ tries }) => tries[1]?.id)).toEqual(renewed.map(({ tries }) => tries[0]?.id));
    expect(renewed.length).toBeGreaterThan(150);
    // Some samples are the same push in two layouts.
    const before = new Set(samples.map(({ id }) => id)).size;
    expect(new Set(ids).size).toBe(before + 2 * samples.length);
  });

  test('when they are read, then kind and all other fields are what they were', () => {
    for (const { push, tries } of renewed) {
      expect([tries[0]?.kind, others(tries[0])]).toEqual([push.kind, others(push)]);
      expect(tries[0]?.fields[REPLAY_FIELD]).toMatch(/^1800000000000-\d+$/);
    }
  });
});

describe('given a server of another account', () => {
  test('when a push is replayed to it, then it is addressed to that account', () => {
    const [push] = samples;
    if (push === undefined) throw new Error('no sample');
    const renewed = read(new Renewal(1, 'gh_other').renew('id', push, 1));
    expect([renewed?.account, renewed?.user]).toEqual(['gh_other', push.user]);
  });
});
