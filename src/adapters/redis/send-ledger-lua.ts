import type { QuotaGrant } from '../../ports/state-store.js';
import { SEND_WINDOWS } from '../../protocol/send-windows.js';
import { SWEEP_SLACK_MS } from './key-names.js';

/** A revocation is remembered this long, because an earlier grant may arrive after it. */
const CLOSED_TTL_MS = Math.max(...Object.values(SEND_WINDOWS).map(({ durationMs }) => durationMs));

/**
 * Implements `src/protocol/send-ledger.ts` in Lua, for a ledger stored as a text: `<closed at ms>` and for each trigger
 * ` <trigger> <left> <granted> <from ms> <until ms>`.
 */
export const SEND_LEDGER = `
local function readLedger(raw)
  local ledger = { closed = -1 }
  if not raw then return ledger end
  local closed, at = string.match(raw, '^(%-?%d+)()')
  ledger.closed = tonumber(closed)
  for trigger, left, of, from, till in string.gmatch(string.sub(raw, at), '(%S+) (%d+) (%d+) (%d+) (%d+)') do
    ledger[#ledger + 1] = { trigger, tonumber(left), tonumber(of), tonumber(from), tonumber(till) }
  end
  return ledger
end
local function writeLedger(key, ledger, now)
  local texts = { ledger.closed }
  local ends = ledger.closed + ${CLOSED_TTL_MS}
  for _, allowance in ipairs(ledger) do
    texts[#texts + 1] = table.concat(allowance, ' ')
    ends = math.max(ends, allowance[5])
  end
  redis.call('SET', key, table.concat(texts, ' '), 'PX', math.max(0, ends - now) + ${SWEEP_SLACK_MS})
end
local function grant(ledger, trigger, messages, from, till)
  if from <= ledger.closed then return false end
  local index = #ledger + 1
  for at, allowance in ipairs(ledger) do
    if allowance[1] == trigger then
      if allowance[4] >= from then return false end
      index = at
    end
  end
  ledger[index] = { trigger, messages, messages, from, till }
  return true
end
`;

/** Returns the text of a ledger with only this grant. */
export function ledgerText({ trigger, messages, fromMs, untilMs }: QuotaGrant): string {
  return `-1 ${encodeTrigger(trigger)} ${messages} ${messages} ${fromMs} ${untilMs}`;
}

/** Encodes a trigger's name without blanks. */
export function encodeTrigger(trigger: string): string {
  return encodeURIComponent(trigger);
}
