import { createHash } from 'node:crypto';

/** One atomic step in Redis. `keys` come before the arguments; see the head of each text. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

/** Shared by the scripts below: how a stored text is read. Expiry is a value compared with the caller's clock. */
const READERS = `
local function record(raw, now)
  if not raw then return nil end
  local rev, untilMs, size, at = string.match(raw, '^(%d+) (%d+) (%d+) ()')
  if tonumber(untilMs) <= now then return nil end
  return rev, string.sub(raw, at + size), string.sub(raw, at, at + size - 1)
end
local function dated(raw, now)
  if not raw then return nil end
  local untilMs, at = string.match(raw, '^(%d+) ()')
  if tonumber(untilMs) <= now then return nil end
  return string.sub(raw, at)
end
local function known(rev, json, owner, beatsKey, bodyKey, now)
  local beat = redis.call('ZSCORE', beatsKey, owner)
  local alive = (beat and tonumber(beat) > now) and 1 or 0
  return { rev, json, alive, dated(redis.call('GET', bodyKey), now) or false }
end
`;

/**
 * Keys:      record · body · beats · guard (only when there is one)
 * Arguments: now · text of a new record · its lifetime · use of the guard · text of a new guard
 * Result:    1 claimed · 0 replayed · {rev, json, owner alive, body or nil} known
 */
export const CLAIM = script(`${READERS}
local now = tonumber(ARGV[1])
if KEYS[4] then
  local use = dated(redis.call('GET', KEYS[4]), now)
  if not use then
    redis.call('SET', KEYS[4], ARGV[5], 'PX', ARGV[3])
  elseif use ~= ARGV[4] then
    return 0
  end
end
local raw = redis.call('GET', KEYS[1])
local rev, json, owner = record(raw, now)
if rev then return known(rev, json, owner, KEYS[3], KEYS[2], now) end
if raw then redis.call('DEL', KEYS[2]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);

/**
 * Keys:      record · body · beats
 * Arguments: now
 * Result:    {rev, json, owner alive, body or nil} · 0 nothing there
 */
export const READ = script(`${READERS}
local now = tonumber(ARGV[1])
local rev, json, owner = record(redis.call('GET', KEYS[1]), now)
if not rev then return 0 end
return known(rev, json, owner, KEYS[3], KEYS[2], now)
`);

/**
 * Keys:      record · body
 * Arguments: now · expected rev · text of the next record ('' removes) · its lifetime
 *            · text of the body ('' leaves it) · its lifetime
 * Result:    1 swapped · 0 lost, nothing there · {rev, json} lost to this
 */
export const SWAP = script(`${READERS}
local rev, json = record(redis.call('GET', KEYS[1]), tonumber(ARGV[1]))
if not rev then return 0 end
if rev ~= ARGV[2] then return { rev, json } end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[1], KEYS[2])
  return 1
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
if ARGV[5] ~= '' then redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6]) end
return 1
`);

/**
 * Keys:      beats (sorted set: owner by the end of its life)
 * Arguments: owner · lives until · owners gone before this are forgotten
 * Result:    1
 */
export const BEAT = script(`
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
return 1
`);

/**
 * Keys:      fact
 * Arguments: now
 * Result:    its value · nil
 */
export const READ_FACT = script(`${READERS}
return dated(redis.call('GET', KEYS[1]), tonumber(ARGV[1])) or false
`);

/**
 * Keys:      fact
 * Arguments: now · '1' if a value is expected, else '0' · that value
 *            · text of the next fact ('' removes) · its lifetime
 * Result:    1 changed · 0 something else stands there
 */
export const CHANGE_FACT = script(`${READERS}
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
 * Keys:      letters (hash: id → JSON) · order (sorted set: id by time)
 * Arguments: id · JSON · time · how many to keep
 * Result:    1
 */
export const BURY = script(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1 - ARGV[4])) do
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[1], id)
end
return 1
`);

/**
 * Keys:      letters · order
 * Arguments: how many at most, 1 or more
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
 * Takes a job that nobody works on out of a BullMQ queue. BullMQ's own removal answers "removed" for an absent
 * job too, and takes jobs from workers whose lock ran out.
 *
 * Keys:      job · delayed (sorted set) · wait (list)
 * Arguments: job id
 * Result:    1 removed · 0 absent, or a worker has it
 */
export const REMOVE_WAITING_JOB = script(`
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 and redis.call('LREM', KEYS[3], 1, ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[1])
return 1
`);

function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}
