/** The end of a route in the middle (`KSR.x.exit`, `KSR.x.drop`): rarely, as nothing comes after it. */
import { truth } from './expressions.ts';
import type { Statement } from './program.ts';
import type { Writer } from './writer.ts';

const ENDS = ['KSR.x.exit()', 'KSR.x.exit()', 'KSR.x.drop()', 'os.exit()'];

export function exit(w: Writer): Statement {
  const end = w.pick(ENDS);
  const form = w.pick([
    `if ${truth(w, 1)} and ${truth(w, 1)} then ${end} end`,
    `probe(function() ${end} emit("not here") end)`,
    `probe(function() local x = 1 + ${end} emit("not here") end)`,
    `probe(function() emit("before", ${end}, "not here") end)`,
    `probe(function() local t = {${end}, E(1)} end)`,
    `probe(function() if ${end} then emit("not here") end end)`,
    `probe(function() return ${end} end)`,
    `probe(function() for i = 1, 3 do if i == 2 then ${end} end emit(i) end end)`,
    `probe(function() for i = 1, ${end} do emit(i) end end)`,
    `probe(function() while true do ${end} end end)`,
    `probe(function() return (function() return (function() ${end} end)() end)(), E(2) end)`,
    `probe(table.sort, {3, 1, 2}, function(a, b) ${end} end)`,
    `probe(string.gsub, "abc", "b", function() ${end} end)`,
    `probe(function() return setmetatable({}, {__index = function() ${end} end}).x end)`,
    `probe(function() return setmetatable({}, {__add = function() ${end} end}) + 1 end)`,
    `emit(coroutine.resume(coroutine.create(function() emit("in") ${end} end)))`,
    `probe(coroutine.wrap(function() coroutine.yield() ${end} end))`,
    `probe(function() local ok, e = pcall(function() ${end} end) emit(ok, e) error(e, 0) end)`,
    `probe(function() emit(xpcall(function() ${end} end, function(e) emit("handler", e) return "handled" end)) end)`,
    `probe(function() return true and ${end} end)`,
    `probe(function() return E(1) .. ${end} .. E(2) end)`,
    `local ok, e = pcall(function() ${end} end) emit(ok, e) if ${truth(w, 1)} then error(e, 0) end`,
    `emit(pcall(${end.replace('()', '')}))`,
  ]);
  return form;
}
