/** Operations on values of the wrong kind, each caught: what is compared is the error, with its line and the name in it. */
import { number, remainder, text } from './expressions.ts';
import type { Statement } from './program.ts';
import type { Kind, Writer } from './writer.ts';

const KINDS: readonly Kind[] = ['number', 'counter', 'string', 'list', 'record', 'function'];

/** Anything, mostly by a name. */
function anything(w: Writer): string {
  const names = KINDS.flatMap((kind) => w.variable(kind)?.name ?? []);
  const tables = [w.variable('list')?.name ?? 'string', w.variable('record')?.name ?? 'table', 'Missing', 'KSR', 'KSR.test', 'string'];
  return w.pick([
    () => (names.length > 0 ? w.pick(names) : 'Missing'),
    () => (names.length > 0 ? w.pick(names) : 'nothing'),
    () => 'Missing',
    () => `${w.pick(tables)}.nothing`,
    () => `${w.pick(tables)}[${w.pick(['1', '"x"', 'true', '9'])}]`,
    () => w.pick(['nil', 'true', 'false', '{}', '("x")', '("10")', '(1.5)', '(0/0)', '(-1)', 'ipairs', '(2^53)']),
    () => `(${number(w, 1)})`,
    () => `(${text(w, 1)})`,
    () => 'upvalue',
    () => 'parameter',
  ])();
}

/** Only what may stand before an index, a call or an assignment. */
function prefix(w: Writer): string {
  const made = anything(w);
  return /^[\w.]+(\[.*\])?$/.test(made) && !/^(nil|true|false)$/.test(made) ? made : /^\(/.test(made) && !made.includes(') ') ? made : `(${made})`;
}

export function wild(w: Writer): Statement {
  const [a, b] = [anything(w), anything(w)];
  const assigned = prefix(w);
  const operation = w.pick([
    () => `return ${a} ${w.pick(['+', '-', '*', '/', '^', '//'])} ${b}`,
    () => `return ${remainder(a, b)}`,
    // Never with a whole number on both sides: the interpreter has 32 bits for them.
    () => `return ${a} ${w.pick(['&', '|', '~', '<<', '>>'])} ${w.pick(['nil', '{}', '"x"', '1.5', 'true'])}`,
    () => `return ${a} .. ${b}`,
    () => `return ${a} ${w.pick(['<', '<=', '>', '>=', '==', '~='])} ${b}`,
    () => `return ${w.pick(['-', '#', 'not '])}${a}`,
    () => `return ${prefix(w)}(${b})`,
    () => `return ${prefix(w)}.x.y`,
    () => `return ${prefix(w)}[${b}]`,
    () => `return ${prefix(w)}:${w.pick(['method', 'upper', 'sub', 'x'])}(${b})`,
    () => (assigned.startsWith('(') && !assigned.endsWith(']') ? `local t = ${assigned} t.x = 1` : `${assigned}.x = ${number(w, 0)}`),
    () => `local t = ${a} t[${b}] = 1 return t == nil`,
    () => `for i = ${a}, ${w.pick(['3', b])} do emit(i) break end`,
    () => `for i = ${a}, ${b}, ${anything(w)} do emit(i) break end`,
    () => `return {x = ${a}, ${b}, ["y"] = ${anything(w)}, ${anything(w)}}`,
    () => `for i = 1, 2, ${w.pick(['0', 'nil', '{}', '"x"', 'Missing'])} do emit(i) break end`,
    () => `for k in ${a} do emit(k) break end`,
    () => `for k, v in ${w.pick(['pairs', 'ipairs'])}(${a}) do emit(type(k)) break end`,
    () => `return ${w.pick(['math.floor', 'string.rep', 'table.concat', 'tostring', 'tonumber', 'ipairs', 'setmetatable', 'string.sub', 'select', 'error', 'unpack', 'string.format', 'rawget', 'coroutine.resume', 'table.insert', 'rawset'])}(${w.pick([a, `${a}, ${b}`, ''])})`,
    // What comes next is nobody's promise. A number may be a key that was there: the compiled engine takes it for the end.
    () => `next(${w.pick([a, `${a}, ${w.pick(['nil', 'true', '{}', '"no key"'])}`, ''])})`,
  ])();
  return `probe(function(parameter) local upvalue = ${w.pick(['nil', '{}', '"u"', '1'])} return (function() ${operation} end)() end)`;
}
