import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { defineHandler } from '../../../src/index.js';
import type { Handler } from '../../../src/handler-runtime/define-handler.js';
import {
  NOTICE,
  SimulatedCluster,
  type Fault,
  type SimulatedProcess,
} from '../../support/cluster/simulated-cluster.js';
import { inLongForm } from '../../support/proof/long-form.js';

const ANSWER = 'the answer';
const LONG_ANSWER = `${ANSWER}${'.'.repeat(2_030)} and its end`;
const GREETING = 'hello to you';
const WECHAT_WAITS_MS = 5_000;
const QUESTION = 1;
/** The question, and as many messages after it as fetch what is kept, however late a second run makes it. */
const PUSHES = 5;
/** A second crash may put the answer off by as much: a third run begins when the lock of the second is over. */
const BEFORE_LAST_PUSH_MS = 60_000;

const bodyOf = (msgId: number, content: string): string =>
  '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>' +
  `<CreateTime>${1_736_670_150 + msgId}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content>` +
  `<MsgId>${msgId}</MsgId></xml>`;

type Waits = (ms: number) => Promise<void>;

/** How the handler behaves that is asked the question. */
const behaviours: { readonly [name: string]: (wait: Waits) => Handler } = {
  'answers at once': (wait) => answering(wait, 0),
  'answers while a first try waits': (wait) => answering(wait, 3_900),
  'answers after the first try was given up and before WeChat hung up': (wait) => answering(wait, 4_700),
  'answers while the second try waits': (wait) => answering(wait, 7_000),
  'answers between the second try and the third': (wait) => answering(wait, 9_700),
  'answers while the third try waits': (wait) => answering(wait, 12_000),
  'answers at the very end of the third try': (wait) => answering(wait, 14_500),
  'answers after all tries': (wait) => answering(wait, 20_000),
  'answers at length at once': (wait) => answering(wait, 0, LONG_ANSWER),
  'answers at length in the second try': (wait) => answering(wait, 7_000, LONG_ANSWER),
  'answers at length after all tries': (wait) => answering(wait, 20_000, LONG_ANSWER),
  defers: (wait) => deferring(wait, 0, 7_000),
  'defers for longer than all tries': (wait) => deferring(wait, 1_000, 20_000),
};

function answering(wait: Waits, ms: number, answer = ANSWER): Handler {
  return defineHandler({
    on: 'message.text',
    async handle(ctx) {
      if (ctx.push.msgId !== String(QUESTION)) return ctx.reply.text(GREETING);
      if (ms > 0) await wait(ms);
      return ctx.reply.text(answer);
    },
  });
}

function deferring(wait: Waits, ms: number, laterMs: number): Handler {
  return defineHandler({
    on: 'message.text',
    async handle(ctx) {
      if (ctx.push.msgId !== String(QUESTION)) return ctx.reply.text(GREETING);
      if (ms > 0) await wait(ms);
      return ctx.defer({ to: 'later' });
    },
    async later(ctx) {
      await wait(laterMs);
      return ctx.reply.text(ANSWER);
    },
  });
}

interface Shown {
  readonly msgId: number;
  readonly text: string;
  readonly tryNumber: number;
}

/**
 * A user asks, and greets some time later. Each push has up to three attempts, in turn, until one is answered. The user
 * sees the first answer.
 */
async function tell(behaviour: string, faults: readonly Fault[]) {
  const make = behaviours[behaviour];
  if (make === undefined) throw new Error(behaviour);
  const wait: Waits = (ms) =>
    new Promise((resume) => {
      world.clock.schedule(ms, resume);
    });
  const world: SimulatedCluster = new SimulatedCluster({
    handler: make(wait),
    faults,
    lateRoad: 'passive-only',
  });
  const current: SimulatedProcess[] = [await world.startProcess(), await world.startProcess()];
  let isTold = false;
  const replaceDead = (): void => {
    world.clock.schedule(1_000, () => {
      if (isTold) return;
      for (const [place, one] of current.entries()) {
        if (one.alive) continue;
        void world.startProcess().then((fresh) => (current[place] = fresh));
      }
      replaceDead();
    });
  };
  replaceDead();

  const shown: Shown[] = [];
  let target = 0;
  const push = async (msgId: number): Promise<void> => {
    for (let tryNumber = 1; tryNumber <= 3; tryNumber += 1) {
      const startMs = world.clock.now();
      let isOver = false;
      target += 1;
      void current[target % 2]?.receive(bodyOf(msgId, 'q')).then(({ status, body }) => {
        if (world.clock.now() - startMs >= WECHAT_WAITS_MS) return;
        isOver = status === 200;
        if (isOver) shown.push({ msgId, text: body, tryNumber });
      });
      await world.clock.advance(WECHAT_WAITS_MS);
      if (isOver) return;
    }
  };
  for (let msgId = QUESTION; msgId <= PUSHES; msgId += 1) {
    await push(msgId);
    const isLastNext = msgId === PUSHES - 1;
    const pauseMs = isLastNext && faults.length > 1 ? BEFORE_LAST_PUSH_MS : 3_000;
    await world.clock.advance(msgId === QUESTION ? 22_000 : pauseMs);
  }
  isTold = true;
  return { world, shown };
}

const told: SimulatedCluster[] = [];
afterEach(async () => {
  await Promise.all(told.splice(0).map((world) => world.stopAll()));
});

