import { LANE_ENTRY_TTL_MS, MAX_MAILBOX_READ } from '../../ports/state-store.js';
import { READERS, script } from './script.js';
import { ENTER, PLACE } from './lane-lua.js';
import { SEND_LEDGER } from './send-ledger-lua.js';

const KNOWN = `
local function known(rev, json, owner, beatsKey, bodyKey, now)
  local beat = redis.call('ZSCORE', beatsKey, owner)
  local alive = (beat and tonumber(beat) > now) and 1 or 0
  return { rev, json, alive, dated(redis.call('GET', bodyKey), now) or false }
end
`;

/**
 * Claims a record. Letters name the options; each adds keys and arguments, in this order:
 *
 * g  replay guard                   keys: guard          arguments: its use · text of a new guard
 * s  entry in the sender's lane     keys: lane · mailbox   arguments: the record's own key
 * o  grant of a send quota          keys: send quota     arguments: trigger · messages · from · until
 *                                                           · text of a ledger with it alone · its TTL
 * c  revocation of the send quota   keys: send quota
 * t  number of the attempt          keys: attempts
 * w  mailbox entries (with s)                               arguments: the record keys' beginning
 *
 * Keys:      record · body · beats · …
 * Arguments: now · text of a new record · its lifetime · letters · …
 * Result:    1 claimed · 0 replayed · {rev, json, owner alive, body or nil} known;
 *            with t or w {that, number of the attempt, time of the first, {key, rev, json, …}}
 */
export const CLAIM = script(`${READERS}${KNOWN}
local now = tonumber(ARGV[1])
local flags = ARGV[4]
local k, a = 4, 5
if string.find(flags, 'g', 1, true) then
  local use = dated(redis.call('GET', KEYS[4]), now)
  if not use then
    redis.call('SET', KEYS[4], ARGV[6], 'PX', ARGV[3])
  elseif use ~= ARGV[5] then
    return 0
  end
  k, a = 5, 7
end
local raw = redis.call('GET', KEYS[1])
local rev, json, owner = record(raw, now)
local answer = 1
if rev then
  answer = known(rev, json, owner, KEYS[3], KEYS[2], now)
else
  if raw then redis.call('DEL', KEYS[2]) end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
if flags == '' or flags == 'g' then return answer end

local mailbox
if string.find(flags, 's', 1, true) then
  mailbox = KEYS[k + 1]
  if not rev then
    ${ENTER}
    local lane, key = KEYS[k], ARGV[a]
    local rank, last, kept = newRank(lane, mailbox, now)
    if last then redis.call('ZREMRANGEBYSCORE', lane, '-inf', now - ${LANE_ENTRY_TTL_MS}) end
    if kept then redis.call('ZREM', mailbox, key) end
    enter(lane, rank, key)
  end
  k, a = k + 2, a + 1
end
local opens = string.find(flags, 'o', 1, true)
if opens or string.find(flags, 'c', 1, true) then
  if not rev then
    local raw = opens and redis.call('GET', KEYS[k])
    local from = opens and tonumber(ARGV[a + 2])
    local trigger, fromBefore
    if raw then trigger, fromBefore = string.match(raw, '^%-1 (%S+) %d+ %d+ (%d+) %d+$') end
    if opens and (not raw or trigger == ARGV[a]) then
      -- Nearly always there is only one trigger, the same as before.
      if not raw or from > tonumber(fromBefore) then
        redis.call('SET', KEYS[k], ARGV[a + 4], 'PX', ARGV[a + 5])
      end
    else
      ${SEND_LEDGER}
      local ledger = opens and readLedger(raw) or { closed = now }
      if not opens or grant(ledger, ARGV[a], tonumber(ARGV[a + 1]), from, tonumber(ARGV[a + 3])) then
        writeLedger(KEYS[k], ledger, now)
      end
    end
  end
  k, a = k + 1, opens and a + 6 or a
end
local counts, wants = string.find(flags, 't', 1, true), string.find(flags, 'w', 1, true)
if not counts and not wants then return answer end

local count, since = 1, ARGV[1]
if counts then
  local before = rev and redis.call('GET', KEYS[k])
  if before then
    count, since = string.match(before, '^(%d+) (%d+)')
    count = count + 1
  end
  redis.call('SET', KEYS[k], count .. ' ' .. since, 'PX', ARGV[3])
end
local found = {}
while wants do
  found = {}
  local gone = {}
  for _, key in ipairs(redis.call('ZRANGE', mailbox, 0, ${MAX_MAILBOX_READ - 1})) do
    local itsRev, itsJson = record(redis.call('GET', ARGV[a] .. key), now)
    if itsRev then
      found[#found + 1] = key
      found[#found + 1] = itsRev
      found[#found + 1] = itsJson
    else
      gone[#gone + 1] = key
    end
  end
  if #gone == 0 then break end
  redis.call('ZREM', mailbox, unpack(gone))
end
return { answer, count, since, found }
`);

