--[[ Defines a function for the scripts that end admissions. Its text precedes their text.
  Only stays of this generation count.
  room (HASH: start of the generation, number of ended stays, mean of about the last 100 in ms) ]]
local function noteStay(room, admittedUs, nowUs)
  local startedUs = redis.call("HGET", room, "generationStartedUs")
  if tonumber(admittedUs) < tonumber(startedUs) then return end
  -- The clock can be set back to before the admission.
  local stayMs = math.max(0, math.floor((tonumber(nowUs) - tonumber(admittedUs)) / 1000))
  local count = redis.call("HINCRBY", room, "stayCount", 1)
  local mean = tonumber(redis.call("HGET", room, "meanStayMs") or "0")
  mean = mean + (stayMs - mean) / math.min(count, 100)
  redis.call("HSET", room, "meanStayMs", string.format("%.3f", mean))
end
