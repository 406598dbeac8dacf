--[[ Ends overdue and unactivated admissions, then moves the longest-waiting users into free slots.
  KEYS[1] room (HASH: generation, quiet time, settings)   KEYS[2] waiting (ZSET, score = sequence)
  KEYS[3] active (ZSET, score = expiry, ms)   KEYS[4] unactivated (ZSET, score = deadline, ms)
  KEYS[5] admissions of the active (HASH, user -> "sequence:admitted µs")
  KEYS[6] entered (HASH, user -> µs, only where it differs from the sequence)
  KEYS[7] admissions (ZSET, score = µs, member = sequence)
  KEYS[8] admissions to be recorded (ZSET, score = admitted µs,
          member = "sequence:user:admitted µs:entered µs:expiry ms")
  KEYS[9] ends to be recorded (ZSET, score = ended µs,
          member = "sequence:user:admitted µs:ended µs:reason")
  ARGV[1] batch max   ARGV[2] after how many µs an unrecorded admission is handed out again
  ARGV[3] unrecorded admissions max
  Returns {"MISSING"}
        | {"OK", waiting count, active count, moved count, {admissions}, {ends}, generation};
  the admissions are this call's and those that a promoter before failed to record ]]
local function digits(number) return string.format("%.0f", number) end

local function setting(name) return tonumber(redis.call("HGET", KEYS[1], name) or "0") end

if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
-- A restart from a snapshot and a failover bring an older state back: joins are missing, admissions
-- undone, and nobody can tell which. Another process than the rebuilt one is a loss like any other.
local runId = redis.call("HGET", KEYS[1], "runId")
if runId and runId ~= (string.match(redis.call("INFO", "server"), "run_id:(%x+)") or "") then
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
  local member = table.concat({ sequence, user, admittedUs, digits(nowUs), reason }, ":")
  redis.call("ZADD", KEYS[9], digits(nowUs), member)
end

for _, user in ipairs(redis.call("ZRANGEBYSCORE", KEYS[3], "-inf", nowMs, "LIMIT", 0, batchMax)) do
  finish(user, "EXPIRED")
end
for _, user in ipairs(redis.call("ZRANGEBYSCORE", KEYS[4], "-inf", nowMs, "LIMIT", 0, batchMax)) do
  finish(user, "UNCLAIMED")
end

-- Admissions that nobody recorded in time come again, and until they are recorded nobody else is
-- promoted.
local overdueUs = nowUs - tonumber(ARGV[2])
local promotions = redis.call("ZRANGEBYSCORE", KEYS[8], "-inf", "(" .. digits(overdueUs))
local blocked = #promotions > 0
  or redis.call("ZCARD", KEYS[8]) >= tonumber(ARGV[3])
  or redis.call("HGET", KEYS[1], "mode") == "paused"
  or nowUs < setting("quietUntilUs")

-- An end is handed out only when its admission is recorded, or comes with it: it needs the row.
local ends = {}
for _, member in ipairs(redis.call("ZRANGE", KEYS[9], 0, 2 * batchMax - 1)) do
  local admittedUs = string.match(member, "^%d+:%d+:(%d+):")
  local elsewhere = redis.call("ZCOUNT", KEYS[8], admittedUs, admittedUs) > 0
    and tonumber(admittedUs) >= overdueUs
  if not elsewhere then ends[#ends + 1] = member end
end
-- The slot of an end that is held back is not free yet: a loss would take the end away, and the
-- database would count two for one slot.
local heldBack = redis.call("ZCARD", KEYS[9]) - #ends

local moved = 0
if not blocked then
  local rate = setting("admissionRatePerMinute")
  local room = math.min(
    setting("activeCountMax") - redis.call("ZCARD", KEYS[3]) - heldBack,
    rate - redis.call("ZCOUNT", KEYS[7], digits(nowUs - 60000000), "+inf"),
    math.ceil(rate / 60) - redis.call("ZCOUNT", KEYS[7], digits(nowUs - 1000000), "+inf"),
    batchMax
  )
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
    redis.call("ZADD", KEYS[7], digits(nowUs), sequence)
    redis.call("ZADD", KEYS[8], digits(nowUs), promotion)
    promotions[#promotions + 1] = promotion
    moved = moved + 1
  end
end

-- The log is trimmed a little with each call, so that no call ever pays for an hour's worth.
local untilUs = "(" .. digits(nowUs - 60000000)
local old = redis.call("ZRANGEBYSCORE", KEYS[7], "-inf", untilUs, "LIMIT", 0, 2000)
if #old > 0 then redis.call("ZREM", KEYS[7], unpack(old)) end

return {
  "OK",
  redis.call("ZCARD", KEYS[2]),
  redis.call("ZCARD", KEYS[3]),
  moved,
  promotions,
  ends,
  redis.call("HGET", KEYS[1], "generation"),
}
