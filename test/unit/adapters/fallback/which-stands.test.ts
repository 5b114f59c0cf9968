import { describe, expect, test } from '@jest/globals';
import { oursStands } from '../../../../src/adapters/fallback/which-stands.js';
import type { PushRecord } from '../../../../src/ports/state-store.js';

const record = (state: PushRecord['state'], owner: string, fence = 1): PushRecord => ({
  state,
  owner,
  fence,
  attempt: 1,
});

describe('given a record of the journal and one of the same push in Redis', () => {
  test('when one has the higher fence, then it stands, whatever the states', () => {
    expect(oursStands(record('running', 'me', 2), record('delivered', '', 1), 'me')).toBe(true);
    expect(oursStands(record('delivered', '', 1), record('running', 'me', 2), 'me')).toBe(false);
  });

  test('when Redis holds it in our name under the same fence, then ours is the later word', () => {
    for (const state of ['running', 'answered', 'adopted', 'taking'] as const)
      expect(oursStands(record('adopted', ''), record(state, 'me'), 'me')).toBe(true);
    // What a process left that is gone: its name is in the record only.
    expect(oursStands(record('adopted', 'gone'), record('adopted', 'gone'), undefined)).toBe(true);
  });

  test.each([
    // Redis has, the journal has, the journal's stands
    ['running', 'adopted', true],
    ['running', 'answered', true],
    ['answered', 'adopted', true],
    ['adopted', 'adopted', false],
    ['taking', 'adopted', false],
    ['adopted', 'delivered', true],
    ['adopted', 'answered', true],
  ] as const)('when another process has it %s and ours is %s, then ours stands: %s', (there, here, ours) => {
    expect(oursStands(record(here, 'me'), record(there, 'other'), 'me')).toBe(ours);
  });

  const messages = [{ msgtype: 'text', text: { content: 'hi' } }] as const;
  const unheard: PushRecord = { ...record('adopted', ''), messages, unheard: true };

  test.each([
    ['answered', {}],
    ['acknowledged', {}],
    ['delivered', {}],
    ['adopted', { messages }],
    ['adopted', { task: 'later' }],
  ] as const)(
    'when nobody heard the one and the other is %s with %j, then the other stands, wherever it is',
    (state, more) => {
      expect(oursStands(unheard, { ...record(state, 'other'), ...more }, 'me')).toBe(false);
      expect(oursStands({ ...record(state, 'me'), ...more }, unheard, 'me')).toBe(true);
    },
  );

  test('when nobody heard our answer, but one of before had landed in our name, then that may have been heard, and stands', () => {
    expect(oursStands(unheard, record('answered', 'me'), 'me')).toBe(false);
    expect(oursStands(unheard, record('running', 'me'), 'me')).toBe(true);
    const retracted: PushRecord = { ...record('adopted', 'me'), unheard: true };
    expect(oursStands(retracted, record('answered', 'me'), 'me')).toBe(false);
    expect(oursStands(retracted, record('adopted', 'me'), 'me')).toBe(true);
  });

  test('when the one is a word that an answer comes late, and the other that answer, then the answer stands', () => {
    expect(oursStands(record('adopted', 'other'), unheard, 'me')).toBe(false);
    expect(oursStands(unheard, record('adopted', 'other'), 'me')).toBe(true);
  });

  test('when we promised an answer, and Redis has the rest of one whose beginning was settled, then ours stands', () => {
    const rest: PushRecord = { ...record('adopted', ''), messages, sent: 0, replied: true };
    expect(oursStands(record('adopted', 'me'), rest, 'me')).toBe(true);
    expect(oursStands({ ...record('adopted', ''), messages, sent: 0 }, rest, 'me')).toBe(true);
    expect(oursStands({ ...record('adopted', 'me'), replied: true }, rest, 'me')).toBe(false);
    expect(oursStands(unheard, rest, 'me')).toBe(false);
  });

  test('when it is over in Redis, or waits there for anybody, then that stands', () => {
    for (const state of ['acknowledged', 'delivered', 'stashed', 'dead', 'adopted'] as const)
      expect(oursStands(record('adopted', 'me'), record(state, ''), 'me')).toBe(false);
  });
});
