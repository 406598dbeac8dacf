--[[ Locks all seats or none.
  KEYS[1] begin of the seats' keys, with their hash tag; a seat's key is KEYS[1] .. seat id
  ARGV[1] token of the owner   ARGV[2] life of the locks, ms   ARGV[3...] seat ids
  Returns 1, or 0 when a seat is locked ]]
for i = 3, #ARGV do
  if redis.call("EXISTS", KEYS[1] .. ARGV[i]) == 1 then return 0 end
end
for i = 3, #ARGV do
  redis.call("SET", KEYS[1] .. ARGV[i], ARGV[1], "PX", ARGV[2])
end
return 1
