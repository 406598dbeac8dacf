--[[ Removes the state of a queue, as if Redis had lost it, if it is of the given generation.
  KEYS[1] room (HASH)   KEYS[2...10] the other keys of the queue
  ARGV[1] start of the generation in µs
  Returns {"MISSING"} | {"NEWER"} | {"DISCARDED"} ]]
local startedUs = redis.call("HGET", KEYS[1], "generationStartedUs")
if not startedUs then return { "MISSING" } end
if startedUs ~= ARGV[1] then return { "NEWER" } end
redis.call("UNLINK", unpack(KEYS))
return { "DISCARDED" }
