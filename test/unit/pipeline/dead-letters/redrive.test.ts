import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ApiRefused } from '../../../../src/api/api-error.js';
import { defineHandler, textPush, type Handler } from '../../../../src/index.js';
import type { DeadLetter } from '../../../../src/ports/state-store.js';
import { ManualClock } from '../../../support/time/manual-clock.js';
import {
  SimulatedCluster,
  type Fault,
  type SimulatedProcess,
} from '../../../support/cluster/simulated-cluster.js';
import { inLongForm } from '../../../support/proof/long-form.js';

const refused = (errcode: number, errorClass: 'bad-request' | 'window-closed'): Error =>
  new ApiRefused('/cgi-bin/message/custom/send', { errcode, text: 'no', errorClass });

const BODY = textPush({ content: 'hi', sentAt: new Date(new ManualClock().now()) }).raw;
const PARTS = ['one', 'two', 'three'];
const answering = defineHandler({
  on: 'message.text',
  handle: (ctx) => (ctx.push.content === 'hi' ? ctx.defer({ order: 7 }) : undefined),
  later: (ctx) => ctx.reply.text(PARTS.map((part) => part + '.'.repeat(2_000)).join('\n\n')),
});
const heads = (world: SimulatedCluster): string[] =>
  world.delivered.map(({ content }) => content.trim().replace(/\.+$/, ''));

interface Scene {
  readonly world: SimulatedCluster;
  readonly process: SimulatedProcess;
  readonly letters: () => Promise<DeadLetter[]>;
}

/** A push was answered, and what WeChat said to that made a letter of it. */
async function scene(
  handler: Handler,
  refuse: (content: string, world: SimulatedCluster) => Error | undefined,
  options: { faults?: readonly Fault[]; lateRoad?: 'passive-only' } = {},
): Promise<Scene> {
  const world: SimulatedCluster = new SimulatedCluster({
    handler,
    refuse: (content) => refuse(content, world),
    ...options,
  });
  const process = await world.startProcess();
  void process.receive(BODY);
  await world.clock.advance(60_000);
  return { world, process, letters: () => world.store.deadLetters(10) };
}

/** Time in which nothing runs, and a new process at its end. */
async function skip({ world }: Scene, ms: number): Promise<SimulatedProcess> {
  await world.stopAll();
  await world.clock.advance(ms);
  return world.startProcess();
}
const HOUR_MS = 3_600_000;

/** Refuses what begins like this until it is told otherwise. */
function refusing(head: string, error = refused(45008, 'bad-request')) {
  const state = { isOn: true };
  return { state, refuse: (content: string) => (state.isOn && content.startsWith(head) ? error : undefined) };
}

describe('given a letter with messages', () => {
  test('when it is retried, then what was not sent goes out in order, and the letter is gone', async () => {
    const { state, refuse } = refusing('two');
    const { world, process, letters } = await scene(answering, refuse);
    const [letter] = await letters();
    expect([heads(world), letter?.messages.length]).toEqual([['one'], 2]);
    state.isOn = false;
    const retrying = process.redriveDeadLetter(letter?.id ?? '');
    await world.clock.advance(5_000);
    expect(await retrying).toBe('retried');
    expect([heads(world), await letters(), world.jobs.size, world.runs]).toEqual([PARTS, [], 0, 1]);
    expect(await process.redriveDeadLetter(letter?.id ?? '')).toBe('unknown');
    await world.stopAll();
  });

  test('when it is refused again, then it is a letter again, and can be retried again', async () => {
    const { state, refuse } = refusing('two');
    const { world, process, letters } = await scene(answering, refuse);
    for (let round = 0; round < 3; round += 1) {
      const [letter] = await letters();
      expect(letter).toMatchObject({ reason: 'bad-request', errcode: 45008, messages: { length: 2 } });
      expect(letter?.id).toMatch(round === 0 ? /^msg-[\w-]+$/ : /^msg-[\w-]+\.r\w{8}$/);
      if (round === 2) state.isOn = false;
      void process.redriveDeadLetter(letter?.id ?? '');
      await world.clock.advance(5_000);
    }
    expect([heads(world), await letters()]).toEqual([PARTS, []]);
    await world.stopAll();
  });

  test('when its record is long gone and the window closed, then it is kept for a day from now on', async () => {
    const { state, refuse } = refusing('one');
    const then = await scene(answering, refuse);
    state.isOn = false;
    const { world, letters } = then;
    const process = await skip(then, 49 * HOUR_MS);
    const [letter] = await letters();
    void process.redriveDeadLetter(letter?.id ?? '');
    await world.clock.advance(10_000);
    expect([heads(world), await letters()]).toEqual([[], []]);
    const next = textPush({ content: 'silence', msgId: '7', sentAt: new Date(world.clock.now()) });
    const restarted = await skip(then, 23 * HOUR_MS);
    const answer = restarted.receive(next.raw);
    await world.clock.advance(5_000);
    expect((await answer).body).toContain('one...');
    await world.stopAll();
  });

  test('when nobody comes for what is kept, then it is a letter again', async () => {
    const then = await scene(answering, () => undefined, { lateRoad: 'passive-only' });
    const { world, letters } = then;
    const process = await skip(then, 25 * HOUR_MS);
    await world.clock.advance(1_000);
    const [letter] = await letters();
    expect(letter).toMatchObject({ reason: 'mailbox_expired', channel: 'mailbox' });
    void process.redriveDeadLetter(letter?.id ?? '');
    await world.clock.advance(10_000);
    await skip(then, 23 * HOUR_MS);
    await world.clock.advance(10_000);
    expect(await letters()).toEqual([]);
    await skip(then, HOUR_MS);
    await world.clock.advance(10_000);
    expect(await letters()).toMatchObject([{ pushId: letter?.pushId, reason: 'mailbox_expired' }]);
    await world.stopAll();
  });
});

