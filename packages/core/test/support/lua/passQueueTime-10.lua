--[[ Moves all times of a waiting room into the past; sequences, which name places, stay.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET, score = sequence)
  KEYS[3] active (ZSET, score = expiry, ms)   KEYS[4] unactivated (ZSET, score = deadline, ms)
  KEYS[5] passes of the active (HASH, user -> "sequence:admitted µs")
  KEYS[6] entered (HASH, user -> µs, only where it differs from the sequence)
  KEYS[7] admissions (ZSET, score = µs)
  KEYS[8] missed (ZSET, score = sequence)
  KEYS[9] passes to be recorded (ZSET, score = admitted µs,
          member = "sequence:user:admitted µs:entered µs:expiry ms")
  KEYS[10] ends to be recorded (ZSET, score = ended µs,
          member = "sequence:user:admitted µs:ended µs:reason")
  ARGV[1] how far, ms ]]
local passedMs = tonumber(ARGV[1])
local passedUs = passedMs * 1000

-- 0 means "no time" and does not change.
local function earlier(digits, by)
  local number = tonumber(digits)
  return string.format("%.0f", number == 0 and 0 or number - by)
end

local function pairsOf(flat)
  local i = -1
  return function()
    i = i + 2
    if flat[i] then return flat[i], flat[i + 1] end
  end
end

local function shiftScores(key, by, rename)
  for member, score in pairsOf(redis.call("ZRANGE", key, 0, -1, "WITHSCORES")) do
    redis.call("ZREM", key, member)
    redis.call("ZADD", key, earlier(score, by), rename and rename(member) or member)
  end
end

for _, field in ipairs({ "generationStartedUs", "quietUntilUs" }) do
  local us = redis.call("HGET", KEYS[1], field)
  if us then redis.call("HSET", KEYS[1], field, earlier(us, passedUs)) end
end

-- A waiting user without an entry in KEYS[6] entered at the time of the sequence. The sequence
-- itself does not change.
for user, sequence in pairsOf(redis.call("ZRANGE", KEYS[2], 0, -1, "WITHSCORES")) do
  local us = redis.call("HGET", KEYS[6], user) or sequence
  redis.call("HSET", KEYS[6], user, earlier(us, passedUs))
end

shiftScores(KEYS[3], passedMs)
shiftScores(KEYS[4], passedMs)
for user, pass in pairsOf(redis.call("HGETALL", KEYS[5])) do
  local sequence, admittedUs = string.match(pass, "^(%d+):(%d+)$")
  redis.call("HSET", KEYS[5], user, sequence .. ":" .. earlier(admittedUs, passedUs))
end
shiftScores(KEYS[7], passedUs)
shiftScores(KEYS[9], passedUs, function(member)
  local place, admittedUs, enteredUs, expiresAtMs =
    string.match(member, "^(%d+:%d+):(%d+):(%d+):(%d+)$")
  local times = { earlier(admittedUs, passedUs), earlier(enteredUs, passedUs) }
  return table.concat({ place, times[1], times[2], earlier(expiresAtMs, passedMs) }, ":")
end)
shiftScores(KEYS[10], passedUs, function(member)
  local place, admittedUs, endedUs, reason =
    string.match(member, "^(%d+:%d+):(%d+):(%d+):(%a+)$")
  local times = { earlier(admittedUs, passedUs), earlier(endedUs, passedUs) }
  return table.concat({ place, times[1], times[2], reason }, ":")
end)
