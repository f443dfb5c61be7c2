/** Metatables and methods (Lua 5.3 §2.4, §3.4.10): an object with some of the metamethods, and what is done to it. */
import { number, text } from './expressions.ts';
import type { Statement } from './program.ts';
import type { Writer } from './writer.ts';

const METAMETHODS = [
  '__add = function(a, b) emit("add", a, b) return 1 end',
  '__sub = function(a, b) return type(a), type(b) end',
  '__mul = function(a, b) return b end',
  '__div = function(a, b) return nil end',
  '__mod = function(a, b) error("mod fails") end',
  '__pow = function(a, b) return {a, b} end',
  '__unm = function(a, b) return rawequal(a, b) end',
  '__idiv = function(a, b) return "idiv" end',
  '__band = function(a, b) return "band" end',
  '__bor = function(a, b) return type(a) .. type(b) end',
  '__bxor = function() end',
  '__shl = function() return false end',
  '__shr = function() return 0 end',
  '__bnot = function(a) return "bnot" end',
  '__concat = function(a, b) return (type(a) == "table" and "T" or a) .. "+" .. (type(b) == "table" and "T" or b) end',
  '__len = function(t) return 42 end',
  '__len = function(t) return "long" end',
  '__eq = function(a, b) emit("eq") return 1 end',
  '__eq = function() return nil end',
  '__lt = function(a, b) emit("lt", type(a), type(b)) return type(a) == "table" end',
  '__le = function(a, b) return nil end',
  '__call = function(self, ...) emit("call", ...) return ... end',
  '__call = rawequal',
  '__tostring = function() return "an object" end',
  '__tostring = function() return 7 end',
  '__name = "Thing"',
  '__index = function(t, k) emit("index", k) return k end',
  '__index = {x = "inherited", y = 5, method = function(self, a) return self == nil, a end}',
  '__index = setmetatable({x = 1}, {__index = function(t, k) return "deep " .. tostring(k) end})',
  '__index = function(t, k) error({key = k}) end',
  '__index = "text"',
  '__newindex = function(t, k, v) emit("newindex", k, v) rawset(t, k, v) end',
  '__newindex = {}',
  '__newindex = function() error("read only", 2) end',
  '__pairs = function(t) return function(_, k) if not k then return 1, "one" end end, t, nil end',
  '__metatable = "locked"',
  '__index = function(t, k) KSR.x.exit() end',
];

export function object(w: Writer): readonly Statement[] {
  const name = w.fresh('o');
  const made = [...new Map(w.some(2, 7, () => w.pick(METAMETHODS)).map((metamethod) => [metamethod.split(' ', 1)[0], metamethod])).values()];
  const own = w.pick(['', 'own = 1', '1, 2, 3']);
  // No holes: where the border of such a table is, is nobody's promise.
  const newKey = own === '1, 2, 3' ? '4' : '"four"';
  return [
    `local ${name} = setmetatable({${own}}, {${made.join(', ')}})`,
    ...w.some(2, 8, () => `probe(function() ${use(w, name, newKey)} end)`),
    ...(w.chance(30) ? methods(w) : []),
  ];
}

function use(w: Writer, o: string, newKey: string): string {
  const other = w.pick([number(w, 0), text(w, 0), o, '{}', 'nil', 'setmetatable({}, getmetatable(' + o + '))']);
  const [left, right] = w.chance(50) ? [o, other] : [other, o];
  return w.pick([
    () => `return (${left}) ${w.pick(['+', '-', '*', '/', '%', '^', '//', '&', '|', '~', '<<', '>>', '..'])} (${right})`,
    () => `return (${left}) ${w.pick(['==', '~=', '<', '<=', '>', '>='])} (${right})`,
    () => `if (${left}) ${w.pick(['==', '~=', '<', '<='])} (${right}) then return "yes" end return "no"`,
    () => `return ${w.pick(['-', '#', '~', 'not '])}${o}`,
    () => `return ${o}.${w.pick(['x', 'own', 'nothing', 'y'])}, ${o}[${w.pick(['1', '"x"', '9', 'true'])}]`,
    () => `${o}.${w.pick(['x', 'own', 'fresh'])} = ${number(w, 1)} return rawget(${o}, "x"), rawget(${o}, "fresh")`,
    () => `${o}[${w.pick(['1', newKey, '"own"'])}] = ${w.pick(['nil', '"v"'])}`,
    () => `return ${o}(${w.pick(['', '1', '1, nil', 'nil, 2'])})`,
    () => `return ${o}:method(${number(w, 0)})`,
    () => `return tostring(${o})`,
    () => `return keys(${o})`,
    () => `for i, v in ipairs(${o}) do emit(i, v) if i > 3 then break end end`,
    () => `return 1 .. ${o} .. 2 .. "x"`,
    () => `return getmetatable(${o}) == "locked", pcall(setmetatable, ${o}, nil)`,
    () => `return rawequal(${o}, ${o}), rawlen(${o}) + 0, table.unpack(${o})`,
    () => `return table.concat(${o}, ",")`,
    () => `local t = {${o}, ${o}} table.sort(t) return #t + 0`,
  ])();
}

/** A class as scripts write them, with a subclass. */
function methods(w: Writer): readonly Statement[] {
  const [base, derived] = [w.fresh('K'), w.fresh('K')];
  return [
    `local ${base} = {} ${base}.__index = ${base}`,
    `function ${base}.new(v) return setmetatable({v = v}, ${base}) end`,
    `function ${base}:get(d) return self.v + (d or 0) end`,
    `function ${base}:set(v) self.v = v return self end`,
    `local ${derived} = setmetatable({}, {__index = ${base}}) ${derived}.__index = ${derived}`,
    `function ${derived}:get(...) return -${base}.get(self, ...), "derived" end`,
    `emit(${base}.new(${number(w, 1)}):set(${number(w, 1)}):get(${number(w, 0)}))`,
    `emit(setmetatable({v = ${number(w, 0)}}, ${derived}):set(${number(w, 1)}):get(E(${number(w, 0)})))`,
    `probe(function() return ${w.pick([`${base}.new():get()`, `${base}:missing()`, `${derived}.get()`, `${base}.new(1).get(2)`, `${derived}:get("x")`])} end)`,
  ];
}
