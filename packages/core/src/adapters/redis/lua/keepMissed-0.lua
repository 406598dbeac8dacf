--[[ Defines a function for the scripts that end admissions. Its text precedes their text.
  Keeps a place whose first admission was missed. Any other end of an admission is final.
  missed (ZSET, member = user, score = sequence) ]]
local function keepMissed(missed, user, sequence, reason)
  local kept = tonumber(redis.call("ZSCORE", missed, user) or nil)
  if reason == "UNCLAIMED" and kept ~= tonumber(sequence) then
    redis.call("ZADD", missed, sequence, user)
  elseif kept then
    redis.call("ZREM", missed, user)
  end
end

