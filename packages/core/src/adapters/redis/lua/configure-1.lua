--[[ Replaces the settings of a standing generation; a missing one gets them when it is seeded.
  KEYS[1] room (HASH)
  ARGV name, value, name, value, …
  Returns 1, or 0 when there is no generation ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return 0 end
redis.call("HSET", KEYS[1], unpack(ARGV))
return 1
