--[[ Ends places at the end of the line of a draining queue. The last user loses the place first.
  When none is left, ends the missed places too.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET)   KEYS[3] entered (HASH)   KEYS[4] missed (ZSET)
  ARGV[1] most places that this call ends
  ARGV[2] version of the settings that began the drain
  Returns {"MISSING"} | {"NOT_DRAINING"} | {"DISCARDED", number of places} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
if redis.call("HGET", KEYS[1], "mode") ~= "draining" then return { "NOT_DRAINING" } end
-- The call of a process that was suspended can arrive after another drain has begun.
local version = tonumber(redis.call("HGET", KEYS[1], "settingsVersion") or "0")
if version ~= tonumber(ARGV[2]) then return { "NOT_DRAINING" } end
local tail = redis.call("ZPOPMAX", KEYS[2], tonumber(ARGV[1]))
for i = 1, #tail, 2 do redis.call("HDEL", KEYS[3], tail[i]) end
if redis.call("ZCARD", KEYS[2]) == 0 then redis.call("UNLINK", KEYS[4]) end
return { "DISCARDED", #tail / 2 }
