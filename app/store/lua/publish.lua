-- Puts one change into the feed and its indexes, once.
--
-- KEYS[1] feed (STREAM: entry)
-- KEYS[2] changes of this person that are in the feed (HASH: change → id of its entry)
-- KEYS[3] people who may not be sent everything (ZSET by when that was applied)
-- KEYS[4] ends of pauses that are to be told (ZSET, milliseconds)
-- ARGV[1] change
-- ARGV[2] entry, JSON
-- ARGV[3] identity of the person
-- ARGV[4] when the restriction was applied, in milliseconds ('' when there is none)
-- ARGV[5] end of the pause, in milliseconds ('' when there is none)
-- ARGV[6] seconds that changes are remembered
-- ARGV[7…] identities that stand for nobody of their own any more
-- Returns: {id of the entry, 1 when it is new or 0}.
local feed, changes, restricted, pauses = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local change, entry, identity, restricted_at, pause_ends_at, ttl =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local before = redis.call('HGET', changes, change)
if before then
  return { before, 0 }
end
local id = redis.call('XADD', feed, '*', 'entry', entry)
redis.call('HSET', changes, change, id)
redis.call('EXPIRE', changes, ttl)
if restricted_at ~= '' then
  redis.call('ZADD', restricted, restricted_at, identity)
else
  redis.call('ZREM', restricted, identity)
end
if pause_ends_at ~= '' then
  redis.call('ZADD', pauses, pause_ends_at, identity)
else
  redis.call('ZREM', pauses, identity)
end
for position = 7, #ARGV do
  redis.call('ZREM', restricted, ARGV[position])
  redis.call('ZREM', pauses, ARGV[position])
end
return { id, 1 }
