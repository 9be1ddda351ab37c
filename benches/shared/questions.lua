-- Each request asks the table something that nobody asked before: another filter,
-- at another moment. `wrk` is given how many programs there are, and of how many
-- notices and APIs each.
local programs, notices, apis = 1, 1, 1
local asked = 0

function init(arguments)
  programs, notices, apis = tonumber(arguments[1]), tonumber(arguments[2]), tonumber(arguments[3])
  -- So that a second run asks anew.
  asked = tonumber(arguments[4])
end

function request()
  asked = asked + 1
  local step = asked * 7919
  local program = step % programs
  local filters
  if asked % 4 == 0 then
    filters = string.format("program=program-%d&notice=notice-%d", program, step % notices)
  elseif asked % 4 == 1 then
    filters = string.format("api=api-%d-%d", program, step % apis)
  elseif asked % 4 == 2 then
    filters = string.format("program=program-%d&environment=prod", program)
  else
    filters = "environment=prod"
  end
  local on = os.date("!%Y-%m-%dT%H:%M:%SZ", 1767225600 + asked)
  return wrk.format("GET", "/api/v1/impacted?" .. filters .. "&limit=5&on=" .. on)
end
