-- Reads members of an index that come after a place in it, which need not be there any more.
--
-- KEYS[1] index (ZSET)
-- ARGV[1] score of the place
-- ARGV[2] member of the place ('' for before all of this score)
-- ARGV[3] how many at most
-- Returns: {member, score, member, score, …}.
local index = KEYS[1]
local score, member, most = ARGV[1], ARGV[2], tonumber(ARGV[3])

if member == '' then
  return redis.call('ZRANGEBYSCORE', index, score, '+inf', 'WITHSCORES', 'LIMIT', 0, most)
end
-- Stands just behind the place for as long as it takes to learn where that is.
local mark = member .. '\0'
redis.call('ZADD', index, score, mark)
local rank = redis.call('ZRANK', index, mark)
redis.call('ZREM', index, mark)
return redis.call('ZRANGE', index, rank, rank + most - 1, 'WITHSCORES')
