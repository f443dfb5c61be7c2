import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { LuaError, OutOfInstructions } from '../../../src/lua/runtime/lua-error.ts';
import { EXIT, EXIT_TEXT, NONE, type Coroutine, type LuaFunction, type LuaValue, type Suspension } from '../../../src/lua/runtime/value.ts';
import { errorOf, opened } from './library-stage.ts';

const { call, get, runtime } = opened();
const yielding = (...values: LuaValue[]) => get('coroutine.yield')(...values) as Suspension;
const create = (body: LuaFunction) => call('coroutine.create', body)[0] as Coroutine;
const resume = (coroutine: Coroutine, ...args: LuaValue[]) => call('coroutine.resume', coroutine, ...args);

describe('coroutines', () => {
  test('what resume is given comes out of yield, and what yield is given out of resume', () => {
    const coroutine = create(function* (a, b) {
      const got = yield* yielding(a, b);
      const last = yield* yielding();
      return [got as LuaValue, last as LuaValue];
    });
    assert.deepEqual(resume(coroutine, 1, 2), [true, 1, 2]);
    assert.deepEqual(resume(coroutine, 'x'), [true]);
    assert.deepEqual(resume(coroutine, 'y'), [true, 'x', 'y']);
    assert.deepEqual(resume(coroutine), [false, 'cannot resume dead coroutine']);
  });

  test('a body that does not wait is a plain function', () => {
    assert.deepEqual(resume(create((a) => a), 7), [true, 7]);
    assert.deepEqual(resume(create(() => NONE)), [true]);
  });

  test('status: suspended, running, normal, dead', () => {
    const seen: LuaValue[] = [];
    const outer: Coroutine = create(() => {
      seen.push(call('coroutine.status', outer)[0]);
      resume(create(() => {
        seen.push(call('coroutine.status', outer)[0], resume(outer)[1]);
        return NONE;
      }));
      return NONE;
    });
    assert.equal(outer.status, 'suspended');
    resume(outer);
    assert.deepEqual(seen, ['running', 'normal', 'cannot resume non-suspended coroutine']);
    assert.equal(outer.status, 'dead');
  });

  test('an error ends the coroutine and is a result of resume', () => {
    const failing = create(() => {
      throw new LuaError('broken');
    });
    assert.deepEqual(resume(failing), [false, 'broken']);
    assert.equal(failing.status, 'dead');
    assert.equal(runtime.coroutine, undefined);
  });

  test('the end of the route is an error of the coroutine', () => {
    assert.deepEqual(resume(create(() => EXIT)), [false, EXIT_TEXT]);
  });

  test('used up instructions pass through', () => {
    assert.throws(() => resume(create(() => runtime.exhausted())), OutOfInstructions);
    assert.equal(runtime.coroutine, undefined);
  });

  test('wrap gives the values, and raises the errors', () => {
    const [next] = call('coroutine.wrap', function* () {
      yield* yielding(1, 2);
      throw new LuaError('no more');
    });
    assert.deepEqual((next as LuaFunction)(), [1, 2]);
    assert.equal(errorOf(() => (next as LuaFunction)()), 'no more');
    assert.equal(errorOf(() => (next as LuaFunction)()), 'cannot resume dead coroutine');
  });

  test('only inside of a coroutine, and not across a callback, can one yield', () => {
    assert.equal(errorOf(() => yielding(1)), 'attempt to yield from outside a coroutine');
    const coroutine = create(() => runtime.callAtOnce(() => yielding(1)) as LuaValue);
    assert.deepEqual(resume(coroutine), [false, 'attempt to yield across a C-call boundary']);
    assert.deepEqual(call('coroutine.isyieldable'), [false]);
    assert.deepEqual(resume(create(() => call('coroutine.isyieldable')[0])), [true, true]);
  });

  test('a callback may itself resume a coroutine that yields', () => {
    const coroutine = create(function* () {
      yield* yielding('inside');
      return NONE;
    });
    assert.equal(runtime.callAtOnce(() => resume(coroutine)[1]), 'inside');
  });

  test('running tells the route itself from a coroutine', () => {
    assert.equal(call('coroutine.running')[1], true);
    const coroutine: Coroutine = create(() => call('coroutine.running'));
    assert.deepEqual(resume(coroutine), [true, coroutine, false]);
  });

  test('arguments are checked', () => {
    assert.equal(errorOf(() => call('coroutine.resume', 1)), "bad argument #1 to 'resume' (thread expected)");
    assert.equal(errorOf(() => call('coroutine.create', 1)), "bad argument #1 to 'create' (function expected, got number)");
  });
});
