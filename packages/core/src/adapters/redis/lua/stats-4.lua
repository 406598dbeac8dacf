--[[ Counts the users of a queue.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET)   KEYS[3] active (ZSET)
  KEYS[4] admissions (ZSET, score = admitted µs)
  Returns {"MISSING"} | {"OK", {the figures of lineFigures-0.lua}, {field, value, …}} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local time = redis.call("TIME")
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
return {
  "OK",
  lineFigures(KEYS[1], KEYS[2], KEYS[3], KEYS[4], nowUs),
  redis.call("HGETALL", KEYS[1]),
}
