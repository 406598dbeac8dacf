--[[ Defines a function for the scripts that end admissions. Its text precedes their text.
  room (HASH: number of ended stays, mean of about the last 100 stays in ms)
  admittedUs: 0 for an admission of an earlier generation, whose time is unknown ]]
local function noteStay(room, admittedUs, nowUs)
  if tonumber(admittedUs) == 0 then return end
  -- The clock can be set back to before the admission.
  local stayMs = math.max(0, math.floor((tonumber(nowUs) - tonumber(admittedUs)) / 1000))
  local count = redis.call("HINCRBY", room, "stayCount", 1)
  local mean = tonumber(redis.call("HGET", room, "meanStayMs") or "0")
  mean = mean + (stayMs - mean) / math.min(count, 100)
  redis.call("HSET", room, "meanStayMs", string.format("%.3f", mean))
end
