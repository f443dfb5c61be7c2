/** Functions of Lua's library as scripts use them most: searches with constant patterns, formats, tables. */
import { openLibraries } from '../../src/lua/library/open-libraries.ts';
import { index } from '../../src/lua/runtime/operations/index.ts';
import { setIndex } from '../../src/lua/runtime/operations/set-index.ts';
import { Runtime } from '../../src/lua/runtime/runtime.ts';
import { LuaTable } from '../../src/lua/runtime/table.ts';
import type { LuaFunction, LuaValue, Results, Table } from '../../src/lua/runtime/value.ts';
import { measure } from '../measure.ts';

const runtime = new Runtime();
openLibraries(runtime, {
  print: () => {},
  nowMs: () => 0,
  monotonicMs: () => 0,
  complain: () => {},
  internalError: String,
  maxRepeatBytes: 1_000_000,
  loadModule: () => undefined,
  loadFile: () => undefined,
});

function from(library: string, name: string): LuaFunction {
  return (runtime.globals.get(library) as Table).get(name) as LuaFunction;
}

/** Another text each time, so that nothing is remembered of it. */
const agents = ['Linphone/5.2.1 (Pixel 7)', 'friendly-scanner', 'Zoiper rv2.10.19', 'sipcli/v1.8'];
const uris = ['sip:alice@example.com:5060', 'sip:bob@10.0.0.7', 'sip:+4930123456@gateway.example.net', 'tel:112'];
const count = (result: unknown): number => (Array.isArray(result) ? (result as Results).length : 1);

function bench(name: string, op: (call: number) => unknown): void {
  measure(name, (call) => {
    runtime.fuel = Number.MAX_SAFE_INTEGER;
    return count(op(call));
  });
}

const [find, match, gsub, format] = ['find', 'match', 'gsub', 'format'].map((name) => from('string', name)) as [
  LuaFunction, LuaFunction, LuaFunction, LuaFunction,
];
bench('string.find of a literal', (call) => find(agents[call & 3], 'friendly%-scanner'));
bench('string.find of an anchored pattern', (call) => find(uris[call & 3], '^sip:%+?%d+@'));
bench('string.match with two captures', (call) => match(uris[call & 3], '^sip:([^@]+)@([^:]+)'));
bench('string.gsub of a class', (call) => gsub(uris[call & 3], '%d', 'x'));
bench('string.format("%s@%s:%d")', (call) => format('%s@%s:%d', agents[call & 3], 'example.com', call));
bench('string.format("%.3f")', (call) => format('%.3f', call / 7));

const table = new LuaTable<LuaValue>();
table.metatable = new LuaTable<LuaValue>();
const parent = new LuaTable<LuaValue>();
parent.set('inherited', 1);
table.metatable.set('__index', parent);
bench('index through __index', () => index(runtime, table, 'inherited'));
bench('setIndex of a field', (call) => setIndex(runtime, table, 'field', call));

const [insert, remove] = ['insert', 'remove'].map((name) => from('table', name)) as [LuaFunction, LuaFunction];
const list = new LuaTable<LuaValue>();
bench('table.insert and table.remove at the end', (call) => {
  insert(list, call);
  return remove(list);
});
bench('pcall of a function', () => (runtime.globals.get('pcall') as LuaFunction)(() => 1));
