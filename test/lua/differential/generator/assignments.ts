/** Locals, assignments and reports of what variables hold (Lua 5.3 §3.3.3, §3.3.7, §3.5). */
import { call, loudNumber, loudTruth, results } from './calls.ts';
import { field, list, number, record, text, truth } from './expressions.ts';
import type { Statement } from './program.ts';
import type { Kind, Writer } from './writer.ts';

export function declaration(w: Writer): Statement {
  switch (w.random(9)) {
    case 0:
      return severalLocals(w);
    case 1:
      return local(w, 'list', list(w));
    case 2:
      return local(w, 'record', record(w));
    case 3:
    case 4:
      return value(w, 'string', shortText(w));
    case 5:
      return local(w, 'counter', number(w, 1));
    case 6:
      return value(w, 'number', loudNumber(w));
    default:
      return value(w, 'number', number(w));
  }
}

/** A local of a kind that is known without a call: for the top of a file. */
export function constant(w: Writer): Statement {
  return w.pick([
    () => local(w, 'number', number(w)),
    () => local(w, 'string', shortText(w)),
    () => local(w, 'counter', number(w, 1)),
    () => local(w, 'list', list(w)),
    () => local(w, 'record', record(w)),
  ])();
}

/** Cut off, so that no loop makes it long. */
function shortText(w: Writer): string {
  return `(${text(w)}):sub(1, 40)`;
}

/** The expression has been written: the name comes into scope behind it. */
function local(w: Writer, kind: Kind, expression: string): string {
  return `local ${w.declare(w.fresh(kind.charAt(0)), kind)} = ${expression}`;
}

/** A local, or now and then a global: these begin with a capital. */
function value(w: Writer, kind: Kind, expression: string): string {
  return w.chance(85) ? local(w, kind, expression) : `${w.declare(w.fresh(kind.charAt(0).toUpperCase()), kind)} = ${expression}`;
}

function severalLocals(w: Writer): Statement {
  const count = w.between(2, 4);
  const names = Array.from({ length: count }, () => w.fresh('v'));
  return `local ${names.join(', ')} = ${results(w)} emit(${names.join(', ')})`;
}

export function assignment(w: Writer): Statement {
  const [a, b] = [w.variable('number', true), w.variable('number', true)];
  const counter = w.variable('counter', true);
  switch (w.random(9)) {
    case 0:
      if (a !== undefined && b !== undefined && a.name !== b.name) return `${a.name}, ${b.name} = ${b.name}, ${w.pick([a.name, number(w, 1), `${a.name} + ${b.name}`])}`;
      break;
    case 1: {
      const target = w.variable('string', true);
      if (target !== undefined) return `${target.name} = ${shortText(w)}`;
      break;
    }
    case 2: {
      const target = w.variable('list');
      if (target !== undefined) return w.pick([`${target.name}[#${target.name} + 1] = ${number(w, 1)}`, `${target.name}[#${target.name}] = ${number(w, 1)}`, `${target.name}[1], ${target.name}[2] = ${number(w, 1)}, ${number(w, 1)}`]);
      break;
    }
    case 3: {
      const target = w.variable('record');
      if (target !== undefined) return `${target.name}${w.pick([`.${field(w)}`, `["${field(w)}"]`])} = ${w.chance(15) ? 'nil' : w.chance(30) ? loudNumber(w, 1) : number(w, 1)}`;
      break;
    }
    case 4:
    case 5:
      if (counter !== undefined) return `${counter.name} = ${counter.name} ${w.pick(['+', '-', '*'])} ${number(w, 0)}`;
      break;
    case 6:
      if (a !== undefined) return `${a.name} = ${loudNumber(w)}`;
      break;
    case 7:
      if (a !== undefined && b !== undefined && a.name !== b.name) return `${a.name}, ${b.name} = ${call(w)} emit(${a.name}, ${b.name}) ${a.name}, ${b.name} = ${number(w, 1)}, ${number(w, 1)}`;
      break;
  }
  return a === undefined ? declaration(w) : `${a.name} = ${number(w)}`;
}

const KINDS: readonly Kind[] = ['number', 'string', 'counter', 'list', 'record'];

export function report(w: Writer): Statement {
  return w.pick([
    () => `emit(${number(w)}, ${text(w)}, ${truth(w)})`,
    () => `emit(${loudNumber(w, 3)})`,
    () => `emit(${loudTruth(w)})`,
    () => `emit(${results(w)})`,
    () => `emit({${results(w)}})`,
    () => `emit({${results(w)}, n = ${call(w)}, ${results(w)}})`,
    () => `emit(${KINDS.flatMap((kind) => w.variable(kind)?.name ?? []).join(', ')})`,
    () => `emit(${text(w)}${` .. ${w.variable('number')?.name ?? '1'}`.repeat(w.between(1, 12))})`,
    () => `emit(${number(w, 1)}${` + ${number(w, 0)}`.repeat(w.between(1, 30))})`,
  ])();
}

/** A block that has a variable by the same name as one outside. */
export function shadowing(w: Writer): Statement {
  const outer = w.variable('number');
  if (outer === undefined) return declaration(w);
  return `do local ${outer.name} = ${outer.name} + 1 emit(${outer.name}) local ${outer.name} = ${text(w, 1)} emit(${outer.name}) end emit(${outer.name})`;
}
