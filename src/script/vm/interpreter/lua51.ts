/**
 * Lua source that runs before the script: the functions of Lua 5.1 that 5.3 dropped and Kamailio
 * scripts still call, and the removal of what a routing script has no business with.
 *
 * - `os.exit` ends the route with a log line and does not end the server (in Kamailio it does).
 * - No `os.execute` and no `io.popen`: they would stop all traffic for as long as a program runs.
 * - `require` finds Lua files in the script's folder only, never JavaScript.
 * - `debug.sethook` would switch the instruction budget off; `debug.debug` waits for a terminal.
 */
export const LUA51_PRELUDE = `
local debug_getinfo, debug_getupvalue, debug_upvaluejoin = debug.getinfo, debug.getupvalue, debug.upvaluejoin

unpack = table.unpack
loadstring = function(text, name) return load(text, name or text) end

function table.getn(t) return #t end
function table.setn() error("table.setn is obsolete", 2) end
function table.maxn(t)
  local most = 0
  for key in pairs(t) do
    if type(key) == "number" and key > most then most = key end
  end
  return most
end
function table.foreach(t, f)
  for key, value in pairs(t) do
    local result = f(key, value)
    if result ~= nil then return result end
  end
end
function table.foreachi(t, f)
  for index = 1, #t do
    local result = f(index, t[index])
    if result ~= nil then return result end
  end
end

function math.pow(base, exponent) return base ^ exponent end
function math.log10(x) return math.log(x, 10) end
function math.mod(a, b) return math.fmod(a, b) end
function math.sinh(x) return (math.exp(x) - math.exp(-x)) / 2 end
function math.cosh(x) return (math.exp(x) + math.exp(-x)) / 2 end
function math.tanh(x)
  if x > 20 then return 1 elseif x < -20 then return -1 end
  local e = math.exp(2 * x)
  return (e - 1) / (e + 1)
end
function math.ldexp(m, e) return m * 2 ^ e end

-- A number without a fraction is an integer, however it was computed, as long as it is exact.
function math.type(x)
  if type(x) ~= "number" then return nil end
  return x > -2^53 and x < 2^53 and x % 1 == 0 and "integer" or "float"
end

string.gfind = string.gmatch

-- A function's environment is its upvalue _ENV; the join leaves other functions that share it alone.
local function environment_of(f)
  for index = 1, 255 do
    local name, value = debug_getupvalue(f, index)
    if name == nil then return nil end
    if name == "_ENV" then return index, value end
  end
end
local function function_at(f, caller)
  if type(f) == "function" then return f end
  if type(f) ~= "number" then error(caller .. ": function or level expected", 3) end
  if f == 0 then error(caller .. ": the environment of a thread is not supported", 3) end
  local info = debug_getinfo(f + 2, "f")
  if info == nil then error(caller .. ": invalid level", 3) end
  return info.func
end
function getfenv(f)
  if f == 0 then return _G end
  local _, environment = environment_of(function_at(f or 1, "getfenv"))
  return environment or _G
end
function setfenv(f, environment)
  local target = function_at(f, "setfenv")
  local index = environment_of(target)
  if index ~= nil then debug_upvaluejoin(target, index, function() return environment end, 1) end
  return target
end
function package.seeall(m)
  setmetatable(m, { __index = _G })
end
function module(name, ...)
  local m = package.loaded[name]
  if type(m) ~= "table" then
    m = _G
    for part in string.gmatch(name, "[^.]+") do
      local inner = rawget(m, part)
      if inner == nil then
        inner = {}
        rawset(m, part, inner)
      elseif type(inner) ~= "table" then
        error("name conflict for module '" .. name .. "'", 2)
      end
      m = inner
    end
    package.loaded[name] = m
  end
  m._M, m._NAME, m._PACKAGE = m, name, string.match(name, "^(.*%.)[^.]*$") or ""
  for index = 1, select("#", ...) do
    (select(index, ...))(m)
  end
  setfenv(2, m)
end

-- fengari reads "!" of a format as text and stays in local time.
local date, time = os.date, os.time
function os.date(format, at)
  if type(format) ~= "string" or string.sub(format, 1, 1) ~= "!" or string.sub(format, 2, 3) == "*t" then
    return date(format, at)
  end
  at = at or time()
  local utc = date("!*t", at)
  utc.isdst = nil
  return date(string.sub(format, 2), time(utc))
end
-- Whole seconds as a double: os.time() * 1000 must not be computed in 32 bits.
function os.time(fields) return time(fields) + 0.0 end

os.execute = nil
io.popen = nil
fengari = nil
package.loaded.fengari = nil
package.loadlib = nil
package.jspath = nil
package.searchers = { package.searchers[1], package.searchers[2] }
package.loaders = package.searchers
debug.sethook = nil
debug.debug = nil
`;
