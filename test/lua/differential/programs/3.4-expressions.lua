-- §3.4 expressions
print(7 + 2, 7 - 2, 7 * 2, 7 / 2, 7 // 2, 7 % 3, 2 ^ 10, -7)
print(10 / 2, 3 * 1.0, 2 ^ 2, 7 // 2.0, 1e3)
print(-7 // 2, -7 % 3, 7 // -2, 7 % -3, -7 % -3, 5.5 % 2, -5.5 % 2, 5.5 // 1, -0.5 // 1)
print(1 / 0, -1 / 0, 5 % math.huge, -5 % math.huge, 5 // 0.5)
print(0/0 ~= 0/0, 0/0 == 0/0, 0/0 < 1, 0/0 > 1)
print(1700000000 * 1000, 60 * 60 * 24 * 30 * 1000, 2147483647 + 1, 4294967296 * 2, 9007199254740991)
-- bitwise
print(0xF0 & 0x3C, 0xF0 | 0x0F, 0xF0 ~ 0xFF, 1 << 10, 1024 >> 3, ~0 & 0xFF, ~5, "3" | 4, 6.0 & 3)
-- coercions
print("10" + 5, "3" * "4", "0x10" + 0, " 5 " + 1, 10 .. 20, 1.5 .. "", -1 .. "|", "1e1" * 1, 2^53 .. "")
print(10 == "10", "abc" == "abc", 1 == 1.0, "1" == 1, nil == false, {} == {})
-- relational
print("a" < "b", "a" < "B", "Z" < "a", "" < "a", "a" < "aa", "10" < "9", "a\0b" < "a\0c", "\xff" > "a")
print(1 < 2, 1 <= 1, 2 > 1, 1 >= 2, 1 ~= 1, "x" ~= "y")
-- logical operators give operands
print(nil and 1, false or "x", nil or false, 1 and 2, false and error("not called"), 1 or error("not called"), not nil, not 0)
print(nil and nil or "default", (false and 1) or (nil and 2) or 3, 1 and nil, not not "x")
-- precedence
print(2 ^ 3 ^ 2, -2 ^ 2, not 1 == 2, 1 .. 2 == "12", 2 + 3 * 4 ^ 2 / 2, 1 + 2 < 4, "a" .. "b" == "ab" and 1, -3 % 5, (-3) % 5, 2 ^ -1, 1 << 2 + 1, 5 & 3 == 1, #"abc" + 1, -"2" + 0, not nil and 1)
print(1 .. 2 .. 3, "a" .. "b" .. "c" == "abc", 3 - 2 - 1, 2 * 3 % 4, 8 // 3 * 2)
-- length
print(#"", #"abc\0d", #{}, #{1, 2, 3}, #{n = 1}, #{1, 2, nil, 4} >= 2)
-- table constructors
local function three() return 1, 2, 3 end
local t = {three(), three()} print(#t)
t = {three(), (three())} print(#t)
t = {[1] = "explicit", "listed"} print(t[1])
t = {x = 1, ["y z"] = 2, [3 + 4] = "seven", "first"; "second", three(), } print(t.x, t["y z"], t[7], t[1], t[2], t[3], t[4])
t = {three(), nil} print(#t)
t = {(three())} print(#t, #{three(), n = 1, three()})
t = {[1.0] = "a", [2] = "b"} print(t[1], t[2.0], #t)
print(({10, 20, 30})[2], ({x = 5}).x)
-- calls
local function count(...) return select("#", ...) end
print(count(), count(nil), count(nil, nil), count(three()), count(three(), three()), count((three())), count(three(), nil))
print(type"text", #{count{1}}, ("x"):rep(3), ("%d"):format(7))
local o = {v = 5} function o:get(d) return self.v + (d or 0) end function o.plain(self, d) return self.v - d end
print(o:get(), o.get(o, 2), o:plain(1), o["get"](o))
o.a = {b = {}} function o.a.b.f(x) return x end function o.a.b:m() return self == o.a.b end
print(o.a.b.f(3), o.a.b:m())
-- functions and varargs
local function va(a, ...) local b, c = ... return a, b, c, select("#", ...), ... end
print(va()) print(va(1)) print(va(1, 2, nil)) print((va(1, 2)))
print((function(...) local t = {n = select("#", ...), ...} return t.n, #t end)(1, nil, 3))
print(try(select, 0), select(-1, 1, 2, 3), select(2, "a", "b", "c"))
print(table.pack().n, table.pack(nil).n, table.pack(1, nil).n, table.unpack({1, 2, 3}, 2), table.unpack({}, 1, 2))
-- evaluation once, short circuits
local trace = {}
local function e(v) trace[#trace + 1] = tostring(v) return v end
local _ = e(1) + e(2) * e(3) - e(4) .. e("x")
_ = e(nil) and e("no") or e("yes")
_ = {e("a"), k = e("b"), [e("c")] = e("d"), e("e")}
print(table.concat(trace, " "))
-- -0 and large exponents
print(-0.0, 0.0, 0 * -1, 1e308 * 10, -1e308 * 10, 2^1023 * 2, 5e-324, 123456.789e3)
