-- Lets a lane wait after a failure, unless somebody else has it in hand by now.
--
-- KEYS[1] events (HASH)
-- KEYS[2] tries (HASH)
-- KEYS[3] lanes that are due (ZSET)
-- KEYS[4] lanes in somebody's hands (ZSET)
-- ARGV[1] event id
-- ARGV[2] lane
-- ARGV[3] until when it was taken in hand
-- ARGV[4] when it is due again, in milliseconds
-- ARGV[5] tries, JSON
-- Returns: 1 when it waits, else 0.
local events, tries, due, leased = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, lane, token, due_at, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if tonumber(redis.call('ZSCORE', leased, lane) or '0') ~= tonumber(token) then
  return 0
end
redis.call('ZREM', leased, lane)
redis.call('ZADD', due, due_at, lane)
-- Who had it in hand before may have delivered it late; then nobody would ever take this away.
if redis.call('HEXISTS', events, id) == 1 then
  redis.call('HSET', tries, id, record)
end
return 1
