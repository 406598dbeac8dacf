--[[ Counts the users of a queue.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET)   KEYS[3] active (ZSET)
  KEYS[4] admissions (ZSET, score = admitted µs)
  Returns {"MISSING"}
        | {"OK", waiting count, active count, admissions of the last 60 s, {field, value, …}} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local time = redis.call("TIME")
local sinceUs = string.format("%.0f", (tonumber(time[1]) - 60) * 1000000 + tonumber(time[2]))
return {
  "OK",
  redis.call("ZCARD", KEYS[2]),
  redis.call("ZCARD", KEYS[3]),
  redis.call("ZCOUNT", KEYS[4], sinceUs, "+inf"),
  redis.call("HGETALL", KEYS[1]),
}