async function check(behaviour: string, faults: readonly Fault[]) {
  const { world, shown } = await tell(behaviour, faults);
  told.push(world);
  const wrong: string[] = [];
  const all = shown.map(({ text }) => text).join();
  const count = (text: string) => all.split(text).length - 1;
  const letters = (await world.store.deadLetters(10)).map(({ reason }) => reason);
  const wasAccepted = shown.some(({ msgId }) => msgId === QUESTION);
  if (count(ANSWER) > 1) wrong.push('the user saw the answer twice');
  if (wasAccepted && count(ANSWER) === 0) wrong.push('the user never saw the answer');
  if (wasAccepted && behaviour.includes('at length') && count('and its end') !== 1)
    wrong.push(`the user saw the end of a long answer ${count('and its end')} times`);
  if (world.delivered.length > 0) wrong.push('a customer-service message was sent');
  if (letters.length > 0) wrong.push(`dead letters: ${letters.join()}`);
  for (const { msgId, text } of shown) if (text === 'success') wrong.push(`push ${msgId} heard "success"`);
  if (faults.length === 0) {
    if (!wasAccepted) wrong.push('the question was never answered');
    if (shown.length !== PUSHES) wrong.push(`only ${shown.length} pushes were answered`);
    if (count(GREETING) !== PUSHES - 1) wrong.push(`the greeting was seen ${count(GREETING)} times`);
    if (world.runs !== PUSHES) wrong.push(`the handler ran ${world.runs} times`);
  }
  if (wrong.length > 0)
    throw new Error(`${wrong.join('; ')}\n${JSON.stringify({ behaviour, faults, shown })}`);
  await world.stopAll();
  return { world, shown };
}

describe('given an account that may not send customer-service messages', () => {
  test.each([
    ['answers at once', 1],
    ['answers while a first try waits', 1],
    ['answers after the first try was given up and before WeChat hung up', 2],
    ['answers while the second try waits', 2],
    ['answers between the second try and the third', 3],
    ['answers while the third try waits', 3],
    ['defers', 2],
  ])('when its handler %s, then try %i shows the answer', async (behaviour, tryNumber) => {
    const { shown } = await check(behaviour, []);
    expect(shown[0]).toMatchObject({ msgId: QUESTION, tryNumber });
    expect(shown[0]?.text).toContain(ANSWER);
  });

  test.each(['answers after all tries', 'defers for longer than all tries'])(
    'when its handler %s, then try 3 shows the notice and the next message brings the answer before its own',
    async (behaviour) => {
      const { shown } = await check(behaviour, []);
      expect(shown[0]).toMatchObject({ msgId: QUESTION, tryNumber: 3 });
      expect(shown[0]?.text).toContain(NOTICE);
      expect(shown[1]?.text).toContain(`${ANSWER}\n\n${GREETING}`);
      expect(shown[2]?.text).not.toContain(ANSWER);
    },
  );

  test('when a kept answer was said, then its job goes with it', async () => {
    const { world } = await check('answers after all tries', []);
    expect(world.jobs.size).toBe(0);
    expect(world.runs).toBe(PUSHES);
  });

  test('when an answer is too long for one reply, then its end comes with the next message', async () => {
    const { shown } = await check('answers at length in the second try', []);
    expect(shown[0]?.text).toContain(ANSWER);
    expect(shown[1]?.text).toMatch(/and its end[^]*hello to you/);
  });
});

describe.each(Object.keys(behaviours))('given a passive-only account whose handler %s', (behaviour) => {
  test.each(['crash', 'fail'] as const)(
    'when any one step meets a %s, then nothing is lost or seen twice',
    async (what) => {
      const calm = await check(behaviour, []);
      const steps = calm.world.processes.map((one) => one.steps);
      for (const process of [0, 1])
        for (let step = 1; step <= (steps[process] ?? 0) + 1; step += 1) {
          // After a step and before the next one is the same moment to a crash, and nearly so to a failure.
          const when = what === 'crash' || step % 2 === 0 ? 'after' : 'before';
          await check(behaviour, [{ process, step, when, what }]);
        }
    },
    120_000,
  );
});

describe('given several faults in one story of a passive-only account', () => {
  test('when they are drawn at random, then nothing is lost or seen twice', async () => {
    const fault = fc.record({
      process: fc.integer({ min: 0, max: 3 }),
      step: fc.integer({ min: 1, max: 12 }),
      when: fc.constantFrom('before' as const, 'after' as const),
      what: fc.constantFrom('crash' as const, 'fail' as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(behaviours)),
        fc.array(fault, { minLength: 2, maxLength: 3 }),
        async (behaviour, faults) => {
          await check(behaviour, faults);
        },
      ),
      {
        numRuns: inLongForm(500, { else: 50 }),
        examples: [
          [
            'answers after all tries',
            [
              { process: 2, step: 4, when: 'before', what: 'crash' },
              { process: 1, step: 5, when: 'before', what: 'crash' },
            ],
          ],
          [
            'answers at length after all tries',
            [
              { process: 0, step: 1, when: 'before', what: 'crash' },
              { process: 1, step: 5, when: 'before', what: 'crash' },
            ],
          ],
          [
            'answers at length after all tries',
            [
              { process: 0, step: 1, when: 'before', what: 'crash' },
              { process: 1, step: 11, when: 'before', what: 'crash' },
            ],
          ],
        ],
      },
    );
  }, 120_000);
});
