--[[ Lists the places of a queue. Does not activate an admission.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET, member = user, score = sequence)
  KEYS[3] active (ZSET, member = user, score = expiry in ms)   KEYS[4] unactivated (ZSET)
  KEYS[5] admitted (HASH, active user -> "sequence:admitted µs")
  ARGV[1] "WAITING" (by sequence) or "ACTIVE" (by expiry)
  ARGV[2] places before the page   ARGV[3] most places of the page
  Returns {"MISSING"} | {"OK", total, {user, sequence, expiry in ms or 0, activated 0 or 1, …}} ]]
if redis.call("HEXISTS", KEYS[1], "generationStartedUs") == 0 then return { "MISSING" } end
local isActive = ARGV[1] == "ACTIVE"
local key = isActive and KEYS[3] or KEYS[2]
local first = tonumber(ARGV[2])
local page = redis.call("ZRANGE", key, first, first + tonumber(ARGV[3]) - 1, "WITHSCORES")

local places = {}
for i = 1, #page, 2 do
  local user, score = page[i], page[i + 1]
  local sequence, expiresAtMs, activated = score, "0", 0
  if isActive then
    sequence = string.match(redis.call("HGET", KEYS[5], user) or "0", "^%d+")
    expiresAtMs = score
    activated = redis.call("ZSCORE", KEYS[4], user) and 0 or 1
  end
  for _, value in ipairs({ user, sequence, expiresAtMs, activated }) do
    places[#places + 1] = value
  end
end
return { "OK", redis.call("ZCARD", key), places }
