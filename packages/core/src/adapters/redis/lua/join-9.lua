--[[ Returns the user's place in the queue. A user without a place gets a new place at the tail.
  KEYS[1] room (HASH: settings, generation, last sequence)
  KEYS[2] waiting (ZSET, member = user, score = sequence)
  KEYS[3] active (ZSET, member = user, score = expiry in ms)
  KEYS[4] unactivated (ZSET, member = user, score = deadline in ms)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")
  KEYS[6] entered (HASH, user -> µs; only when the time of entry is not the sequence)
  KEYS[7] admissions (ZSET, member = sequence, score = admitted µs)
  KEYS[8] missed (ZSET, member = user, score = sequence)
  KEYS[9] ends that MySQL has not recorded (ZSET, score = ended µs)
  ARGV[1] user id
  ARGV[2] sequence of an earlier place that the user's token proves, or ""
  ARGV[3] "1" when this place has missed an admission, so that it does not return again
  Returns {"MISSING"} | {"CLOSED"} | {"ACTIVE", sequence, expiry in ms}
        | {"WAITING", sequence, position, {the figures of lineFigures-0.lua}} ]]
local function digits(number) return string.format("%.0f", number) end

if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local time = redis.call("TIME")
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local user = ARGV[1]

local expiresAtMs = redis.call("ZSCORE", KEYS[3], user)
if expiresAtMs then
  local admission = redis.call("HGET", KEYS[5], user) or "0:0"
  if tonumber(expiresAtMs) * 1000 > nowUs then
    redis.call("ZREM", KEYS[4], user)
    return { "ACTIVE", string.match(admission, "^%d+"), expiresAtMs }
  end
  -- The admission has expired and no promote call has ended it yet. This call ends it, and the user
  -- goes back to the tail.
  local sequence, admittedUs = string.match(admission, "^(%d+):(%d+)$")
  local reason = redis.call("ZSCORE", KEYS[4], user) and "UNCLAIMED" or "EXPIRED"
  local ended = table.concat({ sequence, user, admittedUs, digits(nowUs), reason }, ":")
  redis.call("ZREM", KEYS[3], user)
  redis.call("ZREM", KEYS[4], user)
  redis.call("HDEL", KEYS[5], user)
  keepMissed(KEYS[8], user, sequence, reason)
  noteStay(KEYS[1], admittedUs, nowUs)
  redis.call("ZADD", KEYS[9], digits(nowUs), ended)
end

local older = tonumber(ARGV[2])
local sequence = tonumber(redis.call("ZSCORE", KEYS[2], user) or nil)
if not sequence or (older and older < sequence) then
  if not sequence and not older and redis.call("HGET", KEYS[1], "mode") == "draining" then
    return { "CLOSED" }
  end
  local last = tonumber(redis.call("HGET", KEYS[1], "lastSequence") or "0")
  sequence = older or math.max(last + 1, nowUs)
  redis.call("ZADD", KEYS[2], digits(sequence), user)
  if older and ARGV[3] == "1" then redis.call("ZADD", KEYS[8], digits(older), user) end
  if sequence ~= nowUs then redis.call("HSET", KEYS[6], user, digits(nowUs)) end
  if sequence > last then redis.call("HSET", KEYS[1], "lastSequence", digits(sequence)) end
end

return {
  "WAITING",
  digits(sequence),
  redis.call("ZRANK", KEYS[2], user) + 1,
  lineFigures(KEYS[1], KEYS[2], KEYS[3], KEYS[7], nowUs),
}
