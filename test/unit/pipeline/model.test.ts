import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { defineHandler } from '../../../src/index.js';
import type { Handler } from '../../../src/handler-runtime/define-handler.js';
import {
  REPLY_DEADLINE_MS,
  SimulatedCluster,
  TEXT_PUSH,
  type Fault,
  type SimulatedProcess,
} from '../../support/cluster/simulated-cluster.js';
import { inLongForm } from '../../support/proof/long-form.js';

const ANSWER = 'the answer';
/** More than one message holds: a first part and a rest. */
const LONG_ANSWER = `${ANSWER}${'.'.repeat(2_030)} and its end`;
const WECHAT_WAITS_MS = 5_000;
const LATE_TRY = 10;
/** Locks of dead processes end, others take over, and whatever waits is tried again. */
const SETTLES_MS = 12_000;
/** A store that fails at the deadline is waited for so long. */
const GRACE_MS = 260;

type Waits = (ms: number) => Promise<void>;

/** How a handler can behave, in time: one for every channel through the record. */
const behaviours: { readonly [name: string]: (wait: Waits) => Handler } = {
  'answers at once': () => defineHandler({ on: 'message.text', handle: (ctx) => ctx.reply.text(ANSWER) }),
  'answers after 1 s': (wait) => afterWaiting(wait, 1_000),
  'answers while its job is being written ahead': (wait) => afterWaiting(wait, 3_405),
  'answers after its job was written ahead': (wait) => afterWaiting(wait, 4_000),
  'answers at the deadline': (wait) => afterWaiting(wait, REPLY_DEADLINE_MS),
  overruns: (wait) => afterWaiting(wait, 8_000),
  'defers at once': (wait) => deferring(wait, 0),
  'defers after its job was written ahead': (wait) => deferring(wait, 4_000),
  'defers after the deadline': (wait) => deferring(wait, 6_000),
  'answers at length at once': () =>
    defineHandler({ on: 'message.text', handle: (ctx) => ctx.reply.text(LONG_ANSWER) }),
  'answers at length while its job is written ahead': (wait) => afterWaiting(wait, 4_000, LONG_ANSWER),
  'answers at length after the deadline': (wait) => afterWaiting(wait, 6_000, LONG_ANSWER),
  'streams past the deadline': (wait) =>
    defineHandler({
      on: 'message.text',
      handle: (ctx) =>
        ctx.reply.stream(
          (async function* () {
            await wait(3_000);
            yield 'Well. ';
            await wait(5_000);
            yield `${ANSWER}.`;
          })(),
        ),
    }),
  'gives up when it is told to stop': (wait) => heeding(wait, 8_000, undefined),
  'makes an excuse when it is told to stop': (wait) => heeding(wait, 8_000, 'sorry'),
  'gives up in time when it is told to stop': (wait) => heeding(wait, 4_000, undefined),
  'gives up in `later` when it is told to stop': (wait) =>
    defineHandler({
      on: 'message.text',
      handle: (ctx) => ctx.defer({ to: 'later' }),
      async later(ctx) {
        await untilStopped(wait(5_000), ctx.signal);
        return ctx.signal.aborted ? undefined : ctx.reply.text(ANSWER);
      },
    }),
  'stays silent': () => defineHandler({ on: 'message.text', handle: () => undefined }),
  'stays silent after the deadline': (wait) =>
    defineHandler({ on: 'message.text', handle: () => wait(6_000) }),
};

function afterWaiting(wait: Waits, ms: number, answer = ANSWER): Handler {
  return defineHandler({
    on: 'message.text',
    async handle(ctx) {
      await wait(ms);
      return ctx.reply.text(answer);
    },
  });
}

/** Answers after some time, unless it is told to stop before. */
function heeding(wait: Waits, ms: number, excuse: string | undefined): Handler {
  return defineHandler({
    on: 'message.text',
    async handle(ctx) {
      await untilStopped(wait(ms), ctx.signal);
      if (!ctx.signal.aborted) return ctx.reply.text(ANSWER);
      return excuse === undefined ? undefined : ctx.reply.text(excuse);
    },
  });
}

const untilStopped = (work: Promise<void>, signal: AbortSignal): Promise<void> =>
  Promise.race([
    work,
    new Promise<void>((resume) => signal.addEventListener('abort', () => resume(), { once: true })),
  ]);

