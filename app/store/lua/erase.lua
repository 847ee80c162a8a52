-- Removes what is known under one identity, unless somebody wrote since the caller read.
--
-- KEYS[1] preferences (HASH: version, record, head)
-- KEYS[2] changes that are not in the feed yet (LIST)
-- KEYS[3…] everything else that goes
-- ARGV[1] version that the caller read (0: none)
-- ARGV[2] change for the feed, JSON ('' for none)
-- ARGV[3] seconds that the version alone is kept, so that who read the record before cannot write
-- Returns: 1 when it is gone, 0 when somebody else wrote.
local preferences, unpublished = KEYS[1], KEYS[2]
local expected, change, ttl = ARGV[1], ARGV[2], ARGV[3]

local version = redis.call('HGET', preferences, 'version') or '0'
if version ~= expected then
  return 0
end
for position = 3, #KEYS do
  redis.call('DEL', KEYS[position])
end
if version ~= '0' then
  redis.call('DEL', preferences)
  redis.call('HSET', preferences, 'version', tonumber(version) + 1)
  redis.call('EXPIRE', preferences, ttl)
end
if change ~= '' then
  redis.call('RPUSH', unpublished, change)
end
return 1
