-- Places a hold for an event that is not applied yet.
--
-- KEYS[1] holds of the identity (HASH)
-- KEYS[2] applied record of the event under this identity (STRING)
-- ARGV[1] event id
-- ARGV[2] scope of the hold
-- Returns: 1 when the hold stands, 0 when the event was applied long ago (a redelivery).
local holds, applied = KEYS[1], KEYS[2]
local event_id, scope = ARGV[1], ARGV[2]

if redis.call('EXISTS', applied) == 1 then
  return 0
end
redis.call('HSET', holds, event_id, scope)
return 1
