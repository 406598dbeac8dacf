--[[ Starts a generation of the queue's Redis state, unless the queue has one that is not stale.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET)
  KEYS[3] active (ZSET, member = user, score = expiry in ms)   KEYS[4] unactivated (ZSET)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")   KEYS[6] entered (HASH)
  KEYS[7] admissions (ZSET, score = admitted µs)   KEYS[8] missed (ZSET)
  KEYS[9], KEYS[10] admissions and ends that MySQL has not recorded (ZSET)
  ARGV[1] JSON: settings {name: value}, settingsVersion, epoch, generation, lastSequence, quietMs,
          active: a list of [user, sequence, expiry in ms, admitted µs],
          recentAdmissionsUs: a list of µs
  Returns the start of the current generation, in µs since the epoch ]]
local function digits(number) return string.format("%.0f", number) end

local rebuild = cjson.decode(ARGV[1])
local startedUs = redis.call("HGET", KEYS[1], "generationStartedUs")

-- A rebuild that Redis served late, after another loss, made a state of an old generation. MySQL
-- may have recorded admissions of a later generation. Such a state does not have them, and would
-- admit other users in their slots.
local function isStale()
  local generation = tonumber(redis.call("HGET", KEYS[1], "generation") or "0")
  if rebuild.generation <= generation + 1 then return false end
  local ended = {}
  for _, entry in ipairs(redis.call("ZRANGE", KEYS[10], 0, -1)) do
    local sequence, admittedUs = string.match(entry, "^(%d+):%d+:(%d+):")
    ended[sequence .. ":" .. admittedUs] = true
  end
  for _, admission in ipairs(rebuild.active) do
    local sequence = digits(admission[2])
    local admitted = redis.call("HGET", KEYS[5], digits(admission[1])) or ""
    local isEnded = ended[sequence .. ":" .. digits(admission[4])]
    if string.match(admitted, "^%d+") ~= sequence and not isEnded then return true end
  end
  return false
end

if startedUs and not isStale() then
  -- MySQL has counted a new generation for this call, although Redis already has the queue. MySQL
  -- refuses admissions of an earlier generation, so later admissions must carry the new number.
  if rebuild.generation > tonumber(redis.call("HGET", KEYS[1], "generation") or "0") then
    redis.call("HSET", KEYS[1], "generation", digits(rebuild.generation))
  end
  return startedUs
end
local time = redis.call("TIME")
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])

-- Redis may have lost only some of the keys, for example by eviction. Then the others are stale.
redis.call("UNLINK", unpack(KEYS))
for name, value in pairs(rebuild.settings) do
  redis.call("HSET", KEYS[1], name, type(value) == "number" and digits(value) or value)
end
redis.call(
  "HSET", KEYS[1],
  "settingsVersion", digits(rebuild.settingsVersion),
  "epoch", digits(rebuild.epoch),
  "generation", digits(rebuild.generation),
  "generationStartedUs", digits(nowUs),
  "lastSequence", digits(rebuild.lastSequence),
  "runId", serverRunId(),
  "quietUntilUs", digits(rebuild.quietMs > 0 and nowUs + rebuild.quietMs * 1000 or 0)
)
for _, admission in ipairs(rebuild.active) do
  local user = digits(admission[1])
  redis.call("ZADD", KEYS[3], digits(admission[3]), user)
  redis.call("HSET", KEYS[5], user, digits(admission[2]) .. ":" .. digits(admission[4]))
end
for i, admittedUs in ipairs(rebuild.recentAdmissionsUs) do
  redis.call("ZADD", KEYS[7], digits(admittedUs), "rebuild:" .. i)
end
return digits(nowUs)
