import type { QuotaGrant } from '../../ports/state-store.js';
import { SEND_WINDOWS } from '../../protocol/send-windows.js';
import { SWEEP_SLACK_MS } from './key-names.js';

/** For so long an opening may turn up that a closing of before makes void. */
const CLOSED_TTL_MS = Math.max(...Object.values(SEND_WINDOWS).map(({ durationMs }) => durationMs));

/**
 * The rules of `src/protocol/send-ledger.ts` once more, for a ledger that is kept as a text:
 * `<closed at ms>` and for each trigger ` <trigger> <left> <of> <from ms> <until ms>`.
 */
export const SEND_LEDGER = `
local function readLedger(raw)
  local book = { closed = -1 }
  if not raw then return book end
  local closed, at = string.match(raw, '^(%-?%d+)()')
  book.closed = tonumber(closed)
  for trigger, left, of, from, till in string.gmatch(string.sub(raw, at), '(%S+) (%d+) (%d+) (%d+) (%d+)') do
    book[#book + 1] = { trigger, tonumber(left), tonumber(of), tonumber(from), tonumber(till) }
  end
  return book
end
local function writeLedger(key, book, now)
  local texts = { book.closed }
  local ends = book.closed + ${CLOSED_TTL_MS}
  for _, one in ipairs(book) do
    texts[#texts + 1] = table.concat(one, ' ')
    ends = math.max(ends, one[5])
  end
  redis.call('SET', key, table.concat(texts, ' '), 'PX', math.max(0, ends - now) + ${SWEEP_SLACK_MS})
end
local function open(book, trigger, messages, from, till)
  if from <= book.closed then return false end
  local place = #book + 1
  for at, one in ipairs(book) do
    if one[1] == trigger then
      if one[4] >= from then return false end
      place = at
    end
  end
  book[place] = { trigger, messages, messages, from, till }
  return true
end
`;

/** The text of a ledger that knows this opening alone. */
export function ledgerText({ trigger, messages, fromMs, untilMs }: QuotaGrant): string {
  return `-1 ${encodeTrigger(trigger)} ${messages} ${messages} ${fromMs} ${untilMs}`;
}

/** A trigger's name as it stands in the text: without blanks. */
export function encodeTrigger(trigger: string): string {
  return encodeURIComponent(trigger);
}
