--[[ Returns the user's place in the queue. If the user is active, also marks the admission as used:
  the user leaves KEYS[4].
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET, member = user, score = sequence)
  KEYS[3] active (ZSET, member = user, score = expiry in ms)
  KEYS[4] unactivated (ZSET, member = user, score = deadline in ms)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")
  KEYS[6] admissions (ZSET, member = sequence, score = admitted µs)
  ARGV[1] user id
  ARGV[2] sequence in the user's token, or "": a token of an earlier place activates nothing
  Returns {"MISSING"} | {"NONE"} | {"ACTIVE", sequence, expiry in ms}
        | {"WAITING", sequence, position, {the figures of lineFigures-0.lua}} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local time = redis.call("TIME")
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local user = ARGV[1]

local expiresAtMs = redis.call("ZSCORE", KEYS[3], user)
if expiresAtMs then
  if tonumber(expiresAtMs) * 1000 <= nowUs then return { "NONE" } end
  local sequence = string.match(redis.call("HGET", KEYS[5], user) or "0", "^%d+")
  local proven = tonumber(ARGV[2])
  if not proven or tonumber(sequence) <= proven then redis.call("ZREM", KEYS[4], user) end
  return { "ACTIVE", sequence, expiresAtMs }
end

local sequence = redis.call("ZSCORE", KEYS[2], user)
if not sequence then return { "NONE" } end
return {
  "WAITING",
  sequence,
  redis.call("ZRANK", KEYS[2], user) + 1,
  lineFigures(KEYS[1], KEYS[2], KEYS[3], KEYS[6], nowUs),
}
