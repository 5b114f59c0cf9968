import { createSandbox } from '../../src/sandbox/sandbox.js';
import type { AccountKind, ApiCall, ChatItem, Exchange } from '../../src/sandbox/types/types.js';
import type { DeadLetter } from '../../src/ports/state-store.js';
import type { LogLine } from '../support/app/handler-runtime.js';
import { NOTICE } from './answer.js';
import { VirtualClock } from './clock.js';
import { newDiary, type HandlerDiary } from './handlers.js';
import { startPair } from './pair.js';
import { startEmbedded, type SoakServers } from './servers.js';
import { TimeDriver } from './time-driver.js';
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
  readonly userSteps: readonly UserStep[];
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

/** Answers in the mailbox expire a day after their push. */
const LAST_DAY_MS = 26 * 3_600_000;

/** Plays a week of traffic between the sandbox and servers, on one moved clock. */
export async function runSoak(options: StoryOptions): Promise<Story> {
  const startedAtMs = Date.now();
  const clock = new VirtualClock();
  const sandbox = createSandbox({ port: 0, clock, account: { kind: options.kind } });
  await sandbox.start();
  const { hours, userSteps } = makeTraffic(options.traffic);
  const diary = newDiary();
  const chat: ChatItem[] = [];
  const sends: ApiCall[] = [];
  const exchanges = new Map<number, Exchange>();
  sandbox.state.bus.listen((event) => {
    if (event.event === 'chat') chat.push(event.data);
    if (event.event === 'call' && event.data.path.endsWith('/custom/send')) sends.push(event.data);
  });
  const start = options.servers === 'pair' ? startPair : startEmbedded;
  const servers: SoakServers = await start({
    sandbox,
    clock,
    userSteps: new Map(userSteps.map((userStep) => [userStep.push, userStep])),
    diary,
    settings: { LATE_NOTICE: NOTICE, ...options.settings },
  });
  const time = new TimeDriver({ clock, sandbox, servers, happened: () => servers.log.length + sends.length });

  function begin(userStep: UserStep): void {
    for (const done of time.push(requestOf(userStep)))
      void done.then((exchange) => exchanges.set(userStep.push, exchange));
  }

  async function play(hour: Hour, beganAtMs: number, death: boolean): Promise<void> {
    // After a night everybody beats again before anything comes.
    await time.moveTo(beganAtMs + hour.atMs - 3_000);
    await time.busyUntil(clock.now() + 3_000);
    const zeroMs = clock.now();
    if (death) clock.schedule(8_000 + (hour.userSteps.length % 7) * 1_500, () => servers.die?.());
    for (const userStep of hour.userSteps) {
      await time.busyUntil(zeroMs + userStep.afterMs);
      begin(userStep);
      await time.arrive();
    }
    await time.untilQuiet();
  }

  const beganAtMs = clock.now() + 10_000;
  for (const [index, hour] of hours.entries()) await play(hour, beganAtMs, index < (options.deaths ?? 0));
  await time.moveTo(clock.now() + LAST_DAY_MS);
  await time.untilQuiet();
  const letters = await servers.store().deadLetters(100_000);
  const waiting = await servers.waiting();
  const { deaths = 0 } = options;
  const isPassiveOnly = options.settings?.['LATE_REPLY'] === 'passive-only';
  const story = {
    userSteps,
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
  await servers.stop(() => time.step());
  await sandbox.stop();
  return { ...story, realSeconds: (Date.now() - startedAtMs) / 1000, stops: time.stops };
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
