import { randomBytes } from 'node:crypto';
import type { SandboxState } from '../sandbox-state.js';
import { OK, Refusal, type Endpoint } from './endpoint.js';

const LIFE_MS = 7_200_000;
const kept = new WeakMap<SandboxState, Map<string, { ticket: string; endsAtMs: number }>>();

/** Tickets for signing pages (jsapi) and cards (wx_card); one of each type at a time. */
export const TICKET_API: readonly Endpoint[] = [
  {
    path: '/cgi-bin/ticket/getticket',
    method: 'GET',
    daily: [1_000_000, 10_000],
    handle({ query }, state) {
      const type = query['type'] ?? '';
      if (type !== 'jsapi' && type !== 'wx_card') throw new Refusal(40097);
      const tickets = kept.get(state) ?? new Map<string, { ticket: string; endsAtMs: number }>();
      kept.set(state, tickets);
      const nowMs = state.clock.now();
      const current = tickets.get(type);
      if (current !== undefined && current.endsAtMs > nowMs) {
        return { ...OK, ticket: current.ticket, expires_in: Math.ceil((current.endsAtMs - nowMs) / 1_000) };
      }
      const ticket = `sM4AOVdWfPE4DxkXGEs8${randomBytes(48).toString('base64url')}`;
      tickets.set(type, { ticket, endsAtMs: nowMs + LIFE_MS });
      return { ...OK, ticket, expires_in: LIFE_MS / 1_000 };
    },
  },
];

/** Returns the ticket with which pages must be signed now; `undefined`: none was fetched. */
export function ticketForPages(state: SandboxState): string | undefined {
  const current = kept.get(state)?.get('jsapi');
  return current !== undefined && current.endsAtMs > state.clock.now() ? current.ticket : undefined;
}
