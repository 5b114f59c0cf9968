import { createSandbox } from '../../src/sandbox/sandbox.js';
import { push as pushOf } from '../../src/sandbox/push/push.js';
import type { AccountKind, ApiCall, ChatItem, Exchange, Attempt } from '../../src/sandbox/types.js';
import type { DeadLetter } from '../../src/ports/state-store.js';
import { pass } from '../support/eventually.js';
import type { LogLine } from '../support/handler-runtime.js';
import { NOTICE } from './answer.js';
import { VirtualClock } from './clock.js';
import { newDiary, type HandlerDiary } from './handlers.js';
import { startPair } from './pair.js';
import { startEmbedded, type CallbackTraffic, type SoakServers } from './servers.js';
import { makeTraffic, type UserStep, type Hour, type TrafficOptions } from './traffic.js';

export interface StoryOptions {
  readonly kind: AccountKind;
  readonly servers: 'embedded' | 'pair';
  readonly traffic: TrafficOptions;
  readonly settings?: Readonly<Record<string, string>>;
  /** Processes that die, one in each of the first hours, in the midst of its rush. */
  readonly deaths?: number;
}

/** Everything that happened, to be judged. */
export interface Story {
  readonly deeds: readonly UserStep[];
  /** By push. */
  readonly exchanges: ReadonlyMap<number, Exchange>;
  /** In order. */
  readonly chat: readonly ChatItem[];
  readonly sends: readonly ApiCall[];
  readonly letters: readonly DeadLetter[];
  readonly diary: HandlerDiary;
  readonly log: readonly LogLine[];
  readonly waiting: number;
  readonly deaths: number;
  /** The servers know from the start that nothing may be sent. */
  readonly isPassiveOnly: boolean;
  readonly realSeconds: number;
  readonly stops: number;
}

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
/** What is kept for a next message is given up a day after its push. */
const LAST_DAY_MS = 26 * 3_600_000;

