-- Takes an event off the head of its lane, delivered or given up, and lets the next one follow.
--
-- KEYS[1] events (HASH)
-- KEYS[2] waiting (ZSET)
-- KEYS[3] tries (HASH)
-- KEYS[4] dead letters (ZSET)
-- KEYS[5] the lane of the person (LIST)
-- KEYS[6] lanes that are due (ZSET)
-- KEYS[7] lanes in somebody's hands (ZSET)
-- ARGV[1] event id ('' when the lane was found empty)
-- ARGV[2] lane
-- ARGV[3] until when it was taken in hand ('' by nobody)
-- ARGV[4] tries, JSON, when the event becomes a dead letter ('' when it is delivered)
-- ARGV[5] now, in milliseconds
-- Returns: 1 when the event was there, else 0.
local events, waiting, tries, dead, lane_key, due, leased =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local id, lane, token, tries_record, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local was_there = 0
if id ~= '' then
  was_there = redis.call('LREM', lane_key, 1, id)
  redis.call('ZREM', waiting, id)
  if tries_record == '' then
    redis.call('HDEL', events, id)
    redis.call('HDEL', tries, id)
    redis.call('ZREM', dead, id)
  elseif was_there == 1 then
    redis.call('HSET', tries, id, tries_record)
    redis.call('ZADD', dead, now, id)
  end
end
if token ~= '' and tonumber(redis.call('ZSCORE', leased, lane) or '0') == tonumber(token) then
  redis.call('ZREM', leased, lane)
  if redis.call('EXISTS', lane_key) == 1 then
    redis.call('ZADD', due, now, lane)
  end
end
if redis.call('EXISTS', lane_key) == 0 then
  redis.call('ZREM', due, lane)
end
return was_there
