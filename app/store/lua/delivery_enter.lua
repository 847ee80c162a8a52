-- Takes one event of the feed into an endpoint's own list, once.
--
-- KEYS[1] how far the endpoint is in the feed (STRING)
-- KEYS[2] events (HASH)
-- KEYS[3] waiting (ZSET, by when they were taken in)
-- KEYS[4] the lane of the person (LIST)
-- KEYS[5] lanes that are due (ZSET)
-- KEYS[6] lanes in somebody's hands (ZSET)
-- ARGV[1] how far the caller believes the endpoint to be
-- ARGV[2] the event's id, which is how far it is then
-- ARGV[3] lane ('' when the endpoint does not want the event)
-- ARGV[4] record, JSON
-- ARGV[5] now, in milliseconds
-- Returns: 1 when the endpoint is past the event now, 0 when somebody else was first.
local progress, events, waiting, lane_key, due, leased =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local expected, id, lane, record, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if redis.call('GET', progress) ~= expected then
  return 0
end
redis.call('SET', progress, id)
if lane == '' then
  return 1
end
redis.call('HSET', events, id, record)
redis.call('ZADD', waiting, 'NX', now, id)
redis.call('RPUSH', lane_key, id)
if not redis.call('ZSCORE', leased, lane) then
  redis.call('ZADD', due, 'NX', now, lane)
end
return 1