/** Plays a week of traffic between the sandbox and servers, on one moved clock. */
export async function runSoak(options: StoryOptions): Promise<Story> {
  const startedAtMs = Date.now();
  const clock = new VirtualClock();
  const sandbox = createSandbox({ port: 0, clock, account: { kind: options.kind } });
  await sandbox.start();
  const { hours, deeds } = makeTraffic(options.traffic);
  const diary = newDiary();
  const chat: ChatItem[] = [];
  const sends: ApiCall[] = [];
  const exchanges = new Map<number, Exchange>();
  const wire = new Wire();
  sandbox.state.bus.listen((event) => {
    if (event.event === 'exchange') wire.note(event.data);
    if (event.event === 'chat') chat.push(event.data);
    if (event.event === 'call' && event.data.path.endsWith('/custom/send')) sends.push(event.data);
  });
  const start = options.servers === 'pair' ? startPair : startEmbedded;
  const servers: SoakServers = await start({
    sandbox,
    clock,
    deeds: new Map(deeds.map((deed) => [deed.push, deed])),
    diary,
    settings: { LATE_NOTICE: NOTICE, ...options.settings },
  });
  let running = 0;
  let stops = 0;

  let livelyFor = 0;

  async function step(mostMs: number, pace: { backgroundMs: number }): Promise<void> {
    stops += 1;
    const before = servers.log.length + sends.length;
    if (clock.step(mostMs, pace)) livelyFor = LIVELY_STEPS;
    const rounds = livelyFor > 0 ? STILL_ROUNDS : 1;
    livelyFor = Math.max(0, livelyFor - 1);
    await arrive(rounds);
    if (servers.log.length + sends.length > before) livelyFor = LIVELY_STEPS;
  }

  /** Nothing moves while something is on its way: a push, an answer, a question to store, queue or API. */
  async function arrive(rounds = STILL_ROUNDS): Promise<void> {
    const untilMs = Date.now() + MOST_PATIENCE_MS;
    for (let still = 0; still < rounds;) {
      await turns();
      await servers.pulse();
      const isStill = servers.pending() === 0 && wire.isEmpty(servers.callbackTraffic);
      still = isStill ? still + 1 : 0;
      if (!isStill) await pass(1);
      if (Date.now() > untilMs) return wire.forget(servers.callbackTraffic);
    }
  }

  function begin(deed: UserStep): void {
    for (const { done } of pushOf(sandbox.state, requestOf(deed))) {
      running += 1;
      void done.then((exchange) => {
        exchanges.set(deed.push, exchange);
        running -= 1;
      });
    }
  }

  const isQuiet = (): boolean =>
    running === 0 && servers.underWay() === 0 && servers.dueWithin(SOON_MS) === 0;

  /** Moves to a moment, through whatever falls due on the way. */
  async function moveTo(atMs: number): Promise<void> {
    while (clock.now() < atMs) {
      const leftMs = atMs - clock.now();
      if (isQuiet()) await step(Math.min(leftMs, QUIET.backgroundMs), QUIET);
      else await step(Math.min(leftMs, STEP_MS), BUSY);
    }
  }

  async function play(hour: Hour, beganAtMs: number, death: boolean): Promise<void> {
    // After a night everybody beats again before anything comes.
    await moveTo(beganAtMs + hour.atMs - 3_000);
    for (let beats = 0; beats < 12; beats += 1) await step(STEP_MS, BUSY);
    const zeroMs = clock.now();
    if (death) clock.schedule(8_000 + (hour.deeds.length % 7) * 1_500, () => servers.die?.());
    for (const deed of hour.deeds) {
      await busyUntil(zeroMs + deed.afterMs);
      begin(deed);
      await arrive();
    }
    while (!isQuiet()) await step(STEP_MS, BUSY);
  }

  async function busyUntil(atMs: number): Promise<void> {
    while (clock.now() < atMs) await step(Math.min(atMs - clock.now(), STEP_MS), BUSY);
  }

  const beganAtMs = clock.now() + 10_000;
  for (const [index, hour] of hours.entries()) await play(hour, beganAtMs, index < (options.deaths ?? 0));
  await moveTo(clock.now() + LAST_DAY_MS);
  while (!isQuiet()) await step(STEP_MS, BUSY);
  const letters = await servers.store().deadLetters(100_000);
  const waiting = await servers.waiting();
  const { deaths = 0 } = options;
  const isPassiveOnly = options.settings?.['LATE_REPLY'] === 'passive-only';
  const story = {
    deeds,
    exchanges,
    chat,
    sends,
    letters,
    diary,
    log: servers.log,
    waiting,
    deaths,
    isPassiveOnly,
  };
  await servers.stop(() => step(STEP_MS, BUSY));
  await sandbox.stop();
  return { ...story, realSeconds: (Date.now() - startedAtMs) / 1000, stops };
}

function requestOf({ push, follower, kind }: UserStep) {
  const name = `week-${push}`;
  switch (kind) {
    case 'message':
      return { follower, kind: 'message.text', fields: { Content: name } };
    case 'tap':
      return { follower, kind: 'event.CLICK', fields: { EventKey: name } };
    case 'scan':
      return { follower, kind: 'event.SCAN', fields: { EventKey: name, Ticket: 'gQweek' } };
    case 'follow':
      return { follower, kind: 'event.subscribe', fields: { EventKey: `qrscene_${name}`, Ticket: 'gQweek' } };
    case 'leave':
      return { follower, kind: 'event.unsubscribe', fields: { EventKey: '' } };
    default:
      return kind satisfies never;
  }
}

/** Lets the event loop turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS_A_ROUND; turn += 1)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
}

/** What is on its way between the sandbox and the callbackTraffic, as far as both know. */
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

  /** What has not come by now never does: a process died with it, or its sender had hung up. */
  forget({ requests, answers }: CallbackTraffic): void {
    this.#lostRequests = Math.max(this.#lostRequests, this.#started - this.#broken - requests);
    this.#lostAnswers = Math.max(this.#lostAnswers, answers - this.#answered - this.#broken);
  }
}
