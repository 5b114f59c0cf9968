import { defineHandler, type Handler } from '../../src/index.js';
import type { Clock } from '../../src/ports/clock.js';
import { aheadOf, answerOf } from './answer.js';
import type { UserStep } from './traffic.js';

/** Record of the handler runs of all servers, by the number of the push. */
export interface HandlerDiary {
  readonly runs: Map<number, number>;
  readonly laterRuns: Map<number, number>;
  /** When the answer was ready, for the first time. */
  readonly readyAtMs: Map<number, number>;
  /** `ctx.send` was taken. */
  readonly sentAhead: Set<number>;
}

export const newDiary = (): HandlerDiary => ({
  runs: new Map(),
  laterRuns: new Map(),
  readyAtMs: new Map(),
  sentAhead: new Set(),
});

/** Handlers of one process that run at this moment. */
export interface Load {
  underWay: number;
}

interface Ground {
  readonly clock: Clock;
  readonly userSteps: ReadonlyMap<number, UserStep>;
  readonly diary: HandlerDiary;
  readonly load: Load;
}

const HANDLE_BEFORE_LATER_MS = 300;

/** One handler for all that followers do. What it does with a push stands in the plan of the step. */
export function soakHandler({ clock, userSteps, diary, load }: Ground): Handler {
  const after = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.schedule(ms, resolve);
    });
  const note = (runs: Map<number, number>, push: number): void => {
    runs.set(push, (runs.get(push) ?? 0) + 1);
  };
  async function busy<T>(work: () => Promise<T>): Promise<T> {
    load.underWay += 1;
    try {
      return await work();
    } finally {
      load.underWay -= 1;
    }
  }
  const ready = ({ push, plan }: UserStep): string => {
    if (!diary.readyAtMs.has(push)) diary.readyAtMs.set(push, clock.now());
    return answerOf(push, plan.length);
  };
  const triggerOf = (fields: unknown): UserStep => {
    const number = Number(/week-(\d+)/.exec(JSON.stringify(fields))?.[1]);
    const userStep = userSteps.get(number);
    if (userStep === undefined) throw new Error(`no step in ${JSON.stringify(fields)}`);
    return userStep;
  };

  return defineHandler({
    on: ['message.text', 'event.click', 'event.scan', 'event.subscribe'],
    async handle(ctx) {
      const userStep = triggerOf(ctx.push.fields);
      const { push, plan } = userStep;
      note(diary.runs, push);
      return busy(async () => {
        if (plan.how.startsWith('defer')) {
          await after(Math.min(plan.ms, HANDLE_BEFORE_LATER_MS));
          return ctx.defer({ push });
        }
        if (plan.how === 'ahead') await sendAhead(push, (text) => ctx.send(ctx.reply.text(text)));
        await after(plan.ms);
        if (plan.how === 'throw') throw new Error('on purpose');
        if (plan.how === 'silent') return undefined;
        return ctx.reply.text(ready(userStep));
      });
    },
    async later(ctx, { push }) {
      note(diary.laterRuns, push);
      return busy(async () => {
        const userStep = userSteps.get(push);
        if (userStep === undefined) throw new Error(`no step of push ${push}`);
        await after(Math.max(0, userStep.plan.ms - HANDLE_BEFORE_LATER_MS));
        if (userStep.plan.how === 'defer-again' && diary.laterRuns.get(push) === 1)
          throw new Error('on purpose');
        return ctx.reply.text(ready(userStep));
      });
    },
  });

  async function sendAhead(push: number, send: (text: string) => Promise<void>): Promise<void> {
    try {
      await send(aheadOf(push));
      diary.sentAhead.add(push);
    } catch {
      // No window, or no right: the answer finds its way all the same.
    }
  }
}
