-- Writes one record with its evidence, its dedupe record and its hold, or nothing at all.
--
-- KEYS[1] preferences (HASH: version, record, head)
-- KEYS[2] evidence (LIST)
-- KEYS[3] holds (HASH)
-- KEYS[4] applied record of the event (STRING)
-- KEYS[5] link (STRING)
-- KEYS[6] pending confirmations (ZSET)
-- KEYS[7] changes that are not in the feed yet (LIST)
-- ARGV[1] version that the caller read (0: none)
-- ARGV[2] record, JSON
-- ARGV[3] head of the evidence chain after this write ('' when no entry is added)
-- ARGV[4] evidence entry, JSON ('' for none)
-- ARGV[5] event id ('' when the write is not about an event)
-- ARGV[6] applied record, JSON
-- ARGV[7] seconds that the applied record is kept
-- ARGV[8] phone number to link to ('' for none, '-' to end the link)
-- ARGV[9] '1' when a confirmation of this event is due
-- ARGV[10] change for the feed, JSON ('' for none)
-- Returns: {'committed', new version}, {'applied', applied record} when the event was applied
--          before, or {'conflict'} when somebody else wrote since the caller read.
local preferences, evidence, holds, applied, link, pending, unpublished =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local expected, record, head, entry, event_id, applied_record, applied_ttl, linked_to, confirms =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local change = ARGV[10]

if event_id ~= '' then
  local before = redis.call('GET', applied)
  if before then
    redis.call('HDEL', holds, event_id)
    return { 'applied', before }
  end
end

local version = redis.call('HGET', preferences, 'version') or '0'
if version ~= expected then
  return { 'conflict' }
end

local next_version = tonumber(version) + 1
redis.call('HSET', preferences, 'version', next_version, 'record', record)
-- Of somebody who was forgotten the version alone was kept, for a while.
redis.call('PERSIST', preferences)
if entry ~= '' then
  redis.call('HSET', preferences, 'head', head)
  redis.call('RPUSH', evidence, entry)
end
if linked_to == '-' then
  redis.call('DEL', link)
elseif linked_to ~= '' then
  redis.call('SET', link, linked_to)
end
if change ~= '' then
  redis.call('RPUSH', unpublished, change)
end
if event_id ~= '' then
  redis.call('SET', applied, applied_record, 'EX', applied_ttl)
  redis.call('HDEL', holds, event_id)
  if confirms == '1' then
    redis.call('ZADD', pending, next_version, event_id)
  end
end
return { 'committed', tostring(next_version) }
