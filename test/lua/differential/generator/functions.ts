/** Functions, closures, recursion, `...` (Lua 5.3 §3.4.10, §3.4.11, §3.5). */
import { call, loudNumber, results } from './calls.ts';
import { number, truth } from './expressions.ts';
import { block as line, type Statement } from './program.ts';
import { block } from './statements.ts';
import type { Writer } from './writer.ts';

/** What a function returns: its first result is a number or nil. */
export function returning(w: Writer): string {
  return w.pick([
    () => '',
    () => number(w, 1),
    () => loudNumber(w, 1),
    () => call(w),
    () => `(${call(w)})`,
    () => `${number(w, 1)}, ${results(w)}`,
    () => (w.place.variadic ? `select('#', ...) + 0, ...` : `${number(w, 1)}, nil`),
  ])();
}

function body(w: Writer, parameters: readonly string[], variadic: boolean) {
  return w.body({ variadic }, () => {
    for (const parameter of parameters) w.declare(parameter, 'number');
    // Missing arguments are nil, and what follows wants numbers.
    const defaults = parameters.map((parameter) => `${parameter} = ${parameter} or ${w.random(5)}`);
    const statements = [...defaults, ...block(w, 1, 5)];
    return w.chance(80) ? [...statements, `return ${returning(w)}`] : statements;
  });
}

/** A function that the rest of the block can call. */
export function definition(w: Writer): Statement {
  const parameters = w.some(0, 3, () => w.fresh('p'));
  const variadic = w.chance(30);
  const { written, cost } = body(w, parameters, variadic);
  const list = [...parameters, ...(variadic ? ['...'] : [])].join(', ');
  const name = w.fresh('f');
  const shape = { parameters: parameters.length, cost };
  switch (w.random(4)) {
    case 0:
      return line(`local ${w.declare(name, 'function', shape)} = function(${list})`, written);
    case 1:
      return line(`function ${w.declare(name.toUpperCase(), 'function', shape)}(${list})`, written);
    case 2: {
      const holder = w.fresh('o');
      w.declare(`${holder}.run`, 'function', shape);
      return { sections: [{ head: `local ${holder} = {} function ${holder}.run(${list})`, body: written }], end: 'end' };
    }
    default:
      return line(`local function ${w.declare(name, 'function', shape)}(${list})`, written);
  }
}

/** Calls itself, at most some levels deep: in a tail, in an expression, or another by turns. */
export function recursion(w: Writer): Statement | readonly Statement[] {
  const name = w.fresh('f');
  const step = w.body({}, () => {
    w.declare('n', 'number', { assignable: false });
    return block(w, 0, 2);
  });
  let depth = w.between(1, 6);
  while (depth > 0 && !w.affords(step.cost * depth * 2)) depth -= 1;
  w.spend(step.cost * depth * 2);
  const again = w.pick([`return ${name}(n - 1)`, `return n + ${name}(n - 1)`, `return ${name}(n - 1) * 2, n`, `local below = ${name}(n - 1) emit(below) return below + 1`, `return (${name}(n - 1))`]);
  const head = `if n <= 0 then return ${w.pick(['0', '1, 2', number(w, 0)])} end`;
  if (w.chance(70)) return [line(`local function ${name}(n)`, [head, ...step.written, again]), `emit(${name}(${depth}))`];
  const other = w.fresh('f');
  return [`local ${name}, ${other}`, line(`function ${name}(n)`, [head, ...step.written, `return ${other}(n - 1)`]), line(`function ${other}(n)`, [head, again]), `emit(${name}(${depth}))`];
}

/** Closures that share a variable, or have one each by the turn of a loop. */
export function capture(w: Writer): readonly Statement[] {
  const all = w.fresh('o');
  const counter = w.fresh('c');
  const kind = w.pick([`for i = 1, 3 do`, `for _, i in ipairs({4, 5, 6}) do`, `local t = 0 while t < 3 do t = t + 1 local i = t`, `local t = 0 repeat t = t + 1 local i = t`]);
  const end = kind.includes('repeat') ? 'until i >= 3' : 'end';
  const inside: Statement[] = [`local mine = i * ${w.between(1, 3)}`, `${all}[#${all} + 1] = function(d) mine = mine + (d or ${number(w, 0)}) ${counter} = ${counter} + 1 return mine, i, ${counter} end`];
  if (w.chance(40)) inside.push(`mine = mine * 10`);
  if (w.chance(30)) inside.push(`i = i + 100`);
  if (w.chance(25)) inside.push(`if ${truth(w, 1)} then break end`);
  w.declare(counter, 'counter');
  return [`local ${all}, ${counter} = {}, 0`, line(kind, inside, inside.includes('i = i + 100') && end !== 'end' ? 'until t >= 3' : end), `for turn = 1, 2 do for _, f in ipairs(${all}) do emit(f(turn)) end end`, `emit(${counter})`];
}

const USES = ['emit(...)', 'emit((...))', "emit(select('#', ...))", 'emit(select(2, ...))', 'emit({...})', 'emit({..., "last"})', 'emit(..., "last")', 'emit({n = 1, ...})', 'local a, b, c = ... emit(a, b, c)', 'local a, b = "x", ... emit(a, b)', 'emit(table.pack(...).n)', 'emit(table.unpack({...}, 1, select("#", ...)))', 'for i, v in ipairs({...}) do emit(i, v) end', 'emit((function(...) return ... end)(...))', "emit(pcall(select, 0, ...))", 'emit(select(-1, "only", ...))', 'local t = {...} t[1] = 9 emit(...)'];

/** A function of any number of arguments that looks at them in every way. */
export function variadicUse(w: Writer): readonly Statement[] {
  const name = w.fresh('f');
  const uses = w.some(2, 5, () => w.pick(USES));
  const first = w.pick(['', 'a, ']);
  return [line(`local function ${name}(${first}...)`, [...uses, `return ${w.pick(['...', '(...)', '1, ...', '..., 1'])}`]), `emit(${name}(${results(w)}))`, `emit(${name}())`, `emit(${name}(nil, nil))`, `emit((${name}(1, nil, 3)))`];
}
