-- Takes the lane that is due longest into one's hands.
--
-- KEYS[1] lanes that are due (ZSET)
-- KEYS[2] lanes in somebody's hands (ZSET)
-- ARGV[1] now, in milliseconds
-- ARGV[2] until when it is ours, in milliseconds
-- Returns: the lane, or false when none is due.
local due, leased = KEYS[1], KEYS[2]
local now, ends_at = ARGV[1], ARGV[2]

local found = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, 1)
if #found == 0 then
  return false
end
redis.call('ZREM', due, found[1])
redis.call('ZADD', leased, ends_at, found[1])
return found[1]
