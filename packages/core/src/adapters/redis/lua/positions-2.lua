--[[ Returns the positions of users. Activates no admission.
  KEYS[1] room (HASH)   KEYS[2] waiting (ZSET, member = user, score = sequence)
  ARGV[1…] user ids
  Returns {"MISSING"} | {"OK", start of the generation in µs, admissions of the generation,
  {position, …}}, in the order of the users; 0 for a user who does not wait ]]
local counts = redis.call("HMGET", KEYS[1], "generationStartedUs", "admittedCount")
if not counts[1] then return { "MISSING" } end
local positions = {}
for i, user in ipairs(ARGV) do
  local rank = redis.call("ZRANK", KEYS[2], user)
  positions[i] = rank and rank + 1 or 0
end
return { "OK", counts[1], counts[2] or "0", positions }
