/** The library `string` (Lua 5.3 §6.4) on random subjects, patterns and formats; each use may fail and is caught. */
import { TEXTS, number, text } from './expressions.ts';
import type { Statement } from './program.ts';
import type { Writer } from './writer.ts';

const PIECES = ['a', 'b', '.', '%a', '%d', '%s', '%w', '%p', '%x', '%u', '%l', '%c', '%A', '%.', '%%', '[ab]', '[^a]', '[%w_]', '[a-c]', '[^%s]', '[]x]', '@', ':', ';', '=', '%f[%w]', '%b()', 'sip'];
const AFTER = ['', '', '', '*', '+', '-', '?'];
/** Malformed, or beyond what a matcher may do. */
const ODD = ['%', '[', '[a', '(', ')', '(()', '%1', '(a)%2', '%f', '%b', '%bx', 'a**', '^*', '^', '$', '()', '(a*(.)%w(%s*))', '[%a-z]', '[a-%%]', '^^a', 'a$b', '%g+'];
const SUBJECTS = ['"abc abc"', '"sip:alice@example.org:5060;transport=udp"', '"  key = value  "', '"a.b.c"', '"(a(b)c)"', '"THE (quick) fox"', '""', '"aaab"', '"x\\0y\\0z"', '"10.0.0.1"', '"\\200\\255ab"'];
const FORMATS: readonly (readonly [format: string, argument: 'none' | 'number' | 'fraction' | 'whole' | 'positive' | 'text' | 'numeral' | 'ascii' | 'any'])[] = [
  ['%d', 'whole'], ['%5d', 'whole'], ['%-5d|', 'whole'], ['%05d', 'whole'], ['%+d', 'whole'], ['%i', 'whole'], ['%x', 'positive'], ['%X', 'positive'], ['%o', 'positive'], ['%c', 'positive'],
  ['%.2f', 'fraction'], ['%8.3f|', 'fraction'], ['%.1f', 'fraction'],
  ['%s', 'any'], ['%10s|', 'number'], ['%-10s|', 'number'], ['%.2s', 'ascii'], ['%q', 'text'], ['%%', 'none'], ['%y', 'any'], ['%d', 'numeral'], ['%s', 'number'],
];

function pattern(w: Writer): string {
  if (w.chance(12)) return w.pick(ODD);
  const pieces = w.some(1, 4, () => {
    const piece = w.pick(PIECES) + w.pick(AFTER);
    return w.chance(25) ? `(${piece})` : w.chance(5) ? '()' : piece;
  });
  const written = pieces.join('').replace(/(%b\(\)|%f\[%w\])[*+?-]/g, '$1');
  // The interpreter finds no empty match at the first byte that way.
  const matchable = written.replace(/\*(?=.*%f)/g, '+');
  return `${w.chance(15) ? '^' : ''}${matchable}${w.chance(10) ? '$' : ''}`;
}

function quoted(lua: string): string {
  return `"${lua.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function subject(w: Writer): string {
  return w.chance(70) ? w.pick(SUBJECTS) : text(w, 1);
}

const REPLACEMENTS = ['"<%0>"', '"%1"', '"%%"', '"%2"', '""', '"%"', '{a = "A", b = 2, abc = false}', 'function(x, y) emit(x, y) return x and x .. "!" end', 'function() end', 'function() return false end', 'function() return {} end', 'string.upper', '"%x"'];

export function patternUse(w: Writer): Statement {
  const p = quoted(pattern(w));
  switch (w.random(6)) {
    case 0:
      return `probe(function() return string.find(${subject(w)}, ${p}${w.chance(40) ? `, ${w.between(-4, 8)}${w.chance(30) ? ', true' : ''}` : ''}) end)`;
    case 1:
      return `probe(function() return string.match(${subject(w)}, ${p}${w.chance(30) ? `, ${w.between(-4, 8)}` : ''}) end)`;
    case 2:
      return `probe(function() for x, y in string.gmatch(${subject(w)}, ${p}) do emit(x, y) end end)`;
    default:
      return `probe(function() return string.gsub(${subject(w)}, ${p}, ${w.pick(REPLACEMENTS)}${w.chance(30) ? `, ${w.between(-1, 3)}` : ''}) end)`;
  }
}

export function textUse(w: Writer): Statement {
  switch (w.random(11)) {
    case 0:
      return `probe(function() return string.byte(${subject(w)}, ${w.between(-3, 3)}, ${w.between(-3, 5)}) end)`;
    case 1:
      return `probe(function() return string.char(${w.some(0, 4, () => (w.chance(5) ? w.pick(['nil', '{}', '"x"', '"65"', 'true', '0/0']) : w.random(256))).join(', ')}) end)`;
    case 2:
      return `probe(function() return string.sub(${subject(w)}, ${w.between(-8, 8)}${w.chance(70) ? `, ${w.between(-8, 8)}` : ''}) end)`;
    case 3:
      return `probe(function() return string.rep(${subject(w)}, ${w.between(-1, 4)}${w.chance(30) ? ', ", "' : ''}) end)`;
    case 4:
      return `probe(function() return tonumber(${w.pick([w.pick(TEXTS), '"1e2"', '"0x.8p1"', '"1 2"', '"z"', '"-0x10"', '"1."', '".5"', '"."', '"0x"', '"1e"', '"inf"', '"nan"', '{}', '12'])}) end)`;
    case 9:
      return `probe(function() return tonumber(${w.pick(['"10"', '"ff"', '"zz"', '"-7"', '" 11 "', '"8"', '""', '"Z9"', '12'])}, ${w.pick(['2', '8', '10', '16', '36', '1', '37'])}) end)`;
    case 5:
      return `probe(function() return tostring(${w.pick([number(w), text(w), 'nil', 'true', ''])}) end)`;
    case 6:
      return `emit(${subject(w)} < ${subject(w)}, #${subject(w)} + 0, (${subject(w)}):upper(), (${subject(w)}):lower(), (${subject(w)}):reverse())`;
    default: {
      const specs = w.some(1, 3, () => w.pick(FORMATS));
      const args = specs.flatMap(([, kind]) => (kind === 'none' ? [] : [argument(w, kind)]));
      if (w.chance(5)) args.pop();
      else if (w.chance(5)) args.push(number(w, 1));
      return `probe(function() return string.format(${[quoted(specs.map(([format]) => format).join(' ')), ...args].join(', ')}) end)`;
    }
  }
}

function argument(w: Writer, kind: Exclude<(typeof FORMATS)[number][1], 'none'>): string {
  switch (kind) {
    case 'whole':
      return String(w.between(w.chance(30) ? -50 : 0, 120));
    case 'positive':
      return String(w.between(0, 120));
    case 'number':
      return number(w, 1);
    case 'fraction':
      return `fraction(${number(w, 1)})`;
    case 'text':
      return text(w, 1);
    case 'numeral':
      return w.pick(TEXTS);
    case 'ascii':
      return `(${text(w, 1)}:gsub("[\\128-\\255]", "?"))`;
    case 'any':
      return w.pick([text(w, 1), number(w, 1), 'nil', 'true']);
  }
}
