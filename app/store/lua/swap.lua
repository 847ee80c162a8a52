-- Replaces a record if nobody else has since the caller read it.
--
-- KEYS[1] record (HASH: version, record)
-- ARGV[1] version that the caller read (0: there was none)
-- ARGV[2] record, JSON
-- ARGV[3] seconds that the record is kept
-- Returns: 1 when written, 0 when somebody else was first.
local key = KEYS[1]
local expected, record, ttl = ARGV[1], ARGV[2], ARGV[3]

local version = redis.call('HGET', key, 'version') or '0'
if version ~= expected then
  return 0
end
redis.call('HSET', key, 'version', tonumber(version) + 1, 'record', record)
redis.call('EXPIRE', key, ttl)
return 1
