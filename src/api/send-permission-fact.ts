import { z } from 'zod';
import { ApiRefused } from './api-error.js';
import { isFutureWithin } from './clock-skew.js';

const schema = z.object({
  /** Absent: WeChat has not said yet. */
  state: z.enum(['granted', 'denied']).exactOptional(),
  saidAtMs: z.number().exactOptional(),
  /** Somebody is asking, and until when that is believed. */
  leaseUntilMs: z.number().exactOptional(),
  askedAtMs: z.number().exactOptional(),
  /** Questions in a row that were not answered. */
  failures: z.number().exactOptional(),
});

/** All that the processes on a store share about an account's right to send. */
export type PermissionFact = z.infer<typeof schema>;

const DAY_MS = 86_400_000;
/** Longer than a question takes, that for an access token included. */
const LEASE_MS = 30_000;
/** Processes that start together ask once. */
const MIN_INTERVAL_MS = 60_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 300_000;

/** What cannot be read counts as absent and is written over. */
export function readPermissionFact(raw: string | undefined): PermissionFact {
  try {
    return schema.safeParse(JSON.parse(raw ?? '{}')).data ?? {};
  } catch {
    return {};
  }
}

/** The fact of the store, with what this process knows where that is newer: a store may have been away, or lost it. */
export function later(stored: PermissionFact, ours: PermissionFact): PermissionFact {
  if (ours.saidAtMs === undefined || (stored.saidAtMs ?? 0) >= ours.saidAtMs) return stored;
  return { ...stored, ...(ours.state !== undefined && { state: ours.state }), saidAtMs: ours.saidAtMs };
}

/** Whether WeChat has to be asked now, by whoever takes the lease first. */
export function isDue(fact: PermissionFact, nowMs: number, atStart: boolean): boolean {
  const { leaseUntilMs = 0, askedAtMs, failures = 0 } = fact;
  if (isFutureWithin(leaseUntilMs, nowMs, LEASE_MS)) return false;
  if (askedAtMs === undefined) return true;
  const intervalMs = atStart
    ? MIN_INTERVAL_MS
    : failures === 0
      ? DAY_MS
      : Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAX_MS);
  return !isFutureWithin(askedAtMs + intervalMs, nowMs, intervalMs);
}

export const leased = (fact: PermissionFact, nowMs: number): PermissionFact => ({
  ...fact,
  leaseUntilMs: nowMs + LEASE_MS,
});

/** What was known before stands where WeChat said nothing. */
export function afterAnswer(
  { leaseUntilMs: _ended, failures = 0, ...fact }: PermissionFact,
  said: 'granted' | 'denied' | undefined,
  nowMs: number,
): PermissionFact {
  return said === undefined
    ? { ...fact, askedAtMs: nowMs, failures: failures + 1 }
    : { state: said, saidAtMs: nowMs, askedAtMs: nowMs };
}

/** The account lacks the right. Source: 全局返回码, 48001. */
const NO_PERMISSION = 48001;
/**
 * WeChat looks at the right first. These speak of the user or of the command, so the right is there. Source: 客服输入状态, 全局返回码.
 */
const PAST_PERMISSION = new Set([40003, 43004, 45015, 45072, 45080, 45081]);

export const isPermissionDenied = (error: unknown): boolean =>
  error instanceof ApiRefused && error.errcode === NO_PERMISSION;

/** What a refused question says of the right; undefined: nothing. */
export function permissionSaid(error: unknown): 'granted' | 'denied' | undefined {
  if (isPermissionDenied(error)) return 'denied';
  return error instanceof ApiRefused && PAST_PERMISSION.has(error.errcode) ? 'granted' : undefined;
}
