-- What random and hand-written programs report by; stands in front of each, on one line.
-- A value is reported with its type and in full; a table by a number, in the order in which tables were
-- seen, and with its entries sorted, because the order of `pairs` is nobody's promise.

-- The state is that of the program before: its globals go.
ORIGINAL = ORIGINAL or {}
if next(ORIGINAL) == nil then
  for name in next, _G do ORIGINAL[name] = true end
end
for name in next, _G do
  if not ORIGINAL[name] then _G[name] = nil end
end

local numbers, seen = {}, 0

-- Exact: the text that Lua writes, and how far the number is from it. Zero has no sign, see known-differences.ts.
-- A text of many digits without a point is an integer of 32 bits to the interpreter, hence the `.0`.
local function number(n)
  if n ~= n then return "nan" end
  if n == 0 then return "0" end
  local text = tostring(n)
  if n == 1 / 0 or n == -1 / 0 then return text end
  local rest = n - tonumber(text:find("[.e]") and text or text .. ".0")
  return rest == 0 and text or text .. " and " .. tostring(rest)
end

local show

local function entries(t, depth)
  local list = {}
  for key in next, t do list[#list + 1] = key end
  table.sort(list, function(a, b) return tostring(a) < tostring(b) end)
  local texts = {}
  for index, key in ipairs(list) do
    texts[index] = "[" .. show(key, depth) .. "]=" .. show(rawget(t, key), depth)
  end
  return table.concat(texts, " ")
end

function show(value, depth)
  local kind = type(value)
  if kind == "number" then return number(value) end
  if kind == "string" then return '"' .. value .. '"' end
  if kind ~= "table" then return kind == "boolean" and tostring(value) or kind end
  if numbers[value] then return "table " .. numbers[value] end
  if depth > 3 then return "table" end
  seen = seen + 1
  numbers[value] = seen
  return "table " .. numbers[value] .. "{" .. entries(value, depth + 1) .. "}"
end

-- Reports the values, however many there are.
function emit(...)
  local texts = {}
  for index = 1, select("#", ...) do
    texts[index] = show((select(index, ...)), 0)
  end
  KSR.test.out(table.concat(texts, ", "))
end

-- Reports a value and gives it back: shows what is evaluated, and when.
function E(value)
  emit(value)
  return value
end

-- Calls the function, reports its results or its error, and goes on.
function probe(f, ...)
  emit(pcall(f, ...))
end

-- A number of which the interpreter's string.format makes the same as C: no tie between two texts of up to three digits behind the point.
function fraction(n)
  if n ~= n or n >= 1e21 or n <= -1e21 or n == 0 then return 0 end
  return (n * 2 % 1 ~= 0 and n * 16 % 1 == 0) and math.floor(n) or n
end

-- The keys of a table in an order that does not hang on how it was made.
function keys(t)
  local list = {}
  for key in pairs(t) do list[#list + 1] = key end
  table.sort(list, function(a, b) return tostring(a) < tostring(b) end)
  return list
end
