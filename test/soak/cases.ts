import type { StoryOptions } from './run-soak.js';
import type { Figures } from './oracle.js';

/** One week, and what has to be true of it. */
export interface WeekCase {
  readonly on: string;
  readonly when: string;
  readonly options: StoryOptions;
  /** The claims that do not hold. */
  readonly broken: (figures: Figures) => string[];
}

const SEED = 5;
const FOLLOWERS = { seed: SEED, followers: 500 } as const;
/** About 1,300 pushes a week of an account whose late answers are messages. */
const LIVELY = { hoursADay: 2, atOnce: 50, mostSlow: 1_000, lengthy: 0.1, comeBack: 0.2 } as const;
/** WeChat's alarm allows few tries without an answer in five minutes: so few slow answers at a time. */
const CALM = { hoursADay: 3, atOnce: 16, mostSlow: 12, lengthy: 0.03, comeBack: 0.7 } as const;

/**
 * The cases, for so many days: seven, or fewer, of which less can be said. Those in which one of two servers dies come first.
 * @param calmOn  the servers on which nobody dies. Default: both kinds.
 */
export function weekCases(
  days: number,
  calmOn: readonly StoryOptions['servers'][] = ['embedded', 'pair'],
): WeekCase[] {
  const service = { kind: 'service-verified', traffic: { ...FOLLOWERS, ...LIVELY, days } } as const;
  const subscription = {
    kind: 'subscription-verified',
    traffic: { ...FOLLOWERS, ...LIVELY, days, seed: SEED + 1, hoursADay: 1, atOnce: 40 },
  } as const;
  const passiveOnly = {
    kind: 'subscription-unverified',
    settings: { LATE_REPLY: 'passive-only' },
    traffic: { ...FOLLOWERS, ...CALM, days, seed: SEED + 2 },
  } as const;
  const auto = {
    kind: 'subscription-unverified',
    traffic: { ...FOLLOWERS, ...CALM, days, seed: SEED + 3, hoursADay: 1 },
  } as const;

  const nothingRefused = ({ refusedSends }: Figures) =>
    claim('WeChat refuses nothing', errcodes(refusedSends).length === 0, refusedSends);
  const mostComeAtOnce = ({ ready, inSameExchange, behindKept }: Figures) =>
    claim(
      '99 % of the answers that are ready in 14 s come in their exchange',
      inSameExchange / (ready - behindKept) >= 0.99,
      {
        ready,
        inSameExchange,
        behindKept,
      },
    );
  const noLateMessage = ({ lateMessages }: Figures) =>
    claim('no late message goes out', lateMessages === 0, lateMessages);
  const moreThan = (name: 'lateMessages' | 'owedReplies', aWeek: number) => (figures: Figures) =>
    claim(`more than ${aWeek} ${name} a week`, figures[name] > (aWeek * days) / 7, figures[name]);
  const onlyTheRightIsAsked = ({ refusedSends }: Figures) =>
    // Once a day WeChat is asked again; the others were sent by handlers.
    claim('48001 is the only refusal', errcodes(refusedSends).join() === '48001', refusedSends);

  const messages = [nothingRefused, moreThan('lateMessages', 300)];
  const kept = [mostComeAtOnce, moreThan('owedReplies', 50), noLateMessage];
  const calm = calmOn.flatMap((servers): WeekCase[] => {
    const on = `a week of 500 followers on ${servers}`;
    return [
      weekCase(
        on,
        'a service account answers after 0 to 40 s, then nothing is sent that WeChat refuses, and all is seen whole and in order, or explained',
        { ...service, servers },
        messages,
      ),
      weekCase(
        on,
        'a verified subscription account answers after 0 to 40 s, then nothing is sent that WeChat refuses, and all is seen whole and in order, or explained',
        { ...subscription, servers },
        messages,
      ),
      weekCase(
        on,
        'the account may send nothing, then 99 % of the answers that are ready in 14 s come at once, and the others next',
        { ...passiveOnly, servers },
        kept,
      ),
      weekCase(
        on,
        'the account has to find out that it may send nothing, then nothing is lost',
        { ...auto, servers },
        [onlyTheRightIsAsked, moreThan('owedReplies', 10)],
      ),
    ];
  });
  const dying = 'a week in which one of two servers dies now and then';
  return [
    weekCase(
      dying,
      'late answers are messages, then they come once, in order, or are explained',
      { ...subscription, servers: 'pair', deaths: days },
      [nothingRefused],
    ),
    weekCase(
      dying,
      'the account may send nothing, then 99 % of the answers that are ready in 14 s still come at once',
      { ...passiveOnly, servers: 'pair', deaths: 2 * days },
      [mostComeAtOnce, noLateMessage],
    ),
    ...calm,
  ];
}

function weekCase(
  on: string,
  when: string,
  options: StoryOptions,
  claims: readonly ((figures: Figures) => string[])[],
): WeekCase {
  return { on, when, options, broken: (figures) => claims.flatMap((isTrue) => isTrue(figures)) };
}

const claim = (sentence: string, holds: boolean, found: unknown): string[] =>
  holds ? [] : [`${sentence}: not with ${JSON.stringify(found)}`];

const errcodes = (refusedSends: Figures['refusedSends']): string[] =>
  Object.keys(refusedSends).filter((name) => /^\d+$/.test(name));
