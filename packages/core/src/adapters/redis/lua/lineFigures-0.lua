--[[ Defines a function for the scripts that answer with the figures of a queue. Its text precedes
  their text.
  The clock can be set back to before an admission; no duration is negative then.
  room (HASH)   waiting (ZSET)   active (ZSET)   admissions (ZSET, score = admitted µs)
  Returns {waiting count, active count, admissions of the last 60 s, admissions of the last 10 s,
           ms since the first admission of the last 60 s, admissions of this generation,
           start of the generation in µs, ended admissions of the generation,
           mean duration of the latest of them in ms} ]]
local function lineFigures(room, waiting, active, admissions, nowUs)
  local recentSince = string.format("%.0f", nowUs - 60000000)
  local latestSince = string.format("%.0f", nowUs - 10000000)
  local first = redis.call(
    "ZRANGEBYSCORE", admissions, recentSince, "+inf", "WITHSCORES", "LIMIT", 0, 1
  )
  local counts = redis.call(
    "HMGET", room, "admittedCount", "generationStartedUs", "stayCount", "meanStayMs"
  )
  return {
    redis.call("ZCARD", waiting),
    redis.call("ZCARD", active),
    redis.call("ZCOUNT", admissions, recentSince, "+inf"),
    redis.call("ZCOUNT", admissions, latestSince, "+inf"),
    first[2] and math.max(0, math.floor((nowUs - tonumber(first[2])) / 1000)) or 0,
    counts[1] or "0",
    counts[2],
    counts[3] or "0",
    math.floor(tonumber(counts[4] or "0") + 0.5),
  }
end
