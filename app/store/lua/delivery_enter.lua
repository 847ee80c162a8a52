-- Takes events of the feed into an endpoint's own list, all or none, once.
--
-- KEYS[1] how far the endpoint is in the feed (STRING)
-- KEYS[2] events (HASH)
-- KEYS[3] waiting (ZSET, by when they were taken in)
-- KEYS[4] lanes that are due (ZSET)
-- KEYS[5] lanes in somebody's hands (ZSET)
-- KEYS[6] and so on: the lane of each event's person (LIST)
-- ARGV[1] how far the caller believes the endpoint to be
-- ARGV[2] now, in milliseconds
-- ARGV[3] seconds that all this is kept, unless somebody keeps it for longer
-- ARGV[4], [5], [6] and so on, for each event: its id, which is how far the endpoint is then; its
--          lane ('' when the endpoint does not want the event); its record, JSON
-- Returns: 1 when the endpoint is past the events now, 0 when somebody else was first.
local progress, events, waiting, due, leased = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local expected, now, ttl = ARGV[1], ARGV[2], ARGV[3]

if redis.call('GET', progress) ~= expected then
  return 0
end
for place = 4, #ARGV, 3 do
  local id, lane, record = ARGV[place], ARGV[place + 1], ARGV[place + 2]
  if lane ~= '' then
    redis.call('HSET', events, id, record)
    redis.call('ZADD', waiting, 'NX', now, id)
    local lane_key = KEYS[5 + (place - 1) / 3]
    redis.call('RPUSH', lane_key, id)
    redis.call('EXPIRE', lane_key, ttl)
    if not redis.call('ZSCORE', leased, lane) then
      redis.call('ZADD', due, 'NX', now, lane)
    end
  end
end
for position = 2, 5 do
  redis.call('EXPIRE', KEYS[position], ttl)
end
redis.call('SET', progress, ARGV[#ARGV - 2])
return 1
