import type { Words } from '../../protocol/words.js';
import { wordsOf } from '../http-api/problem.js';
import { runStateCommand } from '../state-commands.js';
import { performAction } from '../push/user-actions.js';
import { push } from '../push/push.js';
import type { Delivery } from '../push/pusher.js';
import { replay } from '../push/replay.js';
import type { Sandbox } from '../types/sandbox.js';
import type { Exchange } from '../types/types.js';
import { callApi } from './call-api.js';
import { mismatch } from './match.js';
import { milliseconds, readStep, type Scenario, type Step } from './scenario.js';

export interface ScenarioReport {
  readonly name: string;
  readonly passed: boolean;
  /** The steps up to and including the first failure. */
  readonly steps: readonly { readonly step: Step; readonly passed: boolean; readonly problem?: Words }[];
}

/** The report for programs: each problem is its English sentence. */
export const inEnglish = ({ name, passed, steps }: ScenarioReport) => ({
  name,
  passed,
  steps: steps.map(({ problem, ...step }) => ({
    ...step,
    ...(problem !== undefined && { problem: problem.en }),
  })),
});

const WITHIN_MS = 20_000;
const VERDICTS_WITHIN_MS = 60_000;
/** Interval of polling while a step waits, unless a test drives the clock. */
const LOOK_AGAIN_MS = 5;
const LOOKS_BEFORE_DRIVING = 4;
/** Longest single `advance`, so that periodic timers cannot exceed its limit. */
const LONGEST_ADVANCE_MS = 6 * 3_600_000;

/** Runs the steps in order, and stops at the first mismatch. */
export async function runScenario(
  sandbox: Sandbox,
  { name, account, steps }: Scenario,
): Promise<ScenarioReport> {
  const run = new Run(sandbox);
  if (account !== undefined) sandbox.state.changeAccount(account);
  const told: ScenarioReport['steps'][number][] = [];
  for (const step of steps) {
    let problem: Words | undefined;
    try {
      problem = await run.step(step);
    } catch (error) {
      problem = wordsOf(error);
    }
    told.push({ step, passed: problem === undefined, ...(problem !== undefined && { problem }) });
    if (problem !== undefined) return { name, passed: false, steps: told };
  }
  return { name, passed: true, steps: told };
}

