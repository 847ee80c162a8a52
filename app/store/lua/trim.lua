-- Lets go of old entries of the feed, and remembers up to where.
--
-- KEYS[1] feed (STREAM)
-- KEYS[2] id of the newest entry that is gone (STRING)
-- ARGV[1] id of the oldest entry to keep
-- Returns: how many entries went.
local feed, trimmed = KEYS[1], KEYS[2]
local oldest = ARGV[1]

local newest = redis.call('XREVRANGE', feed, '(' .. oldest, '-', 'COUNT', 1)
if #newest == 0 then
  return 0
end
-- First, so that nobody finds a gap that is not told.
redis.call('SET', trimmed, newest[1][1])
return redis.call('XTRIM', feed, 'MINID', '~', oldest)
