import { readDeadLetter, readJob } from '../../ports/older-words.js';
import type { Allowance, SendLedger } from '../../protocol/send-ledger.js';
import type { Entry, LaneEntryTuple } from './entry.js';

/** An allowance as stored up to format 3. */
type OlderAllowance = Allowance & { readonly of?: number };

/** Converts an entry of formats 1 to 3 to today's names. An entry of today's format is returned unchanged. */
export function readOlderEntry(entry: Entry): Entry {
  switch (entry[0]) {
    case 'record': {
      const [tag, key, expiresAtMs, rev, record, laneEntry] = entry;
      return [tag, key, expiresAtMs, rev, record, readLaneEntry(laneEntry)];
    }
    case 'answer': {
      const [tag, key, expiresAtMs, rev, record, body, bodyExpiresAtMs, laneEntry] = entry;
      return [tag, key, expiresAtMs, rev, record, body, bodyExpiresAtMs, readLaneEntry(laneEntry)];
    }
    case 'together':
      return ['together', entry[1].map(readOlderEntry)];
    case 'window':
      return ['window', entry[1], readLedger(entry[2])];
    case 'letter':
      return ['letter', readDeadLetter(entry[1])];
    case 'job':
      return ['job', readJob(entry[1]), entry[2], entry[3]];
    default:
      return entry;
  }
}

function readLaneEntry(stored: LaneEntryTuple | undefined): LaneEntryTuple | undefined {
  if (stored === undefined) return undefined;
  const place: string = stored[1];
  return place === 'shelf' ? [stored[0], 'mailbox', stored[2]] : stored;
}

function readLedger({ closedAtMs, allowances }: SendLedger): SendLedger {
  const read = Object.entries(allowances).map(([trigger, allowance]): [string, Allowance] => {
    const { of, ...rest }: OlderAllowance = allowance;
    return [trigger, of === undefined ? rest : { ...rest, granted: of }];
  });
  return { closedAtMs, allowances: Object.fromEntries(read) };
}
