--[[ Replaces the settings of a queue. A queue without Redis state gets its settings at the rebuild.
  KEYS[1] room (HASH: settings, generation)
  ARGV name, value, name, value, …
  Returns {"CONFIGURED"} | {"MISSING"} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
redis.call("HSET", KEYS[1], unpack(ARGV))
return { "CONFIGURED" }
