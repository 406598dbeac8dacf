--[[ Starts a generation unless one lives already.
  KEYS[1] room (HASH)   KEYS[2] waiting   KEYS[3] active (ZSET, score = expiry, ms)
  KEYS[4] unactivated   KEYS[5] admissions of the active (HASH)   KEYS[6] entered
  KEYS[7] admissions (ZSET, score = µs)   KEYS[8], KEYS[9] admissions, ends to be recorded
  ARGV[1] JSON: settings {name: value}, generation, active a list of {user, sequence, expiry ms},
          recentAdmissionsUs [µs], lastSequence, quietMs
  Returns when the standing generation began, µs ]]
local function digits(number) return string.format("%.0f", number) end

local rebuild = cjson.decode(ARGV[1])
local standing = redis.call("HGET", KEYS[1], "generationStartedUs")
if standing then
  -- Whoever rebuilds in vain has counted on; the passes that follow are of that number.
  if rebuild.generation > tonumber(redis.call("HGET", KEYS[1], "generation") or "0") then
    redis.call("HSET", KEYS[1], "generation", digits(rebuild.generation))
  end
  return standing
end
local time = redis.call("TIME")
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])

-- A loss may be partial; what is left without its generation means nothing.
redis.call("UNLINK", unpack(KEYS))
for name, value in pairs(rebuild.settings) do
  redis.call("HSET", KEYS[1], name, type(value) == "number" and digits(value) or value)
end
redis.call(
  "HSET", KEYS[1],
  "generation", digits(rebuild.generation),
  "generationStartedUs", digits(nowUs),
  "lastSequence", digits(rebuild.lastSequence),
  "runId", string.match(redis.call("INFO", "server"), "run_id:(%x+)") or "",
  "quietUntilUs", digits(rebuild.quietMs > 0 and nowUs + rebuild.quietMs * 1000 or 0)
)
for _, admission in ipairs(rebuild.active) do
  local user = digits(admission[1])
  redis.call("ZADD", KEYS[3], digits(admission[3]), user)
  redis.call("HSET", KEYS[5], user, digits(admission[2]) .. ":0")
end
for i, admittedUs in ipairs(rebuild.recentAdmissionsUs) do
  redis.call("ZADD", KEYS[7], digits(admittedUs), "rebuild:" .. i)
end
return digits(nowUs)
