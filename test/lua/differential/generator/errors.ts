/** Errors, protected calls and positions (Lua 5.3 §2.3, `error`, `pcall`, `xpcall`, `assert`). */
import { loudNumber, results } from './calls.ts';
import { number, text, truth } from './expressions.ts';
import { block as line, type Statement } from './program.ts';
import { block } from './statements.ts';
import type { Writer } from './writer.ts';

function raise(w: Writer): string {
  return w.pick([
    () => `error(${text(w, 1)}${w.pick(['', '', ', 0', ', 1', ', 2', ', 3'])})`,
    () => `error({code = ${number(w, 0)}})`,
    () => `error()`,
    () => `error(nil)`,
    () => `error(${number(w, 0)})`,
    () => `error(setmetatable({}, {__tostring = function() return "custom" end}))`,
    () => `assert(${w.pick(['nil', 'false', truth(w, 1), 'nil, "said"', 'false, {1}', '1, "unused"', ''])})`,
    () => `KSR.x.exit()`,
    () => `error(KSR.test.wait("reason"))`,
  ])();
}

export function errorCatch(w: Writer): Statement | readonly Statement[] {
  const body = w.nested(() => w.at({ inLoop: false, inCoroutine: false, inFunction: false, variadic: false }, () => block(w, 1, 3)));
  const doom = w.chance(70) ? raise(w) : `return ${w.at({ variadic: false }, () => results(w))}`;
  switch (w.random(5)) {
    case 0:
      return line('probe(function()', [...body, doom], 'end)');
    case 1:
      return line('emit(xpcall(function(...)', [...body, doom], `end, function(e) emit("handler", type(e) == "table" and e.code or e) return ${w.pick(['e', '"handled"', 'e, 1', 'nil', '(debug.traceback("tb", 1):match("^[^\\n]*"))'])} end, ${number(w, 0)}, nil))`);
    case 2:
      return line('emit(pcall(pcall, function()', [...body, doom], 'end))');
    case 3: {
      const name = w.fresh('e');
      return [line(`local ok, ${name} = pcall(function()`, [...body, doom], 'end)'), `emit(ok, ${name})`, `probe(function() error(${name}${w.pick(['', ', 0'])}) end)`];
    }
    default:
      return line('probe(function()', [line('local ok, e = pcall(function()', [...body, doom], 'end)'), 'emit("inner", ok, e)', `return E(1) + ${w.at({ variadic: false }, () => loudNumber(w, 1))}, ${raise(w)}`], 'end)');
  }
}

/** The position that `error` puts in front comes from the function at that level. */
export function errorLevels(w: Writer): readonly Statement[] {
  const [a, b, c] = [w.fresh('f'), w.fresh('f'), w.fresh('f')];
  return [
    line(`local function ${a}(level)`, [`error("at level", level)`]),
    line(`local function ${b}(level)`, [`emit("b")`, `${a}(level)`, 'emit("not here")']),
    line(`local function ${c}(level)`, [`local kept = 1`, `${b}(level)`, 'return kept']),
    `probe(${c}, ${w.between(0, 3)})`,
    w.pick([`probe(function() return 1 + ${c}(${w.between(1, 4)}) end)`, `probe(function() local x = {${c}(${w.between(1, 4)})} end)`, `probe(function() for i = 1, ${c}(2) do end end)`]),
  ];
}
