--[[ Keeps the epoch of a queue, unless Redis has a later one.
  KEYS[1] room (HASH)   ARGV[1] epoch
  Returns nothing ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return end
local known = tonumber(redis.call("HGET", KEYS[1], "epoch") or "0")
if tonumber(ARGV[1]) > known then redis.call("HSET", KEYS[1], "epoch", ARGV[1]) end
