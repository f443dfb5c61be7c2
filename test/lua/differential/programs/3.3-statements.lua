-- §3.3 statements
-- assignment: all expressions first
local i, a = 3, {}
i, a[i] = i + 1, 20
print(i, a[3], a[4])
local x, y, z = 1, 2
print(x, y, z)
x, y = y, x
print(x, y)
x, y, z = (function() return 7, 8, 9 end)()
print(x, y, z)
x, y, z = (function() return 7, 8, 9 end)(), 1
print(x, y, z)
x, y = 1
print(x, y)
local t = {1, 2, 3}
t[1], t[2], t[3] = t[3], t[1], t[2]
print(t[1], t[2], t[3])
-- blocks and shadowing
local s = 1
do local s = s + 1 print(s) do local s = s * 10 print(s) end print(s) end
print(s)
-- while, repeat, break
local n = 0
while true do n = n + 1 if n == 5 then break end end
print(n)
repeat local done = n <= 2 n = n - 1 until done
print(n)
-- numeric for
for i = 1, 3 do write(i, " ") end
for i = 3, 1, -1 do write(i, " ") end
for i = 1, 0 do write("never") end
for i = 1, 2, 0.5 do write(i, " ") end
for i = 0.1, 0.35, 0.1 do write(string.format("%.1f ", i)) end
print()
for i = 1, 3 do local j = i i = i * 10 write(i, "/", j, " ") end
print()
local calls = 0
local function bound() calls = calls + 1 return 3 end
for i = 1, bound() do end
print(calls)
for i = math.huge, 1 do print("never") end
for i = 1, math.huge do if i > 3 then break end write(i, " ") end
print()
-- each turn has a variable of its own
local closures = {}
for i = 1, 3 do closures[i] = function() i = i + 1 return i end end
print(closures[1](), closures[1](), closures[2](), closures[3]())
local k = 0
closures = {}
while k < 3 do k = k + 1 local mine = k closures[k] = function() mine = mine + 1 return mine end end
print(closures[1](), closures[1](), closures[3]())
-- generic for
for k, v in next, {10} do print(k, v) end
local function range(n) return function(limit, at) if at < limit then return at + 1 end end, n, 0 end
for v in range(3) do write(v, " ") end
print()
for a, b, c in function(s, c) if not c then return 1, 2, 3 end end do print(a, b, c) end
local list = {}
for i, v in ipairs({1, 2, nil, 4}) do list[#list + 1] = v end
print(#list)
-- goto
for i = 1, 5 do
  if i % 2 == 0 then goto continue end
  write(i, " ")
  ::continue::
end
print()
do
  local tries = 0
  ::again::
  tries = tries + 1
  local fresh = tries * 10
  closures[tries] = function() return fresh end
  if tries < 3 then goto again end
end
print(closures[1](), closures[2](), closures[3]())
for i = 1, 3 do for j = 1, 3 do if i * j == 4 then goto out end write(i * j, " ") end end
::out::
print("out")
do goto skip ; print("never") ::skip:: end
local w = 0
while w < 10 do w = w + 1 if w < 8 then goto next end if w == 9 then break end write(w, " ") ::next:: end
print(w)
-- return in the middle
print((function() do return 1 end print("never") end)())
print(select("#", (function() return end)()))
-- if chains
for v = 1, 4 do if v == 1 then write("one ") elseif v == 2 then write("two ") elseif v > 3 then write("more ") else write("three ") end end
print()
if nil then print("no") elseif false then print("no") elseif 0 then print("zero is true") end
if "" then print("the empty text is true") end
