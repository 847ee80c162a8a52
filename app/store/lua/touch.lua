-- Remembers when a person last wrote, and tells which phone number the identity is linked to.
--
-- KEYS[1] window of the identity (STRING, milliseconds)
-- KEYS[2] link of the identity (STRING)
-- ARGV[1] when the message was written, in milliseconds
-- ARGV[2] when the service window of that message ends, in milliseconds
-- Returns: the linked phone number, or false.
local window, link = KEYS[1], KEYS[2]
local written_at, ends_at = ARGV[1], ARGV[2]

-- Messages arrive out of order; an older one must not shorten the window.
local known = redis.call('GET', window)
if not known or tonumber(known) < tonumber(written_at) then
  redis.call('SET', window, written_at, 'PXAT', ends_at)
end
return redis.call('GET', link)
