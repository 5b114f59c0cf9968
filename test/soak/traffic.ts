/** How a handler treats a push. */
export interface Plan {
  readonly how:
    | 'answer'
    /** In `later`, after `handle` took a moment. */
    | 'defer'
    /** As `defer`, and the first run of `later` throws. */
    | 'defer-again'
    /** `ctx.send` first, then the answer. */
    | 'ahead'
    | 'throw'
    | 'silent';
  /** Duration of the handler in ms, `later` included. */
  readonly ms: number;
  /** Characters of the answer. */
  readonly length: number;
}

export type Kind = 'message' | 'tap' | 'scan' | 'follow' | 'leave';

/** One thing that a follower does. Its number stands in the push. */
export interface UserStep {
  readonly push: number;
  readonly follower: string;
  readonly kind: Kind;
  /** From the beginning of its hour. */
  readonly afterMs: number;
  readonly plan: Plan;
}

/** Steps that are close together, and the night behind them. */
export interface Hour {
  readonly atMs: number;
  readonly userSteps: readonly UserStep[];
}

export interface TrafficOptions {
  readonly seed: number;
  readonly followers: number;
  readonly days: number;
  /** Busy times a day. */
  readonly hoursADay: number;
  /** Followers who do something in each of them. */
  readonly atOnce: number;
  /** Pushes of an hour whose handlers take longer than a try; the others answer in time. */
  readonly mostSlow: number;
  /** Share of answers that take several messages in any case. */
  readonly lengthy: number;
  /** Share of followers who write again a minute later, to see what is kept for them. */
  readonly comeBack: number;
}

const DAY_MS = 86_400_000;
/** The pipeline prepares for the deadline of 4.5 s a second earlier. */
const QUICK_MS = 3_300;
const LONGEST_MS = 40_000;
const LONGEST = 12_000;
/** First steps of an hour come within this time, those who come back do so after a minute and more. */
const RUSH_MS = 30_000;

/** A week that is the same for the same seed: every follower does something, some of them much. */
export function makeTraffic(options: TrafficOptions): { hours: Hour[]; userSteps: UserStep[] } {
  const { seed, followers, days, hoursADay, atOnce, mostSlow, lengthy, comeBack } = options;
  const random = seeded(seed);
  const following = new Map<string, boolean>();
  const userSteps: UserStep[] = [];
  let turn = 0;

  const nextFollower = (): string => {
    // Everybody has a turn; a tenth of them come far more often.
    if (random() < 0.3) return followerOf(Math.floor((random() * followers) / 10));
    turn += 1;
    return followerOf(turn % followers);
  };

  function kindFor(follower: string): Kind {
    const isFollowing = following.get(follower) ?? true;
    const dice = random();
    if (!isFollowing) return 'follow';
    if (dice < 0.68) return 'message';
    if (dice < 0.84) return 'tap';
    if (dice < 0.92) return 'scan';
    return dice < 0.95 ? 'leave' : 'message';
  }

  function userStep(follower: string, afterMs: number, kind: Kind, plan: Plan): UserStep {
    following.set(follower, kind !== 'leave');
    const made: UserStep = { push: userSteps.length + 1, follower, kind, afterMs: Math.round(afterMs), plan };
    userSteps.push(made);
    return made;
  }

  function hour(atMs: number): Hour {
    const made: UserStep[] = [];
    let slow = 0;
    const busy = new Set(Array.from({ length: atOnce }, nextFollower));
    for (const follower of busy) {
      let afterMs = random() * RUSH_MS;
      const count = random() < 0.3 ? 2 + Math.floor(random() * 2) : 1;
      for (let index = 0; index < count; index += 1) {
        const plan = planFor(random, { maySlow: slow < mostSlow, lengthy });
        const kind = kindFor(follower);
        if (plan.ms > QUICK_MS && kind !== 'leave') slow += 1;
        made.push(userStep(follower, afterMs, kind, plan));
        afterMs += random() * 8_000;
      }
      if (random() >= comeBack || following.get(follower) === false) continue;
      const again = 1 + Math.floor(random() * 4);
      for (let index = 0; index < again; index += 1) {
        const plan: Plan = {
          how: 'answer',
          ms: Math.round(random() * 1_000),
          length: 1 + Math.floor(random() * 30),
        };
        made.push(
          userStep(follower, 2 * RUSH_MS + LONGEST_MS + index * 6_000 + random() * 4_000, 'message', plan),
        );
      }
    }
    return { atMs, userSteps: made.toSorted((one, other) => one.afterMs - other.afterMs) };
  }

  const hours: Hour[] = [];
  for (let day = 0; day < days; day += 1)
    for (let index = 0; index < hoursADay; index += 1)
      hours.push(hour(Math.round(day * DAY_MS + ((index + 0.8 * random()) * DAY_MS) / hoursADay)));
  return { hours, userSteps };
}

export const followerOf = (index: number): string => `oWeek${String(index).padStart(23, '0')}`;

function planFor(random: () => number, { maySlow, lengthy }: { maySlow: boolean; lengthy: number }): Plan {
  const dice = random();
  const ms = maySlow && random() < 0.65 ? random() * LONGEST_MS : random() * QUICK_MS;
  // As many short ones as long ones.
  const length = Math.max(1, Math.floor(LONGEST ** random()));
  const how =
    dice < 0.7
      ? 'answer'
      : dice < 0.8
        ? 'defer'
        : dice < 0.83
          ? 'defer-again'
          : dice < 0.91
            ? 'ahead'
            : dice < 0.95
              ? 'throw'
              : 'silent';
  return {
    how,
    ms: Math.round(ms),
    length: random() < lengthy ? 6_000 + Math.floor(random() * 6_001) : length,
  };
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
