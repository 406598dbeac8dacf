--[[ Replaces the settings of a queue. A queue without Redis state gets its settings at the rebuild.
  KEYS[1] room (HASH: settings, version of the settings, generation)
  ARGV[1] version of these settings
  ARGV[2…] name, value, name, value, …
  Returns {"CONFIGURED"} | {"NEWER"} | {"MISSING"} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
-- The call of a process that was suspended can arrive after a later change.
local version = tonumber(redis.call("HGET", KEYS[1], "settingsVersion") or "0")
if tonumber(ARGV[1]) < version then return { "NEWER" } end
redis.call("HSET", KEYS[1], "settingsVersion", unpack(ARGV))
return { "CONFIGURED" }
