/** A hand-written program on one engine, and what it prints. */
import { rowsOf } from '../../../src/script/row.ts';
import { fakeRows } from './fake-route.ts';
import { Side } from './side.ts';

const { row } = rowsOf<never>('test');
const ROWS = fakeRows([row('out', ['str'], 'none', () => {}, '')]);

/** Enough to reach the bound on the depth of calls. */
const MAX_INSTRUCTIONS = 50_000_000;

/**
 * In front of the program's first line: `print` for lines and `write` for parts of them. `try` is `pcall` for library functions,
 * without what errors have only when no Lua function has made the call: a position, a full name.
 */
const PRELUDE = `
local line = ""
local function write(...) line = line .. table.concat({...}) end
local function print(...)
  local texts = {}
  for index = 1, select("#", ...) do texts[index] = tostring((select(index, ...))) end
  KSR.test.out(line .. table.concat(texts, "\\t"))
  line = ""
end
local function try(f, ...)
  local results = table.pack(pcall(f, ...))
  if type(results[2]) == "string" then results[2] = results[2]:gsub("^%S*p%.lua:%d+: ", ""):gsub("to '%l+%.(%l+)'", "to '%1'") end
  return table.unpack(results, 1, results.n)
end
function main() `.replaceAll('\n', ' ');

const OUT = /^KSR\.test\.out\((.*)\)$/s;

/** The lines that it prints; errors of the program and log lines as they are in the record. */
export async function runProgram(engine: Side['name'], program: string): Promise<readonly string[]> {
  const side = new Side(engine, { rows: ROWS, maxInstructions: MAX_INSTRUCTIONS });
  try {
    const refusal = side.load(`${PRELUDE}${program}\nend`);
    if (refusal !== undefined) return [refusal];
    const seen = await side.observe('main', { answer: () => undefined, waits: () => false });
    const texts = seen.map((line) => {
      const text = OUT.exec(line)?.[1];
      return text === undefined ? line : (JSON.parse(text) as string);
    });
    return texts.join('\n').split('\n');
  } finally {
    side.close();
  }
}
