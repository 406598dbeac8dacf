--[[ Forgets passes and ends that the database has recorded.
  KEYS[1] passes to be recorded (ZSET)   KEYS[2] ends to be recorded (ZSET)
  ARGV[1] count of passes   ARGV[2...] the passes, then the ends, as promote gave them
  Returns how many were forgotten ]]
local passCount = tonumber(ARGV[1])
local forgotten = 0
for i = 2, #ARGV do
  forgotten = forgotten + redis.call("ZREM", i <= passCount + 1 and KEYS[1] or KEYS[2], ARGV[i])
end
return forgotten