describe('given a letter about a part that was left out', () => {
  test('when it is retried, then that part goes out, and what became of the rest stays as it was', async () => {
    const long = defineHandler({
      on: 'message.text',
      handle: (ctx) => (ctx.push.content === 'hi' ? ctx.defer({}) : undefined),
      later: (ctx) =>
        ctx.reply.text(Array.from({ length: 9 }, (_, n) => `${n}${'.'.repeat(2_030)}`).join('\n\n')),
    });
    const { world, process, letters } = await scene(long, () => undefined);
    const [part, ...others] = await letters();
    expect([part?.reason, part?.part, others]).toEqual(['too_many_messages', true, []]);
    expect(heads(world).slice(0, 4)).toEqual(['0', '1', '2', '3']);
    // There is room again once the user writes.
    void process.receive(textPush({ content: 'x', msgId: '8', sentAt: new Date(world.clock.now()) }).raw);
    await world.clock.advance(1_000);
    void process.redriveDeadLetter(part?.id ?? '');
    await world.clock.advance(10_000);
    expect(heads(world).slice(5).join(' ')).toContain('4 5 6 7');
    expect(await letters()).toEqual([]);
    await world.stopAll();
  });
});

describe('given a letter without messages', () => {
  test('when it is retried, then `later` is run with its task', async () => {
    let broken = true;
    const tasks: unknown[] = [];
    const handler = defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.defer({ order: 7 }),
      later(ctx, task) {
        tasks.push([task, ctx.attempt]);
        if (broken) throw new Error('not yet');
        return ctx.reply.text('done');
      },
    });
    const { world, process, letters } = await scene(handler, () => undefined);
    const [letter] = await letters();
    expect(letter).toMatchObject({ reason: 'later_threw', task: { order: 7 } });
    broken = false;
    tasks.length = 0;
    void process.redriveDeadLetter(letter?.id ?? '');
    await world.clock.advance(5_000);
    expect([heads(world), tasks, await letters()]).toEqual([['done'], [[{ order: 7 }, 1]], []]);
    await world.stopAll();
  });

  test('when it never deferred, then `handle` is run again', async () => {
    let broken = true;
    const handler = defineHandler({
      on: 'message.text',
      async handle(ctx) {
        await new Promise<void>((resume) => void world.clock.schedule(5_000, resume));
        if (broken) throw new Error('not yet');
        return ctx.reply.text('done');
      },
    });
    const world: SimulatedCluster = new SimulatedCluster({ handler });
    const process = await world.startProcess();
    void process.receive(BODY);
    await world.clock.advance(20_000);
    const [letter] = await world.store.deadLetters(10);
    expect(letter).toMatchObject({ reason: 'handler_threw', messages: [] });
    broken = false;
    void process.redriveDeadLetter(letter?.id ?? '');
    await world.clock.advance(20_000);
    expect([heads(world), world.runs, await world.store.deadLetters(10)]).toEqual([['done'], 2, []]);
    await world.stopAll();
  });
});

describe('given faults while a letter is retried', () => {
  /** Retries what failed, by a process that lives; but for a send of which nobody knows whether it arrived. */
  async function insist(world: SimulatedCluster): Promise<void> {
    for (let times = 0; times < 6; times += 1) {
      for (const { id, reason } of await world.store.deadLetters(10)) {
        if (reason === 'unknown') continue;
        const living = world.processes.find(({ alive }) => alive) ?? (await world.startProcess());
        void living.redriveDeadLetter(id).catch(() => undefined);
      }
      await world.clock.advance(15_000);
    }
  }

  test('when they are drawn at random, then nothing is lost, and nothing is seen twice but for an ambiguous send', async () => {
    const fault = fc.record({
      process: fc.integer({ min: 1, max: 3 }),
      step: fc.integer({ min: 1, max: 40 }),
      when: fc.constantFrom('before', 'after'),
      what: fc.constantFrom('crash', 'fail'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 4 }), async (faults) => {
        const { state, refuse } = refusing('one');
        const world = new SimulatedCluster({ handler: answering, refuse, faults });
        const first = await world.startProcess();
        void first.receive(BODY);
        await world.clock.advance(30_000);
        first.die();
        state.isOn = false;
        await world.startProcess();
        await world.startProcess();
        await insist(world);
        // The faults are used up: one more process lives.
        for (let more = 0; more < 3; more += 1) await world.startProcess();
        await world.clock.advance(60_000);
        const left = await world.store.deadLetters(10);
        expect(left.map(({ reason }) => reason).filter((reason) => reason !== 'unknown')).toEqual([]);
        expect(new Set(heads(world)).size).toBe(heads(world).length);
        if (left.length === 0) expect(heads(world)).toEqual(PARTS);
        await world.stopAll();
      }),
      { numRuns: inLongForm(500, { else: 50 }) },
    );
  }, 120_000);
});
