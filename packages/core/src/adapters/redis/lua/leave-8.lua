--[[ Ends the user's place. LEFT ends a waiting, an active or a missed place, PAID only an active
  one. An active user's slot becomes free immediately.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET)   KEYS[3] active (ZSET)   KEYS[4] unactivated (ZSET)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")   KEYS[6] entered (HASH)
  KEYS[7] missed (ZSET, member = user, score = sequence)
  KEYS[8] ends that MySQL has not recorded (ZSET, score = ended µs)
  ARGV[1] user id   ARGV[2] reason
  ARGV[3] sequence in the user's token, or "": a token of an earlier place ends nothing
  Returns {"MISSING"} | {"NONE"} | {"NEWER"} for a later place than the token's
        | {"ENDED"} for a waiting or a missed place
        | {"ENDED", sequence, admitted µs, ended µs} for an active place ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local user = ARGV[1]

local isActive = redis.call("ZSCORE", KEYS[3], user)
local admission = redis.call("HGET", KEYS[5], user) or "0:0"
local sequence, admittedUs = string.match(admission, "^(%d+):(%d+)$")
if not isActive then
  sequence = redis.call("ZSCORE", KEYS[2], user) or redis.call("ZSCORE", KEYS[7], user)
end
if not sequence or (not isActive and ARGV[2] == "PAID") then return { "NONE" } end
local proven = tonumber(ARGV[3])
if proven and tonumber(sequence) > proven then
  -- The token of a missed place ends only this place.
  local missed = redis.call("ZSCORE", KEYS[7], user)
  if ARGV[2] == "LEFT" and missed and tonumber(missed) == proven then
    redis.call("ZREM", KEYS[7], user)
  end
  return { "NEWER" }
end

redis.call("ZREM", KEYS[2], user)
redis.call("HDEL", KEYS[6], user)
redis.call("ZREM", KEYS[7], user)
if not isActive then return { "ENDED" } end

local time = redis.call("TIME")
local nowUs = string.format("%.0f", tonumber(time[1]) * 1000000 + tonumber(time[2]))
redis.call("ZREM", KEYS[3], user)
redis.call("ZREM", KEYS[4], user)
redis.call("HDEL", KEYS[5], user)
noteStay(KEYS[1], admittedUs, nowUs)
local ended = table.concat({ sequence, user, admittedUs, nowUs, ARGV[2] }, ":")
redis.call("ZADD", KEYS[8], nowUs, ended)
return { "ENDED", sequence, admittedUs, nowUs }