function deferring(wait: Waits, ms: number): Handler {
  return defineHandler({
    on: 'message.text',
    async handle(ctx) {
      if (ms > 0) await wait(ms);
      return ctx.defer({ to: 'later' });
    },
    async later(ctx) {
      await wait(200);
      return ctx.reply.text(ANSWER);
    },
  });
}

interface Heard {
  readonly status: number;
  readonly body: string;
  readonly afterMs: number;
}

interface Story {
  readonly world: SimulatedCluster;
  /** In the order of the attempts; undefined: no answer within five seconds. */
  readonly heard: (Heard | undefined)[];
  /** Answer to an attempt long after, unless its process died of it. */
  readonly last: Heard | 'died' | undefined;
  readonly deadReasons: readonly string[];
  readonly steps: readonly number[];
}

const silentBehaviours = new Set(['stays silent', 'stays silent after the deadline']);

/**
 * WeChat pushes: attempts in turn until one is answered, each to the next process, or all at once. A dead process is
 * replaced after a second. Then all settles, and the push comes once more.
 */
async function tell(
  behaviour: string,
  tries: 'in turn' | 'at once',
  faults: readonly Fault[],
): Promise<Story> {
  const make = behaviours[behaviour];
  if (make === undefined) throw new Error(behaviour);
  const wait: Waits = (ms) =>
    new Promise((resume) => {
      world.clock.schedule(ms, resume);
    });
  const world: SimulatedCluster = new SimulatedCluster({ handler: make(wait), faults });
  const first = await world.startProcess();
  const second = await world.startProcess();
  const current: SimulatedProcess[] = [first, second];
  const replaceDead = (): void => {
    world.clock.schedule(1_000, () => {
      for (const [place, one] of current.entries()) {
        if (one.alive) continue;
        void world.startProcess().then((fresh) => (current[place] = fresh));
      }
      replaceDead();
    });
  };
  replaceDead();

  const heard: (Heard | undefined)[] = [];
  const oneTry = async (number: number): Promise<void> => {
    const startMs = world.clock.now();
    const target = current[number % 2];
    void target?.receive(TEXT_PUSH).then((answer) => {
      const afterMs = world.clock.now() - startMs;
      if (afterMs < WECHAT_WAITS_MS) heard[number] ??= { ...answer, afterMs };
    });
  };
  if (tries === 'at once') {
    for (let number = 0; number < 4; number += 1) void oneTry(number);
    await world.clock.advance(WECHAT_WAITS_MS);
  } else {
    for (let number = 0; number < 3 && heard[number - 1]?.status !== 200; number += 1) {
      void oneTry(number);
      await world.clock.advance(WECHAT_WAITS_MS);
    }
  }
  await world.clock.advance(SETTLES_MS);
  // Somebody replays the push, or a late copy of it arrives.
  const target = current[LATE_TRY % 2];
  void oneTry(LATE_TRY);
  // If all processes before died without a claim, this is the first run, and its process may die, too.
  await world.clock.advance(2 * SETTLES_MS);
  const last = target?.alive === true ? heard[LATE_TRY] : 'died';
  const letters = await world.store.deadLetters(10);
  return {
    world,
    heard,
    last,
    deadReasons: letters.map(({ reason }) => reason),
    steps: world.processes.map(({ steps }) => steps),
  };
}

