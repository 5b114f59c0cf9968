/**
 * The send quota of a user as one value. Only these pure functions change it; the Lua of the Redis store does the same,
 * and the contract tests compare them.
 *
 * The allowances of different triggers are separate and never add up: the largest one counts, and a message is taken
 * off every open one. So the ledger never allows more than any reading of WeChat's rule.
 */
export interface SendLedger {
  /** Grants before or at this moment do not count. */
  readonly closedAtMs: number;
  /** Allowances by trigger. */
  readonly allowances: Readonly<Record<string, Allowance>>;
}

export interface Allowance {
  readonly left: number;
  /** Number of messages at first. */
  readonly granted: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

export const EMPTY_LEDGER: SendLedger = { closedAtMs: -1, allowances: {} };

/** Adds a grant. The same grant twice counts once; one older than the known grant does not count. */
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

/** Takes one message off. `undefined`: none is left. */
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

/** Returns the end of the last allowance, after which the ledger can be deleted. */
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
