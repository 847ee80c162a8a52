-- Takes one place in each of several windows, or none at all.
--
-- KEYS[1] and so on: what was counted, one for each scope (ZSET: reservation id by its time, in
--          milliseconds)
-- ARGV[1] reservation id
-- ARGV[2] its time, in milliseconds
-- ARGV[3] time up to which what was counted is forgotten, in milliseconds
-- ARGV[4] how many of the newest are kept in a scope
-- ARGV[5] seconds that a scope is kept after this
-- ARGV[6], [7], [8] and so on: the position in KEYS of a window's scope, the time after which it
--          counts, and how many it may hold
-- Returns: 1 when the place is taken, also by an earlier run of the same; 0 when a window is full.
local id, at, forgotten, kept, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if redis.call('ZSCORE', KEYS[1], id) then
  return 1
end
for place = 6, #ARGV, 3 do
  local scope, start, most = KEYS[tonumber(ARGV[place])], ARGV[place + 1], tonumber(ARGV[place + 2])
  if redis.call('ZCOUNT', scope, '(' .. start, '+inf') >= most then
    return 0
  end
end
for _, scope in ipairs(KEYS) do
  redis.call('ZADD', scope, at, id)
  redis.call('ZREMRANGEBYSCORE', scope, '-inf', forgotten)
  redis.call('ZREMRANGEBYRANK', scope, 0, -1 - kept)
  redis.call('EXPIRE', scope, ttl)
end
return 1
