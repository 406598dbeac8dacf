--[[ Ends the admissions that have expired or were not activated in time. Then admits the users who
  have waited longest, up to the number of free slots.
  KEYS[1] room (HASH: settings, version of the settings, generation, quiet time)
  KEYS[2] waiting (ZSET, member = user, score = sequence)
  KEYS[3] active (ZSET, member = user, score = expiry in ms)
  KEYS[4] unactivated (ZSET, member = user, score = deadline in ms)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")
  KEYS[6] entered (HASH, user -> µs; only when the time of entry is not the sequence)
  KEYS[7] admissions (ZSET, member = "sequence:admitted µs", score = admitted µs)
  KEYS[8] missed (ZSET, member = user, score = sequence)
  KEYS[9] admissions that MySQL has not recorded (ZSET, score = admitted µs,
          member = "sequence:user:admitted µs:entered µs:expiry in ms")
  KEYS[10] ends that MySQL has not recorded (ZSET, score = ended µs,
          member = "sequence:user:admitted µs:ended µs:reason")
  ARGV[1] most users that this call may promote
  ARGV[2] time in µs after which an unrecorded admission is returned again
  ARGV[3] number of unrecorded admissions at which promotion stops
  ARGV[4] sequence of the last user that this call may promote, or ""
  ARGV[5] "1" when a paused queue promotes too
  ARGV[6] version that the settings must have for a promotion, or ""
  ARGV[7] age of its sequence in µs at which a missed place is removed
  Returns {"MISSING"}
        | {"OK", waiting count, active count, moved count, {admissions}, {ends}, generation,
           version of the settings, epoch};
  {admissions} are those of this call and those that an earlier promoter did not record in time ]]
local function digits(number) return string.format("%.0f", number) end

local function setting(name) return tonumber(redis.call("HGET", KEYS[1], name) or "0") end

if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
-- After a restart from a snapshot or a failover, Redis has an older state: some joins and
-- admissions are missing, and Redis cannot know which. So the state counts as lost when the run id
-- of Redis differs from the run id at the rebuild. A run id that is not known shows nothing.
local runId, currentRunId = redis.call("HGET", KEYS[1], "runId") or "", serverRunId()
if runId ~= "" and currentRunId ~= "" and runId ~= currentRunId then
  redis.call("UNLINK", unpack(KEYS))
  return { "MISSING" }
end
local time = redis.call("TIME")
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local nowMs = math.floor(nowUs / 1000)
local batchMax = tonumber(ARGV[1])

local function finish(user, reason)
  local admission = redis.call("HGET", KEYS[5], user) or "0:0"
  local sequence, admittedUs = string.match(admission, "^(%d+):(%d+)$")
  redis.call("ZREM", KEYS[3], user)
  redis.call("ZREM", KEYS[4], user)
  redis.call("HDEL", KEYS[5], user)
  keepMissed(KEYS[8], user, sequence, reason)
  noteStay(KEYS[1], admittedUs, nowUs)
  local member = table.concat({ sequence, user, admittedUs, digits(nowUs), reason }, ":")
  redis.call("ZADD", KEYS[10], digits(nowUs), member)
end

-- An unused admission is missed, also when it has expired meanwhile.
for _, user in ipairs(redis.call("ZRANGEBYSCORE", KEYS[4], "-inf", nowMs, "LIMIT", 0, batchMax)) do
  finish(user, "UNCLAIMED")
end
for _, user in ipairs(redis.call("ZRANGEBYSCORE", KEYS[3], "-inf", nowMs, "LIMIT", 0, batchMax)) do
  finish(user, redis.call("ZSCORE", KEYS[4], user) and "UNCLAIMED" or "EXPIRED")
end

