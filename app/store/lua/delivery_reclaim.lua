-- Takes back lanes from hands that have let them go: their process died.
--
-- KEYS[1] lanes that are due (ZSET)
-- KEYS[2] lanes in somebody's hands (ZSET)
-- ARGV[1] now, in milliseconds
-- ARGV[2] how many at most
-- Returns: how many there were.
local due, leased = KEYS[1], KEYS[2]
local now, most = ARGV[1], ARGV[2]

local lanes = redis.call('ZRANGEBYSCORE', leased, '-inf', now, 'LIMIT', 0, most)
for _, lane in ipairs(lanes) do
  redis.call('ZREM', leased, lane)
  redis.call('ZADD', due, now, lane)
end
return #lanes
