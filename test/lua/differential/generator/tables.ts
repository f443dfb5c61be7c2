/** The library `table`, `next`, `rawget` and their kin (Lua 5.3 §6.6, §6.1); each use may fail and is caught. */
import { list, number, text } from './expressions.ts';
import type { Statement } from './program.ts';
import type { Writer } from './writer.ts';

const ORDERS = ['', ', function(a, b) return a > b end', ', function(a, b) error("no order") end', ', function(a, b) return tostring(a) < tostring(b) end'];

/** Different numbers, because a sort may leave equal ones in any order. */
function distinct(w: Writer): string {
  const numbers = new Set(w.some(0, 9, () => w.between(-20, 20)));
  return `{${[...numbers].join(', ')}}`;
}

export function tableUse(w: Writer): Statement | readonly Statement[] {
  const t = w.fresh('t');
  switch (w.random(10)) {
    case 0:
      return [`local ${t} = ${distinct(w)}`, `probe(function() table.sort(${t}${w.pick(ORDERS)}) end)`, `emit(#${t} + 0)`, `if #${t} < 2 or ${t}[1] ~= nil then emit(${t}) end`];
    case 1:
      return `do local ${t} = {"b", "a", "C", "10", "9"} table.sort(${t}) emit(${t}) table.sort(${t}, function(x, y) return x:lower() > y:lower() end) emit(${t}) end`;
    case 2:
      return [`local ${t} = ${list(w)}`, `probe(function() return table.insert(${t}, ${w.pick([number(w, 1), `${w.between(-1, 4)}, ${number(w, 1)}`, `1, 2, 3`])}) end)`, `emit(${t}, #${t} + 0)`];
    case 3:
      return [`local ${t} = ${list(w)}`, `probe(function() return table.remove(${t}${w.chance(60) ? `, ${w.between(-1, 4)}` : ''}) end)`, `emit(${t}, #${t} + 0)`];
    case 4:
      return `probe(function() return table.concat({${w.some(0, 4, () => w.pick([number(w, 1), text(w, 1), w.chance(10) ? '{}' : '1'])).join(', ')}}${w.pick(['', ', ", "', ', "-", 2', ', "", 1, 2', ', "", 3, 1', ', 5', ', "", 2, 9'])}) end)`;
    case 5:
      return `probe(function() return table.unpack(${list(w)}${w.pick(['', ', 2', ', 1, 3', ', -1, 1', ', 3, 2'])}) end)`;
    case 6:
      return `emit(rawlen(${list(w)}) + 0, rawequal(${list(w)}, ${list(w)}), rawget({x = 1}, "x"), next({}), next({${number(w, 0)}}), type(next), rawset({}, 1, 2))`;
    case 7:
      return [`local ${t} = {}`, `for i = ${w.pick(['5, 1, -1', '1, 5', '2, 6, 2'])} do ${t}[i] = i * 2 end`, `emit(${t}, ${t}[${w.pick(['2', '2.0', '"2"', '2.5', '-0.0', '3'])}])`, `${t}[${w.pick(['1', '5', '6', '0', '"x"', '2.5', '2^53', 'true'])}] = ${w.pick(['nil', '"v"', number(w, 0)])} emit(${t})`];
    case 8:
      return `probe(function() local t = {} t[${w.pick(['nil', '0/0', '"k"', '1', '-1', '{}'])}] = ${w.pick(['1', 'nil'])} emit(t) end)`;
    default:
      return `emit(table.move(${list(w)}, ${w.between(1, 2)}, ${w.between(1, 4)}, ${w.between(1, 3)}), table.pack(${list(w)}, nil).n, unpack({1, 2}), table.getn({1, 2, 3}) + 0)`;
  }
}
