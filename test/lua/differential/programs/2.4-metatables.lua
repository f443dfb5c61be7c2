-- §2.4 metatables and metamethods
local V = {}
V.__index = V
local function vector(x, y) return setmetatable({x = x, y = y}, V) end
V.__add = function(a, b) return vector(a.x + b.x, a.y + b.y) end
V.__sub = function(a, b) return vector(a.x - b.x, a.y - b.y) end
V.__mul = function(a, b) if type(a) == "number" then return vector(a * b.x, a * b.y) end return a.x * b.x + a.y * b.y end
V.__unm = function(a) return vector(-a.x, -a.y) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__len = function(a) return 2 end
V.__tostring = function(a) return "(" .. a.x .. "," .. a.y .. ")" end
V.__concat = function(a, b) return tostring(a) .. tostring(b) end
V.__call = function(self, ...) return self.x, ... end
local a, b = vector(1, 2), vector(3, 4)
print(tostring(a + b), tostring(a - b), tostring(2 * a), a * b, tostring(-a))
print(a == b, a == vector(1, 2), a ~= vector(1, 2), rawequal(a, vector(1, 2)))
print(a < b, a > b, a <= b, a >= b, #a, a .. b, a .. "x", "x" .. a, 1 .. a)
print(a(10, nil))
-- __eq is not asked for different types, nor for one and the same
local asked = 0
local E = {__eq = function() asked = asked + 1 return true end}
local e1, e2 = setmetatable({}, E), setmetatable({}, E)
print(e1 == e1, e1 == 1, e1 == "x", asked, e1 == e2, asked, e1 ~= e2, asked)
-- results of comparisons are booleans
local C = {__lt = function() return 1 end, __le = function() return nil end, __eq = function() return "yes" end}
local c1, c2 = setmetatable({}, C), setmetatable({}, C)
print(c1 < c2, c1 <= c2, c1 == c2, c1 ~= c2, c1 < 1, 1 > c1)
-- __le falls back to not (b < a)
local L = {__lt = function(x, y) return x.n < y.n end}
print(setmetatable({n = 1}, L) <= setmetatable({n = 1}, L), setmetatable({n = 2}, L) <= setmetatable({n = 1}, L))
-- __index: function, table, chain; rawget looks past it
local base = setmetatable({inherited = 1}, {__index = function(t, k) return k .. "?" end})
local derived = setmetatable({own = 2}, {__index = base})
print(derived.own, derived.inherited, derived.missing, derived[1], rawget(derived, "inherited"))
-- __newindex: function, table; existing keys are set raw
local log = {}
local watched = setmetatable({there = 1}, {__newindex = function(t, k, v) log[#log + 1] = k .. "=" .. tostring(v) rawset(t, k, v) end})
watched.there = 2 watched.fresh = 3 watched.fresh = 4 watched.fresh = nil watched.fresh = 5
print(table.concat(log, " "), watched.there, watched.fresh)
local target = {}
local proxy = setmetatable({}, {__newindex = target})
proxy.x = 1
print(rawget(proxy, "x"), target.x)
-- results are cut to one value
local many = setmetatable({}, {__index = function() return 1, 2 end, __add = function() return 3, 4 end, __unm = function() return end})
print((many.x), many.x, many + 1, many + 1, -many)
-- bitwise, floor division, modulo, power
local B = setmetatable({}, {__band = function() return "and" end, __bor = function() return "or" end, __bxor = function() return "xor" end, __bnot = function() return "not" end, __shl = function() return "shl" end, __shr = function() return "shr" end, __idiv = function() return "idiv" end, __mod = function() return "mod" end, __pow = function() return "pow" end, __div = function() return "div" end})
print(B & 1, 1 | B, B ~ "x", ~B, B << 1, 1 >> B, B // 2, 2 % B, B ^ 2, 1 / B)
-- __metatable, __tostring, __name, __pairs
local locked = setmetatable({}, {__metatable = "closed"})
print(getmetatable(locked), try(setmetatable, locked, {}))
print(try(tostring, setmetatable({}, {__tostring = function() return 1 end})))
print(tostring(setmetatable({}, {__name = "Account"})):match("^(%a+): ") )
for k, v in pairs(setmetatable({}, {__pairs = function(t) return function(s, i) if i < 3 then return i + 1, s end end, "state", 0 end})) do write(k, v, " ") end
print()
-- __call chains through arguments; a method call passes self
local callable = setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end})
print(callable(), callable(nil), (callable(1, 2)), pcall(callable, 1))
print(pcall(function() local t = setmetatable({}, {__call = 1}) t() end))
-- strings have a metatable
print(("abc"):len(), #"abc", ("x").len == string.len, getmetatable("").__index == string, ("abc").nothing)
-- ipairs and # respect metamethods or not
local lazy = setmetatable({}, {__index = function(t, i) if i <= 3 then return i * 10 end end})
for i, v in ipairs(lazy) do write(i, "=", v, " ") end
print(#lazy)
print(#setmetatable({1, 2, 3}, {__len = function() return "len" end}), rawlen({1, 2}), rawlen("abc"))