/** State of one run: saved values, and the start of its records. */
class Run {
  private readonly sandbox: Sandbox;
  private readonly named = new Map<string, readonly Delivery[]>();
  private readonly values = new Map<string, string>();
  private readonly beganAt: { chat: number; calls: number; exchanges: number };

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    const { chat, calls, exchanges } = sandbox.state;
    const last = (records: readonly { readonly id: string }[]): number =>
      Number(records.at(-1)?.id.slice(1) ?? 0);
    this.beganAt = { chat: last(chat.list()), calls: last(calls.list()), exchanges: last(exchanges.list()) };
  }

  /** Runs a step. Returns the problem, or `undefined`. */
  async step(raw: Step): Promise<Words | undefined> {
    const { state } = this.sandbox;
    const step = this.filledIn(raw);
    if ('push' in step) return this.settle(push(state, step.push), step);
    if ('start' in step) {
      this.named.set(step.as, push(state, step.start));
      return this.soon();
    }
    if ('finish' in step) {
      const begun = this.named.get(step.finish);
      return begun === undefined ? unnamed(step.finish) : this.settle(begun, step);
    }
    if ('replay' in step) {
      const original = this.named.get(step.replay.exchange)?.[0]?.exchange;
      if (original === undefined) return unnamed(step.replay.exchange);
      return this.settle(replay(state, original, step.replay), step);
    }
    if ('act' in step) {
      const { follower, wait: _wait, ...action } = step.act;
      return this.settle(performAction(state, follower, action), step);
    }
    if ('handshake' in step) return this.settle([state.pusher.handshake()], step);
    if ('advance' in step) return this.advance(milliseconds(step.advance));
    if ('wait' in step) return nothing(await this.until(() => false, milliseconds(step.wait)));
    if ('account' in step) return nothing(state.changeAccount(step.account));
    if ('fault' in step) return nothing(state.faults.add(step.fault));
    if ('clearFaults' in step) return nothing(state.faults.clear());
    if ('book' in step) return nothing(runStateCommand(state, step.book));
    if ('call' in step) return this.call(step);
    if ('windows' in step) return mismatch(step.windows, state.windows.list()[0] ?? {}, 'window');
    if ('chat' in step) return this.seen('chat', step.chat, step);
    if ('calls' in step) return this.seen('calls', step.calls, step);
    return this.seen('exchanges', step.exchanges, step);
  }

  /** Replaces `$name` by saved values. */
  private filledIn(step: Step): Step {
    const text = JSON.stringify(step).replace(/\$(\w+)/g, (all, name: string) => {
      const value = this.values.get(name);
      return value === undefined ? all : JSON.stringify(value).slice(1, -1);
    });
    return readStep(JSON.parse(text));
  }

  private async settle(
    deliveries: readonly Delivery[],
    { as, expect }: { as?: string; expect?: object | readonly object[] },
  ): Promise<Words | undefined> {
    if (as !== undefined) this.named.set(as, deliveries);
    const all = Promise.all(deliveries.map(({ done }) => done));
    if (!(await this.ends(all, VERDICTS_WITHIN_MS)))
      return { en: 'no verdict within a minute', zh: '一分钟之内没有结果' };
    const told = (await all).map(summary);
    if (expect === undefined) return undefined;
    if (Array.isArray(expect)) return mismatch(expect, told, 'exchanges');
    return told.map((one) => mismatch(expect, one, 'exchange')).find((problem) => problem !== undefined);
  }

  private async call(step: Extract<Step, { call: unknown }>): Promise<Words | undefined> {
    const calling = new AbortController();
    const answering = callApi(this.sandbox, step.call, calling.signal);
    if (!(await this.ends(answering, WITHIN_MS))) {
      calling.abort();
      return {
        en: `no answer within ${WITHIN_MS / 1_000} s`,
        zh: `${WITHIN_MS / 1_000} 秒之内没有应答`,
      };
    }
    const told = await answering;
    for (const [name, field] of Object.entries(step.save ?? {})) this.values.set(name, String(told[field]));
    return step.expect === undefined ? undefined : mismatch(step.expect, told, 'answer');
  }

  /** Waits until `times` records match; with 0, no record may match. */
  private async seen(
    kind: 'chat' | 'calls' | 'exchanges',
    expected: object,
    { times = 1, within = WITHIN_MS }: { times?: number; within?: number | string },
  ): Promise<Words | undefined> {
    const { state } = this.sandbox;
    const list = () => {
      const since = state[kind].list().filter(({ id }) => Number(id.slice(1)) > this.beganAt[kind]);
      return kind === 'exchanges'
        ? state.exchanges
            .list()
            .filter((one) => since.includes(one))
            .map(summary)
        : since;
    };
    const fitting = () => list().filter((record) => mismatch(expected, record) === undefined).length;
    if (times > 0) await this.until(() => fitting() >= times, milliseconds(within));
    const found = fitting();
    if (found === times) return undefined;
    const [like, all] = [JSON.stringify(expected), JSON.stringify(list()).slice(0, 1_500)];
    return {
      en: `${kind}: ${found} instead of ${times} like ${like}; all: ${all}`,
      zh: `${kind}：与 ${like} 相符的有 ${found} 个，应为 ${times} 个；全部：${all}`,
    };
  }

  private async advance(ms: number): Promise<undefined> {
    for (let left = ms; left > 0; left -= LONGEST_ADVANCE_MS) {
      await this.sandbox.advance(Math.min(left, LONGEST_ADVANCE_MS));
    }
    return this.soon();
  }

  /** Waits until started work has reached the server. */
  private async soon(): Promise<undefined> {
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_AGAIN_MS);
    });
    return undefined;
  }

  /** Waits until `work` settles (either way). Resolves with false after `withinMs`; a later error is ignored. */
  private async ends(work: Promise<unknown>, withinMs: number): Promise<boolean> {
    let hasEnded = false;
    // Handles a rejection from the start: an unhandled one ends the process.
    const end = (): void => void (hasEnded = true);
    work.then(end, end);
    return !(await this.until(() => hasEnded, withinMs));
  }

  /** Waits by the sandbox's clock. Resolves with true on a timeout. */
  private async until(reached: () => boolean, withinMs: number): Promise<boolean> {
    const { clock, drive } = this.sandbox;
    const endMs = clock.now() + withinMs;
    // Most answers arrive without any progress of the clock.
    for (let looks = 0; !reached(); looks += 1) {
      if (clock.now() > endMs) return true;
      if (drive === undefined || looks < LOOKS_BEFORE_DRIVING) await this.soon();
      else await drive();
    }
    return false;
  }
}

/** Returns an exchange in the form of scenarios: the fields of the verdict at the top, the attempts by number. */
function summary(exchange: Exchange) {
  const { verdict, tries, ...rest } = exchange;
  return {
    ...rest,
    ...verdict,
    tries: tries.length,
    outcomes: tries.map(({ outcome }) => outcome),
    status: tries.at(-1)?.status,
    body: tries.at(-1)?.responseBody,
    tookMs: (tries.at(-1)?.endedAtMs ?? exchange.atMs) - exchange.atMs,
  };
}

const unnamed = (name: string): Words => ({
  en: `nothing is named ${name}`,
  zh: `没有名为 ${name} 的推送`,
});

/** Discards a result: success without a problem. */
function nothing(_result: unknown): undefined {
  return undefined;
}
