/** Expressions without side effects, of a known kind (Lua 5.3 §3.4). Their operands may be evaluated in any order. */
import type { Writer } from './writer.ts';

const NUMBERS = ['0', '1', '2', '3', '7', '10', '100', '255', '-1', '-2', '0.5', '1.5', '-0.25', '0.1', '1e3', '0x10', '1e15', '2147483648', '4294967295', '9007199254740991', '1700000000123', '3.14159'];
export const TEXTS = ['""', '"a"', '"b"', '"abc"', '"alice@example.org"', "'sip:bob@10.0.0.1:5060'", '"10"', '"0x1f"', '" 7 "', '"\\0\\255"', '[[x]y]]', '[==[long]]text]==]', '"\\x41\\u{e4}\\z  z"', '"50%"', '"key=value;tag=1"'];

export function number(w: Writer, depth = 2): string {
  if (depth === 0 || w.chance(25)) return numberAtom(w);
  const sub = (): string => number(w, depth - 1);
  switch (w.random(12)) {
    case 0:
    case 1:
    case 2:
      return `(${sub()} ${w.pick(['+', '-', '*'])} ${sub()})`;
    case 3:
      return w.pick([() => `(${sub()} / ${sub()})`, () => quotient(sub(), sub()), () => remainder(sub(), sub())])();
    case 4:
      return w.pick([`-${numberAtom(w)}`, `- -${numberAtom(w)}`, `(${sub()}) ^ ${w.pick(['2', '0.5', '-1', '0'])}`, `2 ^ ${w.pick(['10', '-1', '53', '3 ^ 2'])}`]);
    case 5:
      return `(${bits(w, 2)} + 0)`;
    case 6:
      return `(${truth(w, depth - 1)} and ${sub()} or ${sub()})`;
    case 7:
      return `(#${text(w, depth - 1)} + 0)`;
    case 8:
      return element(w) ?? numberAtom(w);
    case 9:
      return `(math.${w.pick(['floor', 'ceil', 'abs'])}(${sub()}) + 0)`;
    case 10:
      return `math.${w.pick(['max', 'min'])}(${sub()} + 0, ${sub()} + 0)`;
    default:
      return `(tonumber(${w.pick(TEXTS)}) or ${sub()})`;
  }
}

/** Minus zero is made zero: the interpreter gives the sign of the dividend, Lua 5.1 and the compiled engine none. */
export function remainder(a: string, b: string): string {
  return `(${a} % ${b} + 0)`;
}

/** Minus zero is made zero here too: the interpreter's numbers have the sign of floats, ours none, as integers. */
export function quotient(a: string, b: string): string {
  return `(${a} // ${b} + 0)`;
}

function numberAtom(w: Writer): string {
  const variable = w.chance(60) ? w.variable(w.chance(15) ? 'counter' : 'number') : undefined;
  return variable?.name ?? literal(w.pick(NUMBERS));
}

/** A negative numeral in brackets: `- -1` would begin a comment without the space, `-1 ^ 2` is another number. */
function literal(numeral: string): string {
  return numeral.startsWith('-') ? `(${numeral})` : numeral;
}

function element(w: Writer): string | undefined {
  const list = w.variable('list');
  const record = w.variable('record');
  if (list !== undefined && (record === undefined || w.chance(50))) return `(${list.name}[${w.pick(['1', '2', '3', `#${list.name}`])}] or 0)`;
  return record === undefined ? undefined : `(${record.name}.${field(w)} or 0)`;
}

export function field(w: Writer): string {
  return w.pick(['x', 'y', 'z', 'name_1', 'toString', 'constructor', '__proto__', 'length']);
}

/** Stays within the 31 bits on which the interpreter's integers and ours agree (known-differences.md). */
function bits(w: Writer, depth: number): string {
  if (depth === 0) return String(w.random(65_536));
  const sub = (): string => bits(w, depth - 1);
  return w.pick([
    () => `(${sub()} & ${sub()})`,
    () => `(${sub()} | ${sub()})`,
    () => `(${sub()} ~ ${sub()})`,
    () => `(${bits(w, 0)} << ${w.random(8)})`,
    () => `(${sub()} >> ${w.random(16)})`,
    () => `(~${sub()} & 0xffff)`,
    () => `(${w.random(100)}.0 | "${w.random(100)}")`,
  ])();
}

export function text(w: Writer, depth = 2): string {
  if (depth === 0 || w.chance(30)) return textAtom(w);
  const sub = (): string => text(w, depth - 1);
  switch (w.random(8)) {
    case 0:
    case 1:
      return `(${sub()} .. ${w.chance(40) ? number(w, 1) : sub()})`;
    case 2:
      return `(${sub()}):${w.pick(['upper()', 'lower()', 'reverse()', 'sub(2)', 'sub(-3, -2)', 'sub(2, 3)', 'rep(2)', 'rep(2, "-")', 'rep(0)'])}`;
    case 3:
      return `tostring(${w.chance(70) ? number(w, 1) : truth(w, 1)})`;
    case 4:
      return `(${truth(w, depth - 1)} and ${sub()} or ${sub()})`;
    case 5:
      return `("${w.pick(['%s', '%5s|', '%-5s|', '%s%%', '%.3s'])}"):format(${number(w, 1)}):sub(1, 9)`;
    case 6:
      return `(${sub()} .. ${sub()} .. ${sub()})`;
    default:
      return `type(${w.pick([sub(), number(w, 1), 'nil', 'print', '{}', 'true'])})`;
  }
}

function textAtom(w: Writer): string {
  return (w.chance(60) ? w.variable('string')?.name : undefined) ?? `(${w.pick(TEXTS)})`;
}

export function truth(w: Writer, depth = 2): string {
  if (depth === 0) return w.pick(['true', 'false', `(${number(w, 0)} < ${number(w, 0)})`]);
  const sub = (): string => truth(w, depth - 1);
  switch (w.random(8)) {
    case 0:
      return `not ${sub()}`;
    case 1:
      return `(${sub()} ${w.pick(['and', 'or'])} ${sub()})`;
    case 2:
      return `(${text(w, 1)} ${w.pick(['<', '<=', '>', '>=', '==', '~='])} ${text(w, 1)})`;
    case 3:
      return `(${number(w, 1)} == ${w.pick([text(w, 1), 'nil', number(w, 1)])})`;
    case 4:
      return `(${w.variable('list')?.name ?? '{}'} ~= ${w.variable('record')?.name ?? 'nil'})`;
    default:
      return `(${number(w, 1)} ${w.pick(['<', '<=', '>', '>=', '==', '~='])} ${number(w, 1)})`;
  }
}

/** A new sequence of numbers. */
export function list(w: Writer): string {
  return `{${w.some(0, 5, () => number(w, 1)).join(', ')}${w.chance(20) ? ';' : ''}}`.replace('{;}', '{}');
}

/** A new table with numbers under names. */
export function record(w: Writer): string {
  return `{${w.some(0, 4, () => (w.chance(50) ? `${field(w)} = ${number(w, 1)}` : `["${field(w)}"] = ${number(w, 1)}`)).join(w.pick([', ', '; ']))}}`;
}
