import type { Config } from '../../config/config.js';
import type { DeadLetterFilter } from '../../pipeline/dead-letters/dead-letter-queue.js';
import { UsageInvalid } from '../command.js';

/** The options that select letters. */
export const filterOptions = {
  reason: { type: 'string' },
  user: { type: 'string' },
  handler: { type: 'string' },
  account: { type: 'string' },
  since: { type: 'string' },
} as const;

type Given = { readonly [Name in keyof typeof filterOptions]?: string | undefined };

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws UsageInvalid */
export function parseFilter(
  { since, account, ...given }: Given,
  { accounts }: Config,
  nowMs: number,
): DeadLetterFilter {
  const { reason, user, handler } = given;
  // Letters of an account that is no longer configured can be selected by AppID.
  const appId = accounts.find(({ name }) => name === account)?.appId ?? account;
  const sinceMs = since === undefined ? undefined : parseSince(since, nowMs);
  return {
    ...(reason !== undefined && { reason }),
    ...(user !== undefined && { user }),
    ...(handler !== undefined && { handler }),
    ...(appId !== undefined && { appId }),
    ...(sinceMs !== undefined && { sinceMs }),
  };
}

function parseSince(text: string, nowMs: number): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = count === '' ? Date.parse(text) : nowMs - Number(count) * (UNITS[unit] ?? 0);
  if (Number.isNaN(ms))
    throw new UsageInvalid({
      en: `--since ${text}: a time (2026-07-01T08:00) or how long ago (90m, 2h, 7d).`,
      zh: `--since ${text}：应为时间（2026-07-01T08:00）或多久以前（90m、2h、7d）。`,
    });
  return ms;
}
