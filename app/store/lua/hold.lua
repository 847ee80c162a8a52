-- Takes a lease, or renews one that is ours.
--
-- KEYS[1] lease (STRING)
-- ARGV[1] holder
-- ARGV[2] how long it lasts, in milliseconds
-- Returns: 1 when the lease is ours now, else 0.
local lease = KEYS[1]
local holder, duration = ARGV[1], ARGV[2]

local current = redis.call('GET', lease)
if current and current ~= holder then
  return 0
end
redis.call('SET', lease, holder, 'PX', duration)
return 1
