import type { SendQuota, QuotaChange, QuotaGrant } from '../../ports/state-store.js';
import {
  closeWindow,
  EMPTY_LEDGER,
  ledgerEndsMs,
  openWindow,
  refundOne,
  spendOne,
  viewOf,
  type SendLedger,
} from '../../protocol/send-ledger.js';
import { SEND_WINDOWS } from '../../protocol/send-windows.js';
import { IncrementalSweep } from './incremental-sweep.js';

/** A revocation is remembered this long, because an earlier grant may arrive after it. */
const CLOSED_TTL_MS = Math.max(...Object.values(SEND_WINDOWS).map(({ durationMs }) => durationMs));

/** Tolerance for differences between the callers' clocks. */
const SLACK_MS = 60_000;

/**
 * The quota of a sender. Most senders have one unspent grant, which is stored as it is to save memory: there is one for
 * every user of the last two days.
 */
type LedgerOrGrant = QuotaGrant | SendLedger;

export class SendQuotas {
  readonly #ledgers = new Map<string, LedgerOrGrant>();
  readonly #sweep = new IncrementalSweep(this.#ledgers, (kept, nowMs) => endOf(kept) + SLACK_MS <= nowMs);

  open(sender: string, opening: QuotaGrant, nowMs: number): void {
    const kept = this.#ledgers.get(sender);
    if (kept === undefined) this.#sweep.step(nowMs);
    if (kept === undefined || ('trigger' in kept && kept.trigger === opening.trigger)) {
      if (kept === undefined || kept.fromMs < opening.fromMs) this.#ledgers.set(sender, opening);
    } else this.put(sender, openWindow(ledgerOf(kept), opening));
  }

  /** Reads or changes a quota. `ledger`: the changed ledger, if it must be journaled. */
  change({ sender, nowMs, change, granted }: QuotaChange): SendQuota & {
    readonly changed: boolean;
    readonly ledger?: SendLedger;
  } {
    if (granted !== undefined) this.open(sender, granted, nowMs);
    const ledger = ledgerOf(this.#ledgers.get(sender));
    const changed = changedBy(ledger, change, nowMs);
    if (changed === undefined) return { ...viewOf(ledger, nowMs), changed: false };
    this.put(sender, changed);
    return { ...viewOf(changed, nowMs), changed: true, ledger: changed };
  }

  put(sender: string, ledger: SendLedger): void {
    this.#ledgers.set(sender, ledger);
  }

  /** Lists the ledgers with spent messages, and those that were closed. */
  *changed(nowMs: number): Generator<[sender: string, ledger: SendLedger]> {
    for (const [sender, kept] of this.#ledgers)
      if (!('trigger' in kept) && endOf(kept) > nowMs) yield [sender, kept];
  }
}

function changedBy(ledger: SendLedger, change: QuotaChange['change'], nowMs: number): SendLedger | undefined {
  switch (change) {
    case 'spend':
      return spendOne(ledger, nowMs);
    case 'refund':
      return refundOne(ledger, nowMs);
    case 'close':
      return closeWindow(nowMs);
    case undefined:
      return undefined;
    default:
      return change satisfies never;
  }
}

function ledgerOf(kept: LedgerOrGrant | undefined): SendLedger {
  if (kept === undefined) return EMPTY_LEDGER;
  return 'trigger' in kept ? openWindow(EMPTY_LEDGER, kept) : kept;
}

function endOf(kept: LedgerOrGrant): number {
  return 'trigger' in kept ? kept.untilMs : Math.max(ledgerEndsMs(kept), kept.closedAtMs + CLOSED_TTL_MS);
}
