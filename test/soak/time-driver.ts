import { push as pushOf } from '../../src/sandbox/push/push.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import type { Attempt, Exchange, PushRequest } from '../../src/sandbox/types/types.js';
import { pass } from '../support/time/eventually.js';
import type { VirtualClock } from './clock.js';
import type { CallbackTraffic, SoakServers } from './servers.js';

const STEP_MS = 250;
/** After something happened, so many steps wait for sockets and files. */
const LIVELY_STEPS = 3;
/** Heartbeats may come so late while something is under way: an owner is sure of itself for 1.2 s. */
const BUSY = { backgroundMs: 400 };
/** While nothing is under way and nothing will be for a while. */
const QUIET = { backgroundMs: 20 * 60_000 };
const SOON_MS = 60_000;
/** For what is on its way over loopback, in real time. */
const MOST_PATIENCE_MS = 1_000;
/** So often nothing is seen to be on its way, in a row, until that is believed. */
const STILL_ROUNDS = 4;
const TURNS_A_ROUND = 4;

/** Moves the clock of a sandbox and of its servers. It stands still while anything is in transit between them. */
export class TimeDriver {
  /** How often the clock was moved. */
  stops = 0;
  readonly #clock: VirtualClock;
  readonly #sandbox: Sandbox;
  readonly #servers: Pick<SoakServers, 'callbackTraffic' | 'underWay' | 'dueWithin' | 'pending' | 'pulse'>;
  readonly #happened: () => number;
  readonly #quietMs: number;
  readonly #wire = new Wire();
  #running = 0;
  #livelyFor = 0;

  constructor(deps: {
    readonly clock: VirtualClock;
    readonly sandbox: Sandbox;
    readonly servers: Pick<SoakServers, 'callbackTraffic' | 'underWay' | 'dueWithin' | 'pending' | 'pulse'>;
    /** A number that rises with whatever happens. */
    readonly happened: () => number;
    /** How late background timers may come while nothing is under way. Default: 20 minutes. */
    readonly quietMs?: number;
  }) {
    this.#clock = deps.clock;
    this.#sandbox = deps.sandbox;
    this.#servers = deps.servers;
    this.#happened = deps.happened;
    this.#quietMs = deps.quietMs ?? QUIET.backgroundMs;
    deps.sandbox.state.bus.listen((event) => {
      if (event.event === 'exchange') this.#wire.note(event.data);
    });
  }

  /** Lets the sandbox push. Each exchange resolves once it is over. */
  push(request: PushRequest): readonly Promise<Exchange>[] {
    return pushOf(this.#sandbox.state, request).map(({ done }) => {
      this.#running += 1;
      return done.finally(() => (this.#running -= 1));
    });
  }

  /** Moves to a moment, through whatever falls due on the way. */
  async moveTo(atMs: number): Promise<void> {
    while (this.#clock.now() < atMs) {
      const leftMs = atMs - this.#clock.now();
      if (this.#isQuiet()) await this.step(Math.min(leftMs, this.#quietMs), { backgroundMs: this.#quietMs });
      else await this.step(Math.min(leftMs, STEP_MS));
    }
  }

  /** Moves to a moment in small steps, so that everybody beats in time. */
  async busyUntil(atMs: number): Promise<void> {
    while (this.#clock.now() < atMs) await this.step(Math.min(atMs - this.#clock.now(), STEP_MS));
  }

  async untilQuiet(): Promise<void> {
    while (!this.#isQuiet()) await this.step();
  }

  async step(mostMs = STEP_MS, pace: { backgroundMs: number } = BUSY): Promise<void> {
    this.stops += 1;
    const before = this.#happened();
    if (this.#clock.step(mostMs, pace)) this.#livelyFor = LIVELY_STEPS;
    const rounds = this.#livelyFor > 0 ? STILL_ROUNDS : 1;
    this.#livelyFor = Math.max(0, this.#livelyFor - 1);
    await this.arrive(rounds);
    if (this.#happened() > before) this.#livelyFor = LIVELY_STEPS;
  }

  /** Nothing moves while something is on its way: a push, an answer, a question to store, queue or API. */
  async arrive(rounds = STILL_ROUNDS): Promise<void> {
    const { pending, pulse, callbackTraffic } = this.#servers;
    const untilMs = Date.now() + MOST_PATIENCE_MS;
    for (let still = 0; still < rounds;) {
      await turns();
      await pulse();
      const isStill = pending() === 0 && this.#wire.isEmpty(callbackTraffic);
      still = isStill ? still + 1 : 0;
      if (!isStill) await pass(1);
      if (Date.now() > untilMs) return this.#wire.forget(callbackTraffic);
    }
  }

  #isQuiet(): boolean {
    return this.#running === 0 && this.#servers.underWay() === 0 && this.#servers.dueWithin(SOON_MS) === 0;
  }
}

/** Lets the event loop turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS_A_ROUND; turn += 1)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
}

/** Requests and answers in transit between the sandbox and the servers, as far as both know. */
class Wire {
  readonly #tries = new Map<string, Attempt['outcome']>();
  #started = 0;
  #answered = 0;
  #broken = 0;
  #lostRequests = 0;
  #lostAnswers = 0;

  note({ id, tries }: Exchange): void {
    const last = tries.at(-1);
    if (last === undefined) return;
    const name = `${id} ${last.number}`;
    const before = this.#tries.get(name);
    if (before === last.outcome) return;
    this.#tries.set(name, last.outcome);
    if (before === undefined) this.#started += 1;
    if (last.outcome === 'answered') this.#answered += 1;
    if (last.outcome === 'connection-error') this.#broken += 1;
  }

  isEmpty({ requests, answers }: CallbackTraffic): boolean {
    return (
      requests >= this.#started - this.#broken - this.#lostRequests &&
      answers <= this.#answered + this.#broken + this.#lostAnswers
    );
  }

  /** Drops what is still in transit: a process died with it, or its sender closed the connection. */
  forget({ requests, answers }: CallbackTraffic): void {
    this.#lostRequests = Math.max(this.#lostRequests, this.#started - this.#broken - requests);
    this.#lostAnswers = Math.max(this.#lostAnswers, answers - this.#answered - this.#broken);
  }
}
