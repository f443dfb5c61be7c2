/** Loops (Lua 5.3 §3.3.4, §3.3.5), each with a bound. */
import { list, number, text, truth } from './expressions.ts';
import { block as line, type Statement } from './program.ts';
import { block } from './statements.ts';
import type { Writer } from './writer.ts';

const RANGES = ['1, 3', '3, 1, -1', '1, 2, 0.5', '0.1, 0.5, 0.1', '5, 1', '1, 0', '-2, 2', '10, 1, -4', '1, 3.5', '2, 2', '0, -1, -0.5', '1, #"abc"', '9007199254740990, 9007199254740991'];
const MOST = 5;

export function numericLoop(w: Writer): Statement {
  const name = w.fresh('i');
  const body = w.loop(MOST, () => {
    w.declare(name, 'number', { assignable: false });
    return block(w, 1, 4);
  });
  // Assigning the variable changes neither the course of the loop nor the next turn's variable.
  if (w.chance(15)) body.unshift(`${name} = ${name} + 1`);
  return line(`for ${name} = ${w.pick(RANGES)} do`, body);
}

/** Traverses without hanging on an order: a list from 1 on, or a sum and sorted keys. */
export function genericLoop(w: Writer): Statement | readonly Statement[] {
  const [key, value] = [w.fresh('k'), w.fresh('e')];
  const record = w.variable('record');
  switch (w.random(4)) {
    case 0: {
      if (record === undefined) break;
      const sum = w.fresh('n');
      return [`local ${sum} = 0`, `for ${key}, ${value} in pairs(${record.name}) do ${sum} = ${sum} + ${value} + #${key} end`, `emit(${sum}, keys(${record.name}))`];
    }
    case 1:
      // A traversal may change and empty fields.
      return [`local ${key} = {x = 1, y = 2, z = 3}`, `for k in pairs(${key}) do ${key}[k] = k ~= "y" and ${number(w, 1)} or nil end`, `emit(${key})`];
    case 2: {
      const most = w.between(1, 4);
      const body = w.loop(MOST, () => {
        w.declare(key, 'number', { assignable: false });
        w.declare(value, 'number');
        return block(w, 1, 3);
      });
      return line(`for ${key}, ${value} in function(limit, at) at = at + 1 if at <= limit then return at, at * 2 end end, ${most}, 0 do`, body);
    }
  }
  // What `ipairs` counts with is an integer of the interpreter, and a division by such a zero an error.
  const index = w.fresh('n');
  const inside = w.loop(MOST, () => {
    w.declare(index, 'number');
    w.declare(value, 'number');
    return block(w, 1, 3);
  });
  return line(`for ${key}, ${value} in ipairs(${list(w)}) do`, [`local ${index} = ${key} + 0 emit(${key})`, ...inside]);
}

export function whileLoop(w: Writer): readonly Statement[] {
  const count = w.fresh('w');
  const body = w.loop(MOST, () => block(w, 1, 3));
  return [`local ${count} = 0`, line(`while ${count} < ${w.between(1, MOST)}${w.chance(30) ? ` and ${truth(w, 1)}` : ''} do`, [`${count} = ${count} + 1`, ...body])];
}

/** The condition sees the locals of the body. */
export function repeatLoop(w: Writer): readonly Statement[] {
  const count = w.fresh('w');
  return w.loop(MOST, () => {
    const inner = w.fresh('u');
    const body = block(w, 1, 3);
    const also = w.chance(40) ? ` or ${inner} == ${text(w, 1)}` : '';
    return [`local ${count} = 0`, line('repeat', [`${count} = ${count} + 1`, ...body, `local ${inner} = ${count}`], `until ${inner} >= ${w.between(1, MOST)}${also}`)];
  });
}
