--[[ Releases the seats that the token still owns, and publishes their ids.
  KEYS[1] begin of the seats' keys, with their hash tag; a seat's key is KEYS[1] .. seat id
  ARGV[1] token of the owner   ARGV[2] channel, or "" to publish nothing   ARGV[3...] seat ids
  Returns the number of released seats ]]
local released = {}
for i = 3, #ARGV do
  local key = KEYS[1] .. ARGV[i]
  if redis.call("GET", key) == ARGV[1] then
    redis.call("DEL", key)
    released[#released + 1] = ARGV[i]
  end
end
if ARGV[2] ~= "" and #released > 0 then
  redis.call("PUBLISH", ARGV[2], table.concat(released, ","))
end
return #released
