import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isTerminal } from '../../../../src/push-record/push-record.js';
import { inWords, walk, type Reached } from '../../../support/cluster/delivery-decisions.js';

describe('given every decision about a late answer that can be reached', () => {
  let reached: Reached[];
  beforeAll(() => {
    reached = walk();
  });

  const holds = (claim: (one: Reached) => boolean): void => {
    const wrong = reached.find((one) => !claim(one));
    if (wrong === undefined) return;
    const { before, by, decision } = wrong;
    throw new Error(
      `${inWords(before.state.step)}, ${by}: ${inWords(decision.state.step)}\n${JSON.stringify(decision.state)}`,
    );
  };

  test('when a message leaves, then its intent stands in the record', () =>
    holds(
      ({ decision: { state } }) =>
        (state.step.type !== 'send' && state.step.type !== 'sendTemplate') ||
        (state.record.state === 'delivering' && state.record.intent !== undefined),
    ));

  test('when a job is done, then its record is at its end', () =>
    holds(({ decision: { state } }) => state.step.type !== 'done' || isTerminal(state.record)));

  test('when a job waits for its user, then the answer is in the mailbox', () =>
    holds(
      ({ decision: { state } }) =>
        state.step.type !== 'retry' || state.step.inMailbox !== true || state.record.state === 'inMailbox',
    ));

  test('when a change is lost, then nothing more is done with the record', () =>
    holds(({ by, decision }) => by !== 'lost' || decision.state.step.type === 'retry'));

  test('when the process stops, then the work is given back', () =>
    holds(({ by, decision }) => by !== 'stopped' || decision.state.step.type === 'release'));

  test('when nobody knows how far a step got, then nothing more is done with the record', () =>
    holds(({ by, decision }) => by !== 'failed' || decision.state.step.type === 'abandon'));

  test('when work is given back, then it waits for a worker, and no message is on its way', () =>
    holds(
      ({ before, by, decision: { state } }) =>
        before.state.step.type !== 'release' ||
        by !== 'changed' ||
        (state.record.state === 'queued' && state.record.intent === undefined),
    ));

  test('when it is held against the drawing in docs/architecture.md, then each way is drawn, and no other', () => {
    const names = new Map<string, Set<string>>();
    for (const { before, by, decision } of reached) {
      if (by === 'failed' || by === 'lost') continue;
      const edge = `${before.state.step.type} --> ${decision.state.step.type}`;
      names.set(edge, (names.get(edge) ?? new Set()).add(by));
    }
    const edges = [...names].map(([edge, by]) => `${edge} : ${[...by].toSorted().join(', ')}`);
    const drawings = readFileSync('docs/architecture.md', 'utf8').split('```mermaid\nstateDiagram-v2\n');
    const drawn = (drawings[2] ?? '')
      .split('```')[0]!
      .split('\n')
      .flatMap((line) => line.trim() || []);
    expect(drawn.toSorted()).toEqual(['[*] --> read', ...edges].toSorted());
  });
});
