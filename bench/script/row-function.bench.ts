/**
 * What a call of a KSR function costs a compiled script, when the row itself does nothing but count: forty rows of the
 * usual kinds, called in turn from one function. Run with `node --import tsx bench/script/row-function.bench.ts`.
 */
import { silentLogger } from '../../src/base/logger.ts';
import { Runtime } from '../../src/lua/runtime/runtime.ts';
import { EXIT, type LuaFunction } from '../../src/lua/runtime/value.ts';
import type { KsrValue, ParamType, ReturnType, Row } from '../../src/script/row.ts';
import { rowFunction } from '../../src/script/vm/compiled/row-function.ts';
import { Scene } from '../../src/script/vm/compiled/scene.ts';
import type { RouteRun } from '../../src/script/vm/engine.ts';
import { engineParts } from '../../src/script/vm/engine-parts.ts';
import { measure } from '../measure.ts';

let calls = 0;

/** Six literals that do the same: in a program the rows of one kind are different functions too, which no call site can know. */
const bodies: readonly ((result: KsrValue) => () => KsrValue)[] = [
  (result) => () => (calls++, result),
  (result) => () => (calls++, result),
  (result) => () => (calls++, result),
  (result) => () => (calls++, result),
  (result) => () => (calls++, result),
  (result) => () => (calls++, result),
];

function stub(params: readonly ParamType[], returns: ReturnType, result: KsrValue): (index: number) => Row<RouteRun> {
  return (index) => ({ module: 'bench', name: 'stub', params, returns, doc: '', waits: false, run: bodies[index % bodies.length]!(result) });
}

const kinds: readonly ((index: number) => Row<RouteRun>)[] = [
  stub([], 'bool', true),
  stub([], 'xval', 'Acme Desk Phone 7/12.0.3'),
  stub(['str'], 'int', 1),
  stub(['int'], 'bool', true),
  stub(['str', 'str'], 'xval', 'a value'),
];

const scene = new Scene<RouteRun>(engineParts({ path: '', rows: [], logger: silentLogger }), new Runtime());
scene.route = { callId: 'bench', failed: false, setDrop() {}, onCompleted() {} };
const functions: LuaFunction[] = Array.from({ length: 40 }, (_, index) => rowFunction(kinds[index % kinds.length]!(index), scene));

/** As compiled code calls: the arguments that the script gives, and a look at the result. */
function route(): boolean {
  for (let index = 0; index < functions.length; index += 5) {
    if (functions[index]!() === EXIT) return false;
    if (functions[index + 1]!() === EXIT) return false;
    if (functions[index + 2]!('location') === EXIT) return false;
    if (functions[index + 3]!(7) === EXIT) return false;
    if (functions[index + 4]!('ipban', '192.0.2.17') === EXIT) return false;
  }
  return true;
}

// A call that does not reach its row is no number, and fails.
measure('script/row-function, 40 calls', () => {
  calls = 0;
  route();
  return calls === functions.length ? calls : Number.NaN;
});