/**
 * Keys:      record · body · beats
 * Arguments: now
 * Result:    {rev, json, owner alive, body or nil} · 0 nothing there
 */
export const READ = script(`${READERS}${KNOWN}
local now = tonumber(ARGV[1])
local rev, json, owner = record(redis.call('GET', KEYS[1]), now)
if not rev then return 0 end
return known(rev, json, owner, KEYS[3], KEYS[2], now)
`);

/**
 * Keys:      record · body; if a place changes or there are linked records: lane · mailbox;
 *            of each linked record: record · lane · mailbox
 * Arguments: now · expected rev · text of the next record · its lifetime
 *            · text of the body ('' leaves it) · its lifetime; with lane and mailbox: the record keys' beginning
 *            · place ('' leaves it) · the record's own key · rank where it has none ('' behind all);
 *            of each linked record: place · own key · rank · expected rev · text of the next record · its lifetime
 * Result:    1 swapped · key of the record behind it in the lane that it left: swapped
 *            · 0 conflict, no record · {rev, json} conflict with this · {rev, json, 1} linked conflict
 */
export const SWAP = script(`${READERS}
local now = tonumber(ARGV[1])
local rev, json = record(redis.call('GET', KEYS[1]), now)
if not rev then return 0 end
if rev ~= ARGV[2] then return { rev, json } end
local nextKey
if ARGV[7] then
  local last = (#KEYS - 4) / 3
  for i = 1, last do
    if record(redis.call('GET', KEYS[2 + 3 * i]), now) ~= ARGV[8 + 6 * i] then return { rev, json, 1 } end
  end
  ${ENTER}${PLACE}
  for i = 1, last do
    local k, a = 2 + 3 * i, 5 + 6 * i
    redis.call('SET', KEYS[k], ARGV[a + 4], 'PX', ARGV[a + 5])
    if ARGV[a] ~= '' then stand(ARGV[a], KEYS[k + 1], KEYS[k + 2], ARGV[a + 1], ARGV[a + 2], now, ARGV[a + 5]) end
  end
  if ARGV[8] ~= '' then
    local left = stand(ARGV[8], KEYS[3], KEYS[4], ARGV[9], ARGV[10], now, ARGV[4])
    if left then nextKey = successor(KEYS[3], left, ARGV[7], now) end
  end
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
if ARGV[5] ~= '' then redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6]) end
return nextKey or 1
`);

/**
 * Keys:      lane
 * Arguments: now · the record's own key · the record keys' beginning
 * Result:    {key, rank} of the one right ahead · 0 none
 */
export const PREDECESSOR = script(`${READERS}
local now = tonumber(ARGV[1])
while true do
  local place = redis.call('ZRANK', KEYS[1], ARGV[2])
  if not place or place == 0 then return 0 end
  local ahead = redis.call('ZRANGE', KEYS[1], place - 1, place - 1, 'WITHSCORES')
  if record(redis.call('GET', ARGV[3] .. ahead[1]), now) then return ahead end
  redis.call('ZREM', KEYS[1], ahead[1])
end
`);
