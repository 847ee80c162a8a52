-- Count one attempt to sign in, unless the name or the address has to wait.
-- KEYS[1] attempts under this name (HASH: count, until)
-- KEYS[2] attempts from this address (HASH: count, until)
-- ARGV[1] now in milliseconds   ARGV[2] seconds after which all is forgotten
-- ARGV[3] attempts that are free under a name   ARGV[4] attempts that are free from an address
-- ARGV[5] the first wait in milliseconds   ARGV[6] the longest wait in milliseconds
-- Returns: milliseconds to wait; 0 when the attempt is counted and may go on.
local now = tonumber(ARGV[1])
local first, longest = tonumber(ARGV[5]), tonumber(ARGV[6])
local wait = 0
for position = 1, 2 do
  local till = tonumber(redis.call('HGET', KEYS[position], 'until') or '0')
  wait = math.max(wait, till - now)
end
if wait > 0 then
  return wait
end
for position = 1, 2 do
  local count = redis.call('HINCRBY', KEYS[position], 'count', 1)
  local over = count - tonumber(ARGV[2 + position])
  if over >= 0 then
    local pause = math.min(longest, first * 2 ^ math.min(over, 20))
    redis.call('HSET', KEYS[position], 'until', string.format('%.0f', now + pause))
  end
  redis.call('EXPIRE', KEYS[position], ARGV[2])
end
return 0
