import type { Ledger } from './proof.js';
import type { Ends } from './traffic.js';

/** The books of followers of whom each types once: nobody's answer waits for a next message. */
export function ledgerOf(ends: Ends): Ledger {
  return {
    sent: ends.typed,
    acknowledged: ends.accepted,
    replied: ends.answered,
    delivered: ends.answered + ends.delivered,
    kept: 0,
    dead: ends.dead.length,
    lost: ends.lost.length,
    duplicated: ends.twice.length,
    unexpected: ends.unexpected.length,
    order: ends.disordered.length,
  };
}

/** Claims that hold whatever happens to servers, stores and networks. Returns those that do not. */
export function brokenPromises(ends: Ends): string[] {
  return [
    ...ends.lost.map((text) => `nothing accepted is lost: ${text}`),
    ...ends.twice.map((text) => `nothing is seen twice: ${text}`),
    ...ends.unexpected.map((text) => `nothing comes that no handler made: ${text}`),
    ...ends.disordered.map((text) => `parts come in order: ${text}`),
    ...ends.dead
      .filter((reason) => reason !== 'unknown')
      .map((reason) => `the only dead letter is a message on its way at a kill, but here is one: ${reason}`),
    ...(ends.accepted < 20 ? [`there is load: ${ends.accepted} pushes`] : []),
  ];
}
