--[[ Defines a function for the scripts that compare processes of Redis. Its text precedes their
  text.
  Returns the run id of the server, or "" when the user of the connection may not call INFO: then a
  restart from a snapshot cannot be noticed. ]]
local function serverRunId()
  local info = redis.pcall("INFO", "server")
  return type(info) == "string" and string.match(info, "run_id:(%x+)") or ""
end

