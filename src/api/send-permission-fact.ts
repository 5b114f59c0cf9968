import { z } from 'zod';
import { ApiRefused } from './api-error.js';
import { isFutureWithin } from './clock-skew.js';

const schema = z.object({
  /** Absent: not known yet. */
  state: z.enum(['granted', 'denied']).exactOptional(),
  saidAtMs: z.number().exactOptional(),
  /** End of the lease of the process that asks WeChat. */
  leaseUntilMs: z.number().exactOptional(),
  askedAtMs: z.number().exactOptional(),
  /** Failed questions in a row. */
  failures: z.number().exactOptional(),
});

/** The shared knowledge of all processes about an account's permission to send. */
export type PermissionFact = z.infer<typeof schema>;

const DAY_MS = 86_400_000;
/** Longer than a question takes, including the fetch of an access token. */
const LEASE_MS = 30_000;
/** Processes that start at the same time ask only once. */
const MIN_INTERVAL_MS = 60_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MAX_MS = 300_000;

/** Parses the stored value. An unreadable one counts as absent and is overwritten. */
export function readPermissionFact(raw: string | undefined): PermissionFact {
  try {
    return schema.safeParse(JSON.parse(raw ?? '{}')).data ?? {};
  } catch {
    return {};
  }
}

/**
 * Merges the stored value with what this process knows, if that is newer: the store may have been unavailable or lost
 * it.
 */
export function later(stored: PermissionFact, ours: PermissionFact): PermissionFact {
  if (ours.saidAtMs === undefined || (stored.saidAtMs ?? 0) >= ours.saidAtMs) return stored;
  return { ...stored, ...(ours.state !== undefined && { state: ours.state }), saidAtMs: ours.saidAtMs };
}

/** True if WeChat must be asked now, by the process that takes the lease first. */
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

/** Returns the value after a question. Without an answer the earlier state stays. */
export function afterAnswer(
  { leaseUntilMs: _ended, failures = 0, ...fact }: PermissionFact,
  said: 'granted' | 'denied' | undefined,
  nowMs: number,
): PermissionFact {
  return said === undefined
    ? { ...fact, askedAtMs: nowMs, failures: failures + 1 }
    : { state: said, saidAtMs: nowMs, askedAtMs: nowMs };
}

/** The account lacks the permission. Source: 全局返回码, 48001. */
const NO_PERMISSION = 48001;
/**
 * WeChat checks the permission first. These errcodes are about the user or the command, so the permission exists.
 * Source: 客服输入状态, 全局返回码.
 */
const PAST_PERMISSION = new Set([40003, 43004, 45015, 45072, 45080, 45081]);

export const isPermissionDenied = (error: unknown): boolean =>
  error instanceof ApiRefused && error.errcode === NO_PERMISSION;

/** Returns the permission that a refusal implies; `undefined`: none. */
export function permissionSaid(error: unknown): 'granted' | 'denied' | undefined {
  if (isPermissionDenied(error)) return 'denied';
  return error instanceof ApiRefused && PAST_PERMISSION.has(error.errcode) ? 'granted' : undefined;
}
