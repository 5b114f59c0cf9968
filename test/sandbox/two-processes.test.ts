import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runScenario } from '../../src/sandbox/scenario/run-scenario.js';
import { readScenario } from '../../src/sandbox/scenario/scenario.js';
import { startPairOfServers, type PairOfServers } from './support/pair-of-servers.js';

let pair: PairOfServers;
beforeEach(async () => {
  // Without sealing two equal answers are equal byte by byte.
  pair = await startPairOfServers({ mode: 'plaintext' });
});
afterEach(() => pair.stop());

/** The problem of the first step that was not as expected. */
async function play(steps: readonly object[]): Promise<string | undefined> {
  const report = await runScenario(pair.sandbox, readScenario({ name: 'a scenario', steps }));
  return report.steps.find(({ passed }) => !passed)?.problem?.en;
}

const typed = (Content: string) => ({ fields: { Content } });
const bodies = () => new Set(pair.balancer.said.map(({ body }) => body));
const servers = () => pair.balancer.said.map(({ by }) => by);

describe('given two servers on one Redis and the sandbox on one clock', () => {
  test('when the connection of two attempts breaks while the handler runs, then three attempts at both servers are one run with one answer', async () => {
    pair.balancer.lose(2, 'at-once');
    const problem = await play([
      {
        push: typed('slow 1000'),
        expect: {
          outcome: 'reply',
          outcomes: ['connection-error', 'connection-error', 'answered'],
          reply: { content: 'attempt 1: slow 1000' },
          tookMs: '<=2000',
        },
      },
      { chat: { via: 'passive' } },
      // The server that only follows the run looks every 100 ms.
      { wait: '1s' },
    ]);
    expect(problem).toBeUndefined();
    expect(pair.runs).toEqual(['0 handle slow 1000']);
    expect(bodies().size).toBe(1);
    expect(servers()).toEqual(expect.arrayContaining([0, 1]));
    expect(servers()).toHaveLength(3);
  });

  test('when two answers get lost, then each server gives the remembered one to the next try', async () => {
    pair.balancer.lose(2, 'silently');
    const problem = await play([
      {
        push: typed('at once'),
        expect: {
          outcome: 'reply',
          outcomes: ['timeout', 'timeout', 'answered'],
          reply: { content: 'attempt 1: at once' },
          tookMs: '>=10000',
        },
      },
    ]);
    expect(problem).toBeUndefined();
    expect(pair.runs).toEqual(['0 handle at once']);
    expect([bodies().size, servers()]).toEqual([1, [0, 1, 0]]);
  });

  test('when fifty copies come at once, then both servers give the answer of one run', async () => {
    const problem = await play([
      {
        push: { ...typed('slow 500'), copies: 50 },
        expect: { outcome: 'reply', tries: 1, reply: { content: 'attempt 1: slow 500' } },
      },
      { exchanges: { outcome: 'reply' }, times: 50 },
      { chat: { via: 'passive' }, times: 1 },
    ]);
    expect(problem).toBeUndefined();
    expect(pair.runs).toHaveLength(1);
    expect(bodies().size).toBe(1);
    expect(servers().filter((by) => by === 0)).toHaveLength(25);
  });

  test('when the handler overruns, then both servers say "success" and one late message comes', async () => {
    const problem = await play([
      { start: typed('slow 7000'), as: 'slow' },
      { finish: 'slow', expect: { outcome: 'silent', tries: 1, tookMs: '>=4500' } },
      { replay: { exchange: 'slow' }, expect: { outcome: 'silent', tries: 1 } },
      { chat: { via: 'customer-service', shown: { content: 'attempt 1: slow 7000' } } },
      { replay: { exchange: 'slow' }, expect: { outcome: 'silent', tries: 1 } },
      { wait: '3s' },
      { chat: { via: 'customer-service' }, times: 1 },
    ]);
    expect(problem).toBeUndefined();
    expect(pair.runs).toEqual(['0 handle slow 7000']);
    expect([bodies(), servers()]).toEqual([new Set(['success']), [0, 1, 0]]);
  });

  test('when the handler defers, then copies at both servers lead to one late message', async () => {
    const problem = await play([
      { push: { ...typed('defer'), copies: 2 }, expect: { outcome: 'silent', tries: 1 } },
      { chat: { via: 'customer-service', shown: { content: 'later: defer' } } },
      { wait: '3s' },
      { chat: { via: 'customer-service' }, times: 1 },
    ]);
    expect(problem).toBeUndefined();
    expect(pair.runs.map((run) => run.slice(2))).toEqual(['handle defer', 'later defer']);
  });

  test('when a server dies while its handler runs, then the other takes the push over, and its answer stands', async () => {
    const reply = { content: 'attempt 2: dies' };
    const problem = await play([
      {
        push: typed('dies'),
        as: 'taken over',
        expect: { outcome: 'reply', outcomes: ['connection-error', 'answered'], reply, tookMs: '<=4000' },
      },
      // The dead one has its turn as before.
      {
        replay: { exchange: 'taken over' },
        expect: { outcome: 'reply', outcomes: ['connection-error', 'answered'], reply },
      },
      { chat: { via: 'customer-service' }, times: 0 },
    ]);
    expect(problem).toBeUndefined();
    expect(pair.runs).toEqual(['0 handle dies', '1 handle dies']);
    expect([bodies().size, servers()]).toEqual([1, [1, 1]]);
  });
});
