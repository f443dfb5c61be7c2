-- §3.5 visibility, closures
local x = 10
do local x = x x = x + 1 do local x = x + 1 print(x) end print(x) end
print(x)
local function counter() local n = 0 return function() n = n + 1 return n end, function(v) n = v end end
local next1, set1 = counter()
local next2 = counter()
print(next1(), next1(), next2()) set1(10) print(next1(), next2())
local function f() return f == nil end
print(f())
local g = function() return g end
print(g())
local h; h = function(n) if n == 0 then return "over" end return h(n - 1) end
print(h(3))
-- a local is seen from the next statement on
local y = y print(y)
local a = 1
local a, b = a + 1, a + 2
print(a, b)
-- closures of nested loops
local fs = {}
for i = 1, 2 do for j = 1, 2 do fs[#fs + 1] = function() i = i + 1 return i * 10 + j end end end
print(fs[1](), fs[1](), fs[2](), fs[3](), fs[4]())
-- parameters are locals
local function set(p) local get = function() return p end p = p * 2 return get end
print(set(4)())
-- globals: undefined is nil, _G is the table of them
print(nowhere, _G.nowhere, _G._G == _G)
global1 = 5 print(_G.global1, _G["global" .. 1]) _G.global2 = 6 print(global2) global1 = nil print(rawget(_G, "global1"))
setmetatable(_G, {__index = function(_, k) return "dynamic " .. k end, __newindex = function(t, k, v) rawset(t, k, v * 2) end})
print(somename) doubled = 21 print(doubled) setmetatable(_G, nil) print(somename) global2 = nil doubled = nil
-- recursion and mutual recursion
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10), odd(7), even(7))
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(15))
local function ack(m, n) if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) end return ack(m - 1, ack(m, n - 1)) end
print(ack(2, 3))
-- upvalues of upvalues
local function l1() local v = 1 return function() return function() v = v + 1 return v end end end
local m = l1() print(m()(), m()(), m()())
repeat local inner = 5 fs[1] = function() return inner end until inner == 5
print(fs[1]())
