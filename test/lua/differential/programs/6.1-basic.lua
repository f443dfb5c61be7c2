-- §6.1 basic functions
print(type(nil), type(1), type("x"), type({}), type(print), type(true), type(coroutine.create(print)))
print(try(type))
print(tostring(nil), tostring(true), tostring(12), tostring(1.5), tostring("x"), tostring(-0.0), tostring(1e15), tostring(2^63), tostring(0.1 + 0.2))
print(tonumber("10"), tonumber(" 0x1F "), tonumber("1e1"), tonumber("abc"), tonumber(""), tonumber(" "), tonumber("1 2"), tonumber("0x"), tonumber("1e"), tonumber(".5"), tonumber("5."), tonumber("."), tonumber(nil))
print(tonumber("10", 2), tonumber("ff", 16), tonumber("FF", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("-7", 8), tonumber(" 11 ", 2), tonumber("1.0", 10))
print(try(tonumber), try(tonumber, 10, 16))
print(tonumber("0x1p4"), tonumber("inf"), tonumber("nan"), tonumber("1_000"), tonumber("１"))
print(select("#"), select("#", nil, nil), select(3, 1, 2, 3, 4), select(-2, 1, 2, 3))
print(try(select, -5, 1))
print(rawequal("a", "a"), rawequal({}, {}), rawlen({1, 2}), rawget({x = 1}, "x"), rawset({}, "k", "v").k)
print(next({}), next({5}), next({a = 1}))
print(try(next, {}, "no such key"))
local keys = {}
for k in pairs({a = 1, b = 2, c = 3, 10, 20}) do keys[#keys + 1] = tostring(k) end
table.sort(keys) print(table.concat(keys, " "))
-- changing and emptying while traversing
local t = {}
for i = 1, 20 do t["k" .. i] = i end
local seen = 0
for k, v in pairs(t) do seen = seen + 1 t[k] = nil end
print(seen, next(t))
for i, v in ipairs({1, 2, 3, nil, 5}) do write(i, ":", v, " ") end print()
print(try(ipairs)) print((try(pairs, nil)))
print(getmetatable({}), setmetatable({}, nil) ~= nil, try(setmetatable, {}), try(setmetatable, {}, 1))
print(_VERSION ~= nil, math.type ~= nil)
print(#{table.unpack({1, 2, 3})}, table.unpack({1, 2, 3}, -1, 1))
print(pcall(error))
-- what Lua 5.1 had
print(unpack({1, 2}), table.getn({1, 2, 3}), table.maxn({[1] = 1, [7] = 1, x = 2}), math.pow(2, 3), string.gfind == string.gmatch, math.mod(7, 3))
table.foreachi({"a", "b"}, function(i, v) write(i, v, " ") end) print(table.foreach({x = 1}, function(k, v) return k .. v end))
