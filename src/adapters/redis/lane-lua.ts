import { LANE_ENTRY_TTL_MS } from '../../ports/state-store.js';
import { SWEEP_SLACK_MS } from './key-names.js';

/** TTL of a lane after its last new entry. */
const LANE_TTL_MS = LANE_ENTRY_TTL_MS + SWEEP_SLACK_MS;

/**
 * Functions on lanes and mailboxes: sorted sets of record keys, by rank. A rank is the time of the claim, or the
 * sender's highest rank plus one if that is greater, so that equal times keep their order. The mailbox keeps the rank.
 */
export const ENTER = `
local function newRank(lane, mailbox, now)
  local rank = now
  local last = redis.call('ZREVRANGE', lane, 0, 0, 'WITHSCORES')[2]
  if last and tonumber(last) >= rank then rank = tonumber(last) + 1 end
  local kept = redis.call('ZREVRANGE', mailbox, 0, 0, 'WITHSCORES')[2]
  if kept and tonumber(kept) >= rank then rank = tonumber(kept) + 1 end
  return rank, last, kept
end
local function enter(lane, rank, key)
  redis.call('ZADD', lane, rank, key)
  redis.call('PEXPIRE', lane, ${LANE_TTL_MS})
end
`;

/**
 * Needs `ENTER` and `READERS`.
 *
 * stand   returns the rank in the lane that the record has left with this, if it has
 * successorthe next one in the lane whose record lives
 */
export const PLACE = `
local function stand(place, lane, mailbox, key, since, now, life)
  local left = redis.call('ZSCORE', lane, key)
  local rank = left or redis.call('ZSCORE', mailbox, key)
  if place == 'lane' then
    if left then return nil end
    if rank then redis.call('ZREM', mailbox, key) end
    if not rank and since ~= '' then rank = since end
    enter(lane, rank or newRank(lane, mailbox, now), key)
    return nil
  end
  if left then redis.call('ZREM', lane, key) end
  if place == 'mailbox' then
    if not rank and since ~= '' then rank = since end
    redis.call('ZADD', mailbox, rank or newRank(lane, mailbox, now), key)
    if redis.call('PTTL', mailbox) < tonumber(life) then redis.call('PEXPIRE', mailbox, life) end
  elseif rank and not left then
    redis.call('ZREM', mailbox, key)
  end
  return left
end
local function successor(lane, rank, records, now)
  while true do
    local key = redis.call('ZRANGEBYSCORE', lane, '(' .. rank, '+inf', 'LIMIT', 0, 1)[1]
    if not key or record(redis.call('GET', records .. key), now) then return key end
    redis.call('ZREM', lane, key)
  end
end
`;
