import { READERS, script } from './script.js';
import { SEND_LEDGER } from './send-ledger-lua.js';

/**
 * Keys:      heartbeats (sorted set: owner by the time at which it expires)
 * Arguments: owner · expires at · owners expired before this are removed
 * Result:    1
 */
export const HEARTBEAT = script(`
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
return 1
`);

/**
 * Keys:      send quota (ledger)
 * Arguments: now · spend, refund, close or '' · of a new grant: trigger · messages · from · until
 * Result:    {left, until, 1 if the change was made}
 */
export const SEND_QUOTA = script(`${SEND_LEDGER}
local now, change = tonumber(ARGV[1]), ARGV[2]
local ledger = readLedger(redis.call('GET', KEYS[1]))
local granted = ARGV[3] and grant(ledger, ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]))
local function view()
  local left, till = 0, 0
  for _, allowance in ipairs(ledger) do
    if allowance[5] > now and allowance[2] > 0 then left, till = math.max(left, allowance[2]), math.max(till, allowance[5]) end
  end
  return left, till
end
local changed = change ~= '' and (change ~= 'spend' or view() > 0)
if changed then
  if change == 'close' then ledger = { closed = now } end
  for _, allowance in ipairs(ledger) do
    if allowance[5] > now and change == 'spend' then allowance[2] = math.max(0, allowance[2] - 1) end
    if allowance[5] > now and change == 'refund' then allowance[2] = math.min(allowance[3], allowance[2] + 1) end
  end
end
if granted or changed then writeLedger(KEYS[1], ledger, now) end
local left, till = view()
return { left, till, changed and 1 or 0 }
`);

/**
 * Keys:      times (list, the latest last, at most `limit` entries)
 * Arguments: now · limit, 1 or more · period in ms · TTL in ms
 * Result:    1 counted · 0 the limit was reached
 */
export const TRY_ACQUIRE_RATE = script(`
local oldest = redis.call('LINDEX', KEYS[1], -ARGV[2])
if oldest and tonumber(oldest) > ARGV[1] - ARGV[3] then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`);

/**
 * Keys:      value
 * Arguments: now
 * Result:    the value · nil
 */
export const GET_VALUE = script(`${READERS}
return dated(redis.call('GET', KEYS[1]), tonumber(ARGV[1])) or false
`);

/**
 * Keys:      value
 * Arguments: now · '1' if a value is expected, else '0' · that value
 *            · the next value ('' removes) · its TTL in ms
 * Result:    1 changed · 0 the value is not the expected one
 */
export const COMPARE_AND_SET = script(`${READERS}
local value = dated(redis.call('GET', KEYS[1]), tonumber(ARGV[1]))
if (value and '1' or '0') ~= ARGV[2] then return 0 end
if value and value ~= ARGV[3] then return 0 end
if ARGV[4] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
end
return 1
`);

/**
 * Keys:      dead letters (hash: id → JSON) · order (sorted set: id by time)
 * Arguments: id · JSON · time · limit of letters, the oldest go first
 * Result:    1
 */
export const PUT_DEAD_LETTER = script(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1 - ARGV[4])) do
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[1], id)
end
return 1
`);

/**
 * Keys:      dead letters · order
 * Arguments: limit, 1 or more
 * Result:    {JSON, …}, the newest first
 */
export const DEAD_LETTERS = script(`
local letters = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[2], 0, ARGV[1] - 1)) do
  letters[#letters + 1] = redis.call('HGET', KEYS[1], id) or nil
end
return letters
`);

/**
 * Keys:      dead letters
 * Result:    their number
 */
export const COUNT_DEAD_LETTERS = script(`
return redis.call('HLEN', KEYS[1])
`);

/**
 * Keys:      letters
 * Arguments: id
 * Result:    JSON · nil
 */
export const DEAD_LETTER = script(`
return redis.call('HGET', KEYS[1], ARGV[1])
`);

/**
 * Keys:      letters · order
 * Arguments: id
 * Result:    1 forgotten · 0 there was none
 */
export const DELETE_DEAD_LETTER = script(`
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
`);

/**
 * Removes an active job whose data is gone from a BullMQ queue. BullMQ's own completion needs the data, and would retry
 * such a job forever.
 *
 * Keys:      job · its lock · active (list) · stalled (set)
 * Arguments: job id
 */
export const FORGET_ACTIVE_JOB = script(`
redis.call('LREM', KEYS[3], 1, ARGV[1])
redis.call('SREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[1], KEYS[2])
return 1
`);

/**
 * Removes a job that is not active from a BullMQ queue. BullMQ's own removal reports success for an absent job, too,
 * and takes jobs from workers whose lock expired.
 *
 * Keys:      job · delayed (sorted set) · wait (list) · mailbox (sorted set)
 * Arguments: job id
 * Result:    1 removed · 0 absent, or a worker has it
 */
export const REMOVE_WAITING_JOB = script(`
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 and redis.call('LREM', KEYS[3], 1, ARGV[1]) == 0 then return 0 end
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[1])
return 1
`);
