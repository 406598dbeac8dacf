--[[ Forgets passes and ends that the database has recorded. A pass of an earlier generation,
  recorded after this one was seeded, is taken over: it is out there and counts.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET)   KEYS[3] active (ZSET, score = expiry, ms)
  KEYS[4] passes of the active (HASH)   KEYS[5] entered (HASH)   KEYS[6] admissions (ZSET)
  KEYS[7] passes to be recorded (ZSET)   KEYS[8] ends to be recorded (ZSET)
  ARGV[1] count of passes   ARGV[2...] the passes, then the ends, as promote gave them
  Returns the count of passes taken over ]]
local startedUs = tonumber(redis.call("HGET", KEYS[1], "generationStartedUs") or nil)
if not startedUs then return 0 end
local time = redis.call("TIME")
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local passCount = tonumber(ARGV[1])
local ended = {}
for i = passCount + 2, #ARGV do
  redis.call("ZREM", KEYS[8], ARGV[i])
  ended[string.match(ARGV[i], "^%d+")] = true
end

local takenOver = 0
for i = 2, passCount + 1 do
  local sequence, user, admittedUs, _, expiresAtMs =
    string.match(ARGV[i], "^(%d+):(%d+):(%d+):(%d+):(%d+)$")
  local known = redis.call("ZREM", KEYS[7], ARGV[i]) == 1
    or ended[sequence]
    or tonumber(admittedUs) >= startedUs
    or tonumber(expiresAtMs) <= nowMs
    or redis.call("ZSCORE", KEYS[3], user)
  if not known then
    redis.call("ZREM", KEYS[2], user)
    redis.call("HDEL", KEYS[5], user)
    redis.call("ZADD", KEYS[3], expiresAtMs, user)
    redis.call("HSET", KEYS[4], user, sequence .. ":" .. admittedUs)
    redis.call("ZADD", KEYS[6], admittedUs, sequence)
    takenOver = takenOver + 1
  end
end
return takenOver
