import type { QuotaView } from '../types/types.js';
import { beijingDay } from './beijing-day.js';

/** Counts calls of each API against its limit per day and, if there is one, per minute. */
export interface QuotaStore {
  /** Counts one call, or returns the errcode if none is left. */
  spend(path: string, dailyLimit: number, minuteLimit: number | undefined): 0 | 45009 | 45011;
  view(path: string, dailyLimit: number): QuotaView;
  /** Uses up all that is left of one API. */
  exhaust(path: string): void;
  reset(path?: string): void;
  list(): readonly QuotaView[];
}

export function createQuotaStore(deps: { now(): number; changed(): void }): QuotaStore {
  const used = new Map<string, { day: number; count: number; limit: number }>();
  const minutes = new Map<string, { minute: number; count: number }>();
  const today = (path: string): number => {
    const entry = used.get(path);
    return entry !== undefined && entry.day === beijingDay(deps.now()) ? entry.count : 0;
  };
  const note = (path: string, count: number, limit: number): void => {
    used.set(path, { day: beijingDay(deps.now()), count, limit });
  };
  const view = (path: string, dailyLimit: number): QuotaView => ({
    path,
    dailyLimit,
    used: Math.min(today(path), dailyLimit),
  });
  return {
    spend(path, dailyLimit, minuteLimit) {
      const minute = Math.floor(deps.now() / 60_000);
      const before = minutes.get(path);
      const inMinute = before?.minute === minute ? before.count : 0;
      if (minuteLimit !== undefined && inMinute >= minuteLimit) return 45011;
      if (today(path) >= dailyLimit) return 45009;
      minutes.set(path, { minute, count: inMinute + 1 });
      note(path, today(path) + 1, dailyLimit);
      return 0;
    },
    view,
    exhaust(path) {
      note(path, Number.MAX_SAFE_INTEGER, used.get(path)?.limit ?? 0);
      deps.changed();
    },
    reset(path) {
      if (path === undefined) used.clear();
      else used.delete(path);
      deps.changed();
    },
    list: () => [...used].map(([path, { limit }]) => view(path, limit)),
  };
}
