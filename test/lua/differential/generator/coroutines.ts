/** Coroutines (Lua 5.3 §2.6, §6.2). */
import { loudNumber } from './calls.ts';
import { number, truth } from './expressions.ts';
import { block as line, type Statement } from './program.ts';
import { block } from './statements.ts';
import type { Writer } from './writer.ts';

/** For the body of a coroutine. */
export function yielding(w: Writer): Statement {
  return w.pick([
    () => `emit(coroutine.yield(${number(w, 1)}))`,
    () => `local ${w.declare(w.fresh('n'), 'number')} = tonumber((coroutine.yield("more", ${number(w, 0)}))) or 0`,
    () => `coroutine.yield()`,
    () => `emit(1 + (tonumber((coroutine.yield("in expression"))) or 0), coroutine.yield(${loudNumber(w, 1)}))`,
    () => `for i = 1, 3 do emit(i, coroutine.yield(i)) end`,
    () => `for x in coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end) do emit(x, coroutine.yield("inner", x)) end`,
    () => `probe(function(...) emit(coroutine.yield(...)) if ${truth(w, 1)} then error("after a yield") end return "over" end, ${number(w, 0)})`,
    () => `emit({coroutine.yield("a"), coroutine.yield("b"), x = coroutine.yield("c")})`,
    () => `emit(coroutine.yield("c") .. "" == "", select("#", coroutine.yield("d", nil)))`,
    () => `emit(coroutine.status(coroutine.running()), (select(2, coroutine.running())))`,
    () => `probe(string.gsub, "ab", "a", function() coroutine.yield("in a callback") end)`,
    () => `probe(table.sort, {3, 1, 2}, function(a, b) coroutine.yield("in a sort") return a < b end)`,
    () => `error(${w.pick(['"ends here"', '{code = 1}', 'nil', '"no position", 0', '"caller", 2'])})`,
    () => `emit(KSR.test.wait("in a coroutine"))`,
    () => `KSR.x.exit()`,
    () => `emit(coroutine.resume(coroutine.running()))`,
  ])();
}

const MOST = 6;

export function coroutineUse(w: Writer): readonly Statement[] {
  const [co, name] = [w.fresh('co'), w.fresh('f')];
  const { written, cost } = w.body({ inCoroutine: true, variadic: true }, () => [yielding(w), ...block(w, 1, 4), yielding(w)]);
  w.spend(cost);
  const definition = line(`local function ${name}(...)`, [...written, `return ${w.pick(['...', '"over"', number(w, 1), '1, 2'])}`]);
  if (w.chance(30)) {
    return [definition, `local ${co} = coroutine.wrap(${name})`, `for turn = 1, ${MOST} do probe(${co}, turn) end`];
  }
  const resume = w.pick(['turn', 'turn, "second"', '', number(w, 0)]);
  return [
    definition,
    `local ${co} = coroutine.create(${name})`,
    `for turn = 1, ${MOST} do emit(coroutine.status(${co}), coroutine.resume(${[co, resume].filter(Boolean).join(', ')})) ${w.chance(30) ? 'if turn == 3 then break end' : ''} end`,
    `emit(type(${co}), coroutine.status(${co}))`,
  ];
}
