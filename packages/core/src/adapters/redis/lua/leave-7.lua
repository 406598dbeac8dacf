--[[ Ends the user's place, waiting or active. An active user's slot becomes free at once.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET)   KEYS[3] active (ZSET)   KEYS[4] unactivated (ZSET)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")   KEYS[6] entered (HASH)
  KEYS[7] ends that MySQL has not recorded (ZSET, score = ended µs)
  ARGV[1] user id   ARGV[2] reason
  Returns {"MISSING"} | {"NONE"} | {"ENDED"} for a waiting place
        | {"ENDED", sequence, ended µs} for an active place ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local user = ARGV[1]

local waited = redis.call("ZREM", KEYS[2], user)
redis.call("HDEL", KEYS[6], user)
if redis.call("ZREM", KEYS[3], user) == 0 then
  return { waited == 1 and "ENDED" or "NONE" }
end

local time = redis.call("TIME")
local nowUs = string.format("%.0f", tonumber(time[1]) * 1000000 + tonumber(time[2]))
local admission = redis.call("HGET", KEYS[5], user) or "0:0"
local sequence, admittedUs = string.match(admission, "^(%d+):(%d+)$")
redis.call("ZREM", KEYS[4], user)
redis.call("HDEL", KEYS[5], user)
local ended = table.concat({ sequence, user, admittedUs, nowUs, ARGV[2] }, ":")
redis.call("ZADD", KEYS[7], nowUs, ended)
return { "ENDED", sequence, nowUs }
