-- Forgets a dead letter for good.
--
-- KEYS[1] dead letters (ZSET)
-- KEYS[2] events (HASH)
-- KEYS[3] tries (HASH)
-- ARGV[1] event id
-- Returns: 1 when it was a dead letter, else 0.
local dead, events, tries = KEYS[1], KEYS[2], KEYS[3]
local id = ARGV[1]

if redis.call('ZREM', dead, id) == 0 then
  return 0
end
redis.call('HDEL', events, id)
redis.call('HDEL', tries, id)
return 1
