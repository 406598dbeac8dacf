--[[ Forgets admissions and ends that the database has recorded.
  KEYS[1] admissions to be recorded (ZSET)   KEYS[2] ends to be recorded (ZSET)
  ARGV[1] count of admissions   ARGV[2...] the admissions, then the ends, as promote gave them
  Returns how many were forgotten ]]
local admissionCount = tonumber(ARGV[1])
local forgotten = 0
for i = 2, #ARGV do
  local key = i <= admissionCount + 1 and KEYS[1] or KEYS[2]
  forgotten = forgotten + redis.call("ZREM", key, ARGV[i])
end
return forgotten
