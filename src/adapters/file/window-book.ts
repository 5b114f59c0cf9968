import type { SendWindow, WindowChange, WindowOpening } from '../../ports/state-store.js';
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
import { RollingSweep } from './rolling-sweep.js';

/** For so long an opening may turn up that a closing of before makes void. */
const CLOSED_KEPT_MS = Math.max(...Object.values(SEND_WINDOWS).map(({ lastsMs }) => lastsMs));

/** Callers' clocks need not agree to the millisecond. */
const SLACK_MS = 60_000;

/**
 * Each sender's ledger. Most know one opening of which nothing was spent: that is kept as it came, since there is
 * one for everybody who wrote within two days.
 */
type Kept = WindowOpening | SendLedger;

export class WindowBook {
  readonly #ledgers = new Map<string, Kept>();
  readonly #sweep = new RollingSweep(this.#ledgers, (kept, nowMs) => endOf(kept) + SLACK_MS <= nowMs);

  open(sender: string, opening: WindowOpening, nowMs: number): void {
    const kept = this.#ledgers.get(sender);
    if (kept === undefined) this.#sweep.step(nowMs);
    if (kept === undefined || ('deed' in kept && kept.deed === opening.deed)) {
      if (kept === undefined || kept.fromMs < opening.fromMs) this.#ledgers.set(sender, opening);
    } else this.put(sender, openWindow(ledgerOf(kept), opening));
  }

  /** `ledger`: what was changed, where something was, and is to be remembered. */
  change({ sender, nowMs, change, opened }: WindowChange): SendWindow & {
    readonly changed: boolean;
    readonly ledger?: SendLedger;
  } {
    if (opened !== undefined) this.open(sender, opened, nowMs);
    const ledger = ledgerOf(this.#ledgers.get(sender));
    const changed = changedBy(ledger, change, nowMs);
    if (changed === undefined) return { ...viewOf(ledger, nowMs), changed: false };
    this.put(sender, changed);
    return { ...viewOf(changed, nowMs), changed: true, ledger: changed };
  }

  put(sender: string, ledger: SendLedger): void {
    this.#ledgers.set(sender, ledger);
  }

  /** Those of which something was spent, or that were closed. */
  *changed(nowMs: number): Generator<[sender: string, ledger: SendLedger]> {
    for (const [sender, kept] of this.#ledgers)
      if (!('deed' in kept) && endOf(kept) > nowMs) yield [sender, kept];
  }
}

function changedBy(
  ledger: SendLedger,
  change: WindowChange['change'],
  nowMs: number,
): SendLedger | undefined {
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

function ledgerOf(kept: Kept | undefined): SendLedger {
  if (kept === undefined) return EMPTY_LEDGER;
  return 'deed' in kept ? openWindow(EMPTY_LEDGER, kept) : kept;
}

function endOf(kept: Kept): number {
  return 'deed' in kept ? kept.untilMs : Math.max(ledgerEndsMs(kept), kept.closedAtMs + CLOSED_KEPT_MS);
}
