/** `goto`, `break` and labels (Lua 5.3 §3.3.4). */
import { number, truth } from './expressions.ts';
import { block as line, type Statement } from './program.ts';
import { block } from './statements.ts';
import type { Writer } from './writer.ts';

export function jump(w: Writer): Statement | readonly Statement[] {
  return w.pick([continued, leaving, backward, forward])(w);
}

function continued(w: Writer): Statement {
  const label = w.fresh('next');
  const name = w.fresh('i');
  const body = w.loop(4, () => {
    w.declare(name, 'number', { assignable: false });
    return block(w, 1, 3);
  });
  const head = w.pick([`for ${name} = 1, 4 do`, `for _, ${name} in ipairs({1, 2, 3, 4}) do`]);
  return line(head, [`if ${w.pick([`${name} % 2 == 0`, `${name} > 2`, truth(w, 1)])} then goto ${label} end`, ...body, `emit(${name})`, `::${label}::`]);
}

function leaving(w: Writer): readonly Statement[] {
  const label = w.fresh('done');
  const [outer, inner] = [w.fresh('i'), w.fresh('i')];
  const body = w.loop(9, () => {
    w.declare(outer, 'number', { assignable: false });
    w.declare(inner, 'number', { assignable: false });
    return block(w, 1, 2);
  });
  return [line('do', [line(`for ${outer} = 1, 3 do`, [line(`for ${inner} = 1, 3 do`, [`if ${outer} * ${inner} == ${w.pick([2, 4, 6, 9, 10])} then ${w.pick([`goto ${label}`, 'break'])} end`, ...body, `emit(${outer}, ${inner})`])]), `emit("all")`, `::${label}::`])];
}

/** Each pass over the local makes a new variable. */
function backward(w: Writer): readonly Statement[] {
  const label = w.fresh('again');
  const [count, all] = [w.fresh('w'), w.fresh('o')];
  const body = w.nested(() => block(w, 1, 2), 3);
  return [
    `local ${count}, ${all} = 0, {}`,
    line('do', [`::${label}::`, `local fresh = ${count} + ${number(w, 0)}`, `${all}[#${all} + 1] = function() fresh = fresh + 1 return fresh end`, line('do', body), `${count} = ${count} + 1`, `if ${count} < 3 then goto ${label} end`]),
    `for turn = 1, 2 do for _, f in ipairs(${all}) do emit(f()) end end`,
  ];
}

function forward(w: Writer): Statement {
  const label = w.fresh('skip');
  const body = w.nested(() => block(w, 1, 2));
  return line('do', [`if ${truth(w, 1)} then goto ${label} end`, line('do', body), `::${label}::`, `emit("behind ${label}")`]);
}