-- MySQL should have recorded these admissions by now, so the script returns them again instead of
-- promoting other users.
local overdueUs = nowUs - tonumber(ARGV[2])
local promotions = redis.call("ZRANGEBYSCORE", KEYS[9], "-inf", "(" .. digits(overdueUs))
local blocked = #promotions > 0
  or redis.call("ZCARD", KEYS[9]) >= tonumber(ARGV[3])
  or (ARGV[5] ~= "1" and redis.call("HGET", KEYS[1], "mode") == "paused")
  or (ARGV[6] ~= "" and setting("settingsVersion") ~= tonumber(ARGV[6]))
  or nowUs < setting("quietUntilUs")

-- Returns the ends that MySQL can record now. MySQL records an end in the row of its admission, so
-- the admission must be recorded already, or be returned by the same call.
local ends = {}
for _, member in ipairs(redis.call("ZRANGE", KEYS[10], 0, 2 * batchMax - 1)) do
  local admittedUs = string.match(member, "^%d+:%d+:(%d+):")
  local isHeldBack = redis.call("ZCOUNT", KEYS[9], admittedUs, admittedUs) > 0
    and tonumber(admittedUs) >= overdueUs
  if not isHeldBack then ends[#ends + 1] = member end
end
-- heldBack is the number of ended admissions that this call cannot return yet. Their slots are not
-- free: if Redis lost such an end after another user got the slot, MySQL would count two live
-- admissions for one slot.
local heldBack = redis.call("ZCARD", KEYS[10]) - #ends

local moved = 0
if not blocked then
  local rate = setting("admissionRatePerMinute")
  local room = math.min(
    setting("activeCountMax") - redis.call("ZCARD", KEYS[3]) - heldBack,
    rate - redis.call("ZCOUNT", KEYS[7], digits(nowUs - 60000000), "+inf"),
    math.ceil(rate / 60) - redis.call("ZCOUNT", KEYS[7], digits(nowUs - 1000000), "+inf"),
    batchMax
  )
  if ARGV[4] ~= "" then room = math.min(room, redis.call("ZCOUNT", KEYS[2], "-inf", ARGV[4])) end
  local head = room > 0 and redis.call("ZPOPMIN", KEYS[2], room) or {}
  local expiresAtMs = digits(nowMs + setting("activeTtlMs"))
  local activateUntilMs = digits(nowMs + setting("activationMs"))
  for i = 1, #head, 2 do
    local user, sequence = head[i], head[i + 1]
    local enteredUs = redis.call("HGET", KEYS[6], user) or sequence
    local promotion = table.concat({ sequence, user, digits(nowUs), enteredUs, expiresAtMs }, ":")
    redis.call("HDEL", KEYS[6], user)
    redis.call("ZADD", KEYS[3], expiresAtMs, user)
    redis.call("ZADD", KEYS[4], activateUntilMs, user)
    redis.call("HSET", KEYS[5], user, sequence .. ":" .. digits(nowUs))
    redis.call("ZADD", KEYS[7], digits(nowUs), sequence .. ":" .. digits(nowUs))
    redis.call("ZADD", KEYS[9], digits(nowUs), promotion)
    promotions[#promotions + 1] = promotion
    moved = moved + 1
  end
  if moved > 0 then redis.call("HINCRBY", KEYS[1], "admittedCount", moved) end
end

-- One call removes at most 2000 old entries of a set, so that a call stays short even after a busy
-- hour.
local function removeBelow(key, score)
  local old = redis.call("ZRANGEBYSCORE", key, "-inf", "(" .. digits(score), "LIMIT", 0, 2000)
  if #old > 0 then redis.call("ZREM", key, unpack(old)) end
end
removeBelow(KEYS[7], nowUs - 60000000)
removeBelow(KEYS[8], nowUs - tonumber(ARGV[7]))

return {
  "OK",
  redis.call("ZCARD", KEYS[2]),
  redis.call("ZCARD", KEYS[3]),
  moved,
  promotions,
  ends,
  redis.call("HGET", KEYS[1], "generation"),
  setting("settingsVersion"),
  setting("epoch"),
}
