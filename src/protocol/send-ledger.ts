/**
 * What a user's deeds allow us to send, as one value: kept by a store, changed by these pure functions alone (the Lua
 * of the Redis store says the same, and the stores' contract compares them).
 *
 * The allowances of different deeds are kept apart and never add up: what is left is the largest one, and a message
 * comes off every open one. So the ledger allows at most what any reading of the platform's rule allows.
 */
export interface SendLedger {
  /** Openings from before, or at, this moment do not count any more. */
  readonly closedAtMs: number;
  /** By trigger. */
  readonly allowances: Readonly<Record<string, Allowance>>;
}

export interface Allowance {
  readonly left: number;
  /** How many there were at first. */
  readonly granted: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

export const EMPTY_LEDGER: SendLedger = { closedAtMs: -1, allowances: {} };

/** The same opening twice counts once; an older one than is known does not count. */
export function openWindow(
  ledger: SendLedger,
  opening: {
    readonly trigger: string;
    readonly messages: number;
    readonly fromMs: number;
    readonly untilMs: number;
  },
): SendLedger {
  const { trigger, messages, fromMs, untilMs } = opening;
  const known = ledger.allowances[trigger];
  if (fromMs <= ledger.closedAtMs || (known !== undefined && known.fromMs >= fromMs)) return ledger;
  const allowance: Allowance = { left: messages, granted: messages, fromMs, untilMs };
  return { ...ledger, allowances: { ...ledger.allowances, [trigger]: allowance } };
}

/** `undefined`: nothing left. */
export function spendOne(ledger: SendLedger, nowMs: number): SendLedger | undefined {
  if (viewOf(ledger, nowMs).left === 0) return undefined;
  return eachOpen(ledger, nowMs, (allowance) => ({ ...allowance, left: Math.max(0, allowance.left - 1) }));
}

export function refundOne(ledger: SendLedger, nowMs: number): SendLedger {
  return eachOpen(ledger, nowMs, (allowance) => ({
    ...allowance,
    left: Math.min(allowance.granted, allowance.left + 1),
  }));
}

export function closeWindow(nowMs: number): SendLedger {
  return { closedAtMs: nowMs, allowances: {} };
}

export function viewOf(ledger: SendLedger, nowMs: number): { left: number; untilMs: number } {
  let left = 0;
  let untilMs = 0;
  for (const allowance of Object.values(ledger.allowances)) {
    if (allowance.untilMs <= nowMs || allowance.left === 0) continue;
    left = Math.max(left, allowance.left);
    untilMs = Math.max(untilMs, allowance.untilMs);
  }
  return { left, untilMs };
}

/** When the last allowance runs out: nobody needs the ledger any longer. */
export function ledgerEndsMs(ledger: SendLedger): number {
  return Math.max(ledger.closedAtMs, ...Object.values(ledger.allowances).map(({ untilMs }) => untilMs));
}

function eachOpen(
  ledger: SendLedger,
  nowMs: number,
  change: (allowance: Allowance) => Allowance,
): SendLedger {
  const allowances = Object.fromEntries(
    Object.entries(ledger.allowances).map(([trigger, allowance]) => [
      trigger,
      allowance.untilMs > nowMs ? change(allowance) : allowance,
    ]),
  );
  return { ...ledger, allowances };
}
