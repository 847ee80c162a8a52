-- Takes a pause off the index, if it still ends when the caller has read that it does.
--
-- KEYS[1] ends of pauses that are to be told (ZSET, milliseconds)
-- ARGV[1] identity of the person
-- ARGV[2] end of the pause, in milliseconds
-- Returns: 1 when it was taken off, else 0.
local pauses = KEYS[1]
local identity, until_then = ARGV[1], ARGV[2]

local found = redis.call('ZSCORE', pauses, identity)
if found and tonumber(found) == tonumber(until_then) then
  return redis.call('ZREM', pauses, identity)
end
return 0
