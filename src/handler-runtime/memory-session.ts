import { toAppId, toOpenId } from '../protocol/ids.js';
import { createSession, type SessionValues, type SessionStore } from './session.js';

/**
 * Creates a session in memory for handler tests. Pass the same one to several runs, and inspect it afterwards.
 *
 * @example
 * const session = memorySession();
 * await session.set({ count: 1 });
 * await tryHandler(handler, textPush({ content: '1' }), { session });
 */
export function memorySession(): SessionStore {
  return createSession({ store: memoryValues(), clock: Date }, toAppId('tried'), toOpenId('tried'));
}

function memoryValues(): SessionValues {
  const facts = new Map<string, { readonly value: string; readonly untilMs: number }>();
  const read = (name: string, nowMs: number): string | undefined => {
    const fact = facts.get(name);
    return fact !== undefined && nowMs < fact.untilMs ? fact.value : undefined;
  };
  return {
    get: async (name, nowMs) => read(name, nowMs),
    async compareAndSet({ name, expected, next, nowMs, ttlMs }) {
      if (read(name, nowMs) !== expected) return false;
      if (next === undefined) facts.delete(name);
      else facts.set(name, { value: next, untilMs: nowMs + ttlMs });
      return true;
    },
  };
}
