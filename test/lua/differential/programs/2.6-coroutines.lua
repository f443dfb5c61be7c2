-- §2.6 and §6.2 coroutines
local function producer(...)
  local a, b = coroutine.yield(...)
  local c = coroutine.yield(a, b)
  return "over", c
end
local co = coroutine.create(producer)
print(type(co), coroutine.status(co))
print(coroutine.resume(co, 1, nil, 3))
print(coroutine.status(co), coroutine.resume(co, "a", "b"))
print(coroutine.resume(co, "c"))
print(coroutine.status(co), coroutine.resume(co))
-- wrap
local numbers = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(numbers(), numbers(), numbers(), numbers())
print(pcall(function() return numbers() end))
for word in coroutine.wrap(function() for w in ("a b c"):gmatch("%a") do coroutine.yield(w) end end) do write(word, ";") end
print()
-- errors inside
local bad = coroutine.create(function() coroutine.yield() error("inside") end)
print(coroutine.resume(bad)) print(coroutine.resume(bad)) print(coroutine.status(bad))
local badtable = coroutine.create(function() error({1}) end)
local ok, e = coroutine.resume(badtable)
print(ok, type(e), e[1])
print(pcall(function() coroutine.wrap(function() error("through wrap", 0) end)() end))
-- status from inside, normal and running
local outer
outer = coroutine.create(function()
  local inner = coroutine.create(function() return coroutine.status(outer) end)
  print(coroutine.status(outer), coroutine.resume(inner))
end)
coroutine.resume(outer)
print(coroutine.resume(coroutine.create(function() return coroutine.resume(coroutine.running()) end)))
-- yields across pcall, in loops, iterators, expressions, nested functions
local deep = coroutine.wrap(function()
  local function level(n) if n == 0 then return coroutine.yield("bottom") end return level(n - 1) .. n end
  print("got", level(3))
  print(pcall(function() local x = coroutine.yield("in pcall") error("after " .. x, 0) end))
  local sum = 0
  for i = 1, 3 do sum = sum + coroutine.yield(i) end
  local t = {coroutine.yield("a"), coroutine.yield("b"), n = coroutine.yield("c")}
  return sum, t[1], t[2], t.n
end)
print(deep()) print(deep("x")) print(deep("y")) print(deep(10)) print(deep(20)) print(deep(30)) print(deep("A")) print(deep("B")) print(deep("C"))
-- a generator of permutations
local function permutations(a, n)
  n = n or #a
  if n <= 1 then coroutine.yield(table.concat(a)) return end
  for i = 1, n do
    a[n], a[i] = a[i], a[n]
    permutations(a, n - 1)
    a[n], a[i] = a[i], a[n]
  end
end
local all = {}
for p in coroutine.wrap(function() permutations({"a", "b", "c"}) end) do all[#all + 1] = p end
print(table.concat(all, " "))
-- many at once
local threads = {}
for i = 1, 5 do threads[i] = coroutine.create(function() for n = 1, i do coroutine.yield(i * n) end return "done " .. i end) end
for turn = 1, 6 do
  local line = {}
  for i, thread in ipairs(threads) do
    if coroutine.status(thread) ~= "dead" then line[#line + 1] = tostring(select(2, coroutine.resume(thread))) end
  end
  print(turn, table.concat(line, ","))
end
-- arguments of the wrong kind
print(try(coroutine.create, 1))
print(try(coroutine.resume, 1))
print(select("#", coroutine.resume(coroutine.create(function() end))))
print(coroutine.resume(coroutine.create(function(...) return select("#", ...) end), nil, nil))