/** Checks the promises that hold in every story. Returns those that are broken. */
function broken(story: Story, behaviour: string, faults: readonly Fault[]): string[] {
  const { heard, world, deadReasons } = story;
  const faultless = faults.length === 0;
  const wrong: string[] = [];
  const answers = heard.filter((answer) => answer !== undefined);
  const replies = answers.filter(({ body }) => body.includes(ANSWER));
  const successes = answers.filter(({ body }) => body === 'success');

  for (const { afterMs, status } of answers) {
    if (afterMs > REPLY_DEADLINE_MS + (faultless ? 10 : GRACE_MS))
      wrong.push(`a try was answered after ${afterMs} ms`);
    if (status === 403) wrong.push('a try was refused');
  }
  if (answers.length > 0 && answers.every(({ status }) => status === 503) && faultless)
    wrong.push('every try was turned away');
  if (story.last === undefined) wrong.push('the last try was not answered');
  if (replies.length > 0 && new Set(replies.map(({ body }) => body)).size > 1)
    wrong.push('two tries heard different replies');
  const texts = world.delivered.map(({ content }) => content);
  if (new Set(texts).size < texts.length) wrong.push(`a message was delivered twice: ${texts.length} in all`);
  if (replies.length > 0 && texts.some((text) => text.includes(ANSWER)))
    wrong.push('the user got the answer twice: in time and late');
  if (
    behaviour.includes('at length') &&
    (replies.length > 0 || texts.length > 0) &&
    deadReasons.length === 0
  ) {
    if (!texts.some((text) => text.includes('and its end'))) wrong.push('the rest of a long answer got lost');
  }
  const accepted = answers.some(({ status }) => status === 200);
  if (accepted && !silentBehaviours.has(behaviour)) {
    const reached =
      replies.length > 0 || deadReasons.length > 0 || texts.some((text) => text.includes(ANSWER));
    if (!reached) wrong.push('"success" was said and nothing came of it');
  }
  if (faultless) {
    if (deadReasons.length > 0) wrong.push(`dead letter: ${deadReasons.join()}`);
    if (world.runs !== 1) wrong.push(`the handler ran ${world.runs} times`);
    if (replies.length > 0 && successes.length > 0) wrong.push('one try heard the reply, another "success"');
  }
  if (faults.every(({ what }) => what === 'stop') && deadReasons.length > 0)
    wrong.push('a stop left a dead letter');
  if (deadReasons.some((reason) => reason !== 'unknown')) wrong.push(`dead letter: ${deadReasons.join()}`);
  if (world.jobs.size > 0) wrong.push('a job is left in the queue');
  return wrong;
}

const told: SimulatedCluster[] = [];

async function check(
  behaviour: string,
  tries: 'in turn' | 'at once',
  faults: readonly Fault[],
): Promise<Story> {
  const story = await tell(behaviour, tries, faults);
  told.push(story.world);
  const wrong = broken(story, behaviour, faults);
  const context = JSON.stringify({ behaviour, tries, faults, heard: story.heard, dead: story.deadReasons });
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\n${context}`);
  await story.world.stopAll();
  return story;
}

afterEach(async () => {
  await Promise.all(told.splice(0).map((world) => world.stopAll()));
});

describe.each(Object.keys(behaviours))('given a handler that %s', (behaviour) => {
  describe.each(['in turn', 'at once'] as const)('and tries that come %s', (tries) => {
    test('when nothing goes wrong, then it runs once and every try hears the same', async () => {
      const { world } = await check(behaviour, tries, []);
      expect(world.runs).toBe(1);
    });

    test.each(['crash', 'fail', 'stop'] as const)(
      'when any one step meets a %s, then all promises hold',
      async (what) => {
        const calm = await check(behaviour, tries, []);
        let explored = 0;
        // In the short form, attempts that come at once meet every third fault, another third for each behaviour.
        const stride = tries === 'at once' ? inLongForm(1, { else: 3 }) : 1;
        const firstStep = 1 + (Object.keys(behaviours).indexOf(behaviour) % stride);
        for (const process of [0, 1]) {
          const steps = calm.steps[process] ?? 0;
          for (let step = firstStep; step <= steps + 2; step += stride) {
            // To a crash, before a step is the moment after the one before it.
            for (const when of what === 'fail' ? (['before', 'after'] as const) : (['after'] as const)) {
              await check(behaviour, tries, [{ process, step, when, what }]);
              explored += 1;
            }
          }
        }
        expect(explored).toBeGreaterThan(1);
      },
      120_000,
    );
  });
});

describe('given several faults in one story', () => {
  test('when they are drawn at random, then all promises hold', async () => {
    const fault = fc.record({
      process: fc.integer({ min: 0, max: 3 }),
      step: fc.integer({ min: 1, max: 9 }),
      when: fc.constantFrom('before' as const, 'after' as const),
      what: fc.constantFrom('crash' as const, 'fail' as const, 'stop' as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(behaviours)),
        fc.constantFrom('in turn' as const, 'at once' as const),
        fc.array(fault, { minLength: 2, maxLength: 4 }),
        async (behaviour, tries, faults) => {
          await check(behaviour, tries, faults);
        },
      ),
      {
        numRuns: inLongForm(1_000, { else: 100 }),
        examples: [
          [
            'streams past the deadline',
            'at once',
            [
              { process: 2, step: 2, when: 'after', what: 'crash' },
              { process: 0, step: 1, when: 'before', what: 'crash' },
              { process: 1, step: 1, when: 'before', what: 'crash' },
            ],
          ],
        ],
      },
    );
  }, 120_000);
});
