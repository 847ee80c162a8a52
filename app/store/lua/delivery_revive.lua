-- Puts a dead letter in front of what waits for its person.
--
-- KEYS[1] dead letters (ZSET)
-- KEYS[2] waiting (ZSET)
-- KEYS[3] tries (HASH)
-- KEYS[4] the lane of the person (LIST)
-- KEYS[5] lanes that are due (ZSET)
-- KEYS[6] lanes in somebody's hands (ZSET)
-- ARGV[1] event id
-- ARGV[2] lane
-- ARGV[3] now, in milliseconds
-- Returns: 1 when it was a dead letter, else 0.
local dead, waiting, tries, lane_key, due, leased =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local id, lane, now = ARGV[1], ARGV[2], ARGV[3]

if redis.call('ZREM', dead, id) == 0 then
  return 0
end
redis.call('HDEL', tries, id)
redis.call('ZADD', waiting, now, id)
redis.call('LPUSH', lane_key, id)
if not redis.call('ZSCORE', leased, lane) then
  redis.call('ZADD', due, now, lane)
end
return 1
