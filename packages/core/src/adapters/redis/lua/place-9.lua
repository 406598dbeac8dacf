--[[ Returns the user's place in the queue. If the user is active, also marks the admission as used:
  the user leaves KEYS[4]. A place whose admission was missed returns to the line, at its old
  sequence, when its user has the right to return. The user stays in KEYS[8], because a place
  returns only once.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET, member = user, score = sequence)
  KEYS[3] active (ZSET, member = user, score = expiry in ms)
  KEYS[4] unactivated (ZSET, member = user, score = deadline in ms)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")
  KEYS[6] entered (HASH, user -> µs; only when the time of entry is not the sequence)
  KEYS[7] admissions (ZSET, score = admitted µs)
  KEYS[8] missed (ZSET, member = user, score = sequence)
  KEYS[9] ends that MySQL has not recorded (ZSET, score = ended µs)
  ARGV[1] user id
  ARGV[2] sequence in the user's token, or "": a token of an earlier place activates nothing
  ARGV[3] "1" when the place with this sequence may return
  Returns {"MISSING"} | {"NONE"} | {"ACTIVE", sequence, expiry in ms} | {"MISSED", sequence}
        | {"WAITING" or "RETURNED", sequence, position, {the figures of lineFigures-0.lua}} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local time = redis.call("TIME")
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local user = ARGV[1]

local expiresAtMs = redis.call("ZSCORE", KEYS[3], user)
local isUnused = redis.call("ZSCORE", KEYS[4], user)
if expiresAtMs and tonumber(expiresAtMs) * 1000 <= nowUs then
  if not isUnused then return { "NONE" } end
  -- The admission has expired without use, and no promote call has ended it yet. This call ends it.
  local admission = redis.call("HGET", KEYS[5], user) or "0:0"
  local sequence, admittedUs = string.match(admission, "^(%d+):(%d+)$")
  local endedUs = string.format("%.0f", nowUs)
  redis.call("ZREM", KEYS[3], user)
  redis.call("ZREM", KEYS[4], user)
  redis.call("HDEL", KEYS[5], user)
  keepMissed(KEYS[8], user, sequence, "UNCLAIMED")
  noteStay(KEYS[1], admittedUs, nowUs)
  local ended = table.concat({ sequence, user, admittedUs, endedUs, "UNCLAIMED" }, ":")
  redis.call("ZADD", KEYS[9], endedUs, ended)
elseif expiresAtMs then
  local sequence = string.match(redis.call("HGET", KEYS[5], user) or "0", "^%d+")
  local proven = tonumber(ARGV[2])
  if not proven or tonumber(sequence) <= proven then redis.call("ZREM", KEYS[4], user) end
  return { "ACTIVE", sequence, expiresAtMs }
end

local status = "WAITING"
local sequence = redis.call("ZSCORE", KEYS[2], user)
local missed = redis.call("ZSCORE", KEYS[8], user)
local isEarlier = missed and (not sequence or tonumber(missed) < tonumber(sequence))
if ARGV[3] == "1" and isEarlier and tonumber(missed) == tonumber(ARGV[2]) then
  redis.call("ZADD", KEYS[2], missed, user)
  redis.call("HSET", KEYS[6], user, string.format("%.0f", nowUs))
  status, sequence = "RETURNED", missed
end
if not sequence then return missed and { "MISSED", missed } or { "NONE" } end
return {
  status,
  sequence,
  redis.call("ZRANK", KEYS[2], user) + 1,
  lineFigures(KEYS[1], KEYS[2], KEYS[3], KEYS[7], nowUs),
}
