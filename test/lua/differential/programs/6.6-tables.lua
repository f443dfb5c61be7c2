-- §6.6 table manipulation
local function show(t) local s = {} for i = 1, #t do s[i] = tostring(t[i]) end return "{" .. table.concat(s, ",") .. "}" end
local t = {1, 2, 3}
table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, #t + 1, 5) print(show(t))
print(try(table.insert, t, 10, "x"), try(table.insert, t), try(table.insert, t, 1, 2, 3))
print(table.remove(t), table.remove(t, 1), table.remove(t, 2), show(t), table.remove({}), table.remove({}, 0), #t)
print(try(table.remove, t, 7))
print(table.concat({}), table.concat({1, 2, 3}, ", "), table.concat({"a", "b", "c"}, "-", 2), table.concat({"a", "b", "c"}, "", 2, 3), table.concat({1}, "x", 3))
print(try(table.concat, {1, {}, 3}), try(table.concat, {1, 2}, ",", 1, 3))
print(table.unpack({1, 2, 3}), table.unpack({1, 2, 3}, 2), (table.unpack({1, 2, 3}, 2, 3)))
local p = table.pack(nil, 2, nil) print(p.n, p[1], p[2], p[3])
t = {5, 2, 8, 1, 9, 3} table.sort(t) print(show(t)) table.sort(t, function(a, b) return a > b end) print(show(t))
t = {"banana", "apple", "Cherry"} table.sort(t) print(show(t)) table.sort(t, function(a, b) return a:lower() < b:lower() end) print(show(t))
print(try(table.sort, {1, "x", 2}))
t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end table.sort(t)
local sorted = true for i = 2, #t do if t[i - 1] > t[i] then sorted = false end end print(sorted, t[1], t[100])
print(show(table.move({1, 2, 3}, 2, 3, 1)), show(table.move({1, 2, 3}, 1, 3, 2)), show(table.move({1, 2}, 1, 2, 1, {9, 9, 9})))
-- keys: 1 and 1.0 are one, "1" is another; any value but nil and NaN
t = {} t[1] = "n" t["1"] = "s" t[1.0] = "f" t[true] = "b" t[-1] = "m" t[0.5] = "h" local k = {} t[k] = "t" t[print] = "p"
print(t[1], t["1"], t[true], t[-1], t[0.5], t[k], t[print], t[{}], #t)
t[2^53] = "big" print(t[2^53], t[2^53 + 1] == t[2^53])
-- growing and shrinking
t = {} for i = 1, 10 do t[i] = i end for i = 10, 6, -1 do t[i] = nil end print(#t, t[5], t[6])
t[#t + 1] = "x" t[#t + 1] = "y" print(#t, t[6], t[7]) t[#t] = nil print(#t)
t = {} for i = 5, 1, -1 do t[i] = i end print(#t, show(t))
t = {n = 0, [0] = "zero", "one"} print(#t, t[0])
-- tables by reference, nested
local a = {inner = {v = 1}} local b = a b.inner.v = 2 print(a.inner.v, a == b, a.inner == {v = 2})
a.self = a print(a.self.self.inner.v)
-- names that a JavaScript object has
t = {} print(t.constructor, t.toString, t.__proto__, t.length, t.hasOwnProperty) t.__proto__ = 1 t.constructor = 2 print(t.__proto__, t.constructor, t.toString)
