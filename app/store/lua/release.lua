-- Gives a lease back, if it is still ours.
--
-- KEYS[1] lease (STRING)
-- ARGV[1] holder
-- Returns: 1 when it was ours, else 0.
local lease = KEYS[1]
local holder = ARGV[1]

if redis.call('GET', lease) == holder then
  return redis.call('DEL', lease)
end
return 0
