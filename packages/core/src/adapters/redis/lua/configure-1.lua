--[[ Replaces the settings of a standing generation; a missing one gets them when it is rebuilt.
  KEYS[1] room (HASH)
  ARGV name, value, name, value, …
  Returns {"CONFIGURED"} or {"MISSING"} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
redis.call("HSET", KEYS[1], unpack(ARGV))
return { "CONFIGURED" }
