-- Adds a batch of numbers to the sums of all processes, once.
--
-- KEYS[1] sums (HASH)
-- KEYS[2] the last batch of this process (STRING)
-- ARGV[1] number of this batch, greater with each batch of the process
-- ARGV[2] seconds that the number is remembered
-- ARGV[3], [4] and so on: the name of a sum, and what to add to it
-- Returns: 1 when it was added, 0 when an earlier run had done so.
local sums, last = KEYS[1], KEYS[2]
local batch, ttl = ARGV[1], ARGV[2]

if tonumber(redis.call('GET', last) or '0') >= tonumber(batch) then
  return 0
end
for place = 3, #ARGV, 2 do
  redis.call('HINCRBYFLOAT', sums, ARGV[place], ARGV[place + 1])
end
redis.call('SET', last, batch, 'EX', ttl)
return 1
