--[[ Removes the journal entries of admissions and ends that MySQL has recorded.
  KEYS[1] admissions that MySQL has not recorded (ZSET)
  KEYS[2] ends that MySQL has not recorded (ZSET)
  ARGV[1] count of admissions
  ARGV[2...] the admissions, then the ends, as promote returned them
  Returns the number of removed entries ]]
local admissionCount = tonumber(ARGV[1])
local removed = 0
for i = 2, #ARGV do
  local key = i <= admissionCount + 1 and KEYS[1] or KEYS[2]
  removed = removed + redis.call("ZREM", key, ARGV[i])
end
return removed
