import { runStateCommand } from '../state-commands.js';
import { performAction } from '../push/user-actions.js';
import { push } from '../push/push.js';
import type { Delivery } from '../push/pusher.js';
import { replay } from '../push/replay.js';
import type { Sandbox } from '../types/sandbox.js';
import type { Exchange } from '../types.js';
import { callApi } from './call-api.js';
import { mismatch } from './match.js';
import { milliseconds, readStep, type Scenario, type Step } from './scenario.js';

export interface ScenarioReport {
  readonly name: string;
  readonly passed: boolean;
  /** Up to and including the first that failed. */
  readonly steps: readonly { readonly step: Step; readonly passed: boolean; readonly problem?: string }[];
}

const WITHIN_MS = 20_000;
const VERDICTS_WITHIN_MS = 60_000;
/** A step of the clock while something is waited for, where nobody else drives it. */
const LOOK_AGAIN_MS = 5;
const LOOKS_BEFORE_DRIVING = 4;
/** At once, so that timers that re-arm themselves cannot fill one `advance`. */
const LONGEST_ADVANCE_MS = 6 * 3_600_000;

/** Runs the steps one after the other, and stops at the first that is not as expected. */
export async function runScenario(
  sandbox: Sandbox,
  { name, account, steps }: Scenario,
): Promise<ScenarioReport> {
  const run = new Run(sandbox);
  if (account !== undefined) sandbox.state.changeAccount(account);
  const told: ScenarioReport['steps'][number][] = [];
  for (const step of steps) {
    let problem: string | undefined;
    try {
      problem = await run.step(step);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    told.push({ step, passed: problem === undefined, ...(problem !== undefined && { problem }) });
    if (problem !== undefined) return { name, passed: false, steps: told };
  }
  return { name, passed: true, steps: told };
}

/** One run: what was named on the way, and where its records begin. */
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

  /** The problem, or `undefined` where all is as expected. */
  async step(raw: Step): Promise<string | undefined> {
    const { state } = this.sandbox;
    const step = this.filledIn(raw);
    if ('push' in step) return this.settle(push(state, step.push), step);
    if ('start' in step) {
      this.named.set(step.as, push(state, step.start));
      return this.soon();
    }
    if ('finish' in step) {
      const begun = this.named.get(step.finish);
      return begun === undefined ? `nothing is named ${step.finish}` : this.settle(begun, step);
    }
    if ('replay' in step) {
      const original = this.named.get(step.replay.exchange)?.[0]?.exchange;
      if (original === undefined) return `nothing is named ${step.replay.exchange}`;
      return this.settle(replay(state, original, step.replay), step);
    }
    if ('act' in step) {
      const { follower, wait: _wait, ...deed } = step.act;
      return this.settle(performAction(state, follower, deed), step);
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

  /** Puts what was saved in the place of `$name`. */
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
  ): Promise<string | undefined> {
    if (as !== undefined) this.named.set(as, deliveries);
    const all = Promise.all(deliveries.map(({ done }) => done));
    if (!(await this.ends(all, VERDICTS_WITHIN_MS))) return 'no verdict within a minute';
    const told = (await all).map(summary);
    if (expect === undefined) return undefined;
    if (Array.isArray(expect)) return mismatch(expect, told, 'exchanges');
    return told.map((one) => mismatch(expect, one, 'exchange')).find((problem) => problem !== undefined);
  }

  private async call(step: Extract<Step, { call: unknown }>): Promise<string | undefined> {
    const calling = new AbortController();
    const answering = callApi(this.sandbox, step.call, calling.signal);
    if (!(await this.ends(answering, WITHIN_MS))) {
      calling.abort();
      return `no answer within ${WITHIN_MS / 1_000} s`;
    }
    const told = await answering;
    for (const [name, field] of Object.entries(step.save ?? {})) this.values.set(name, String(told[field]));
    return step.expect === undefined ? undefined : mismatch(step.expect, told, 'answer');
  }

  /** Waits until so many records fit; none at all may fit where `times` is 0. */
  private async seen(
    kind: 'chat' | 'calls' | 'exchanges',
    expected: object,
    { times = 1, within = WITHIN_MS }: { times?: number; within?: number | string },
  ): Promise<string | undefined> {
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
    return `${kind}: ${found} instead of ${times} like ${JSON.stringify(expected)}; all: ${JSON.stringify(list()).slice(0, 1_500)}`;
  }

  private async advance(ms: number): Promise<undefined> {
    for (let left = ms; left > 0; left -= LONGEST_ADVANCE_MS) {
      await this.sandbox.advance(Math.min(left, LONGEST_ADVANCE_MS));
    }
    return this.soon();
  }

  /** Lets what was just begun reach the other side. */
  private async soon(): Promise<undefined> {
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_AGAIN_MS);
    });
    return undefined;
  }

  /** Waits until work has ended, well or badly. Resolves with false if it took too long; then nobody hears of its fault. */
  private async ends(work: Promise<unknown>, withinMs: number): Promise<boolean> {
    let hasEnded = false;
    // A rejection has a listener from the start: one that nobody listens to ends the process.
    const end = (): void => void (hasEnded = true);
    work.then(end, end);
    return !(await this.until(() => hasEnded, withinMs));
  }

  /** Waits, on the sandbox's clock. Resolves with true if it took too long. */
  private async until(reached: () => boolean, withinMs: number): Promise<boolean> {
    const { clock, drive } = this.sandbox;
    const endMs = clock.now() + withinMs;
    // Most answers come by themselves, without any time passing on the clock.
    for (let looks = 0; !reached(); looks += 1) {
      if (clock.now() > endMs) return true;
      if (drive === undefined || looks < LOOKS_BEFORE_DRIVING) await this.soon();
      else await drive();
    }
    return false;
  }
}

/** An exchange as scenarios see it: the verdict's fields on top, the tries by number. */
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

/** Of what went well without a result there is no problem to tell. */
function nothing(_result: unknown): undefined {
  return undefined;
}
