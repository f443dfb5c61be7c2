import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Batched } from '../../src/base/batched.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

/** Runs that end when the test says so. */
class Runs {
  readonly inputs: (readonly string[])[] = [];
  readonly #ends: (() => void)[] = [];

  readonly run = async (inputs: readonly string[]): Promise<readonly string[]> => {
    this.inputs.push(inputs);
    await new Promise<void>((resolve) => this.#ends.push(resolve));
    return inputs.map((input) => input.toUpperCase());
  };

  /** Ends the runs under way, and those that begin then. */
  async endAll(): Promise<void> {
    for (let end = this.#ends.shift(); end !== undefined; end = this.#ends.shift()) {
      end();
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
  }
}

const begun = (): Promise<void> => Promise.resolve();

test('one call goes at once, those that come meanwhile go together, and each gets its own answer', async () => {
  const runs = new Runs();
  const batched = new Batched({ run: runs.run });
  const first = batched.call('a');
  await begun();
  assert.deepEqual(runs.inputs, [['a']]);
  const others = [batched.call('b'), batched.call('c'), batched.call('c')];
  await runs.endAll();
  assert.deepEqual(await Promise.all([first, ...others]), ['A', 'B', 'C', 'C']);
  assert.deepEqual(runs.inputs, [['a'], ['b', 'c', 'c']]);
});

test('what is asked for in one turn goes together from the start', async () => {
  const runs = new Runs();
  const batched = new Batched({ run: runs.run });
  const all = [batched.call('a'), batched.call('b')];
  await begun();
  await runs.endAll();
  assert.deepEqual([await Promise.all(all), runs.inputs], [['A', 'B'], [['a', 'b']]]);
});

test('inputs of the same key are done one after the other, and no run takes more than the limit', async () => {
  const runs = new Runs();
  const batched = new Batched({ run: runs.run, keyOf: (input: string) => input.charAt(0), limit: 2 });
  const all = ['a1', 'a2', 'b1', 'c1'].map((input) => batched.call(input));
  await begun();
  await runs.endAll();
  assert.deepEqual(await Promise.all(all), ['A1', 'A2', 'B1', 'C1']);
  assert.deepEqual(runs.inputs, [['a1', 'b1'], ['a2', 'c1']]);
});

test('with a time to gather, one alone goes at once, and what came during a run waits for more; behind a full run nobody waits', async () => {
  const clock = new VirtualClock();
  const runs = new Runs();
  const batched = new Batched({ run: runs.run, limit: 3, gather: { clock, ms: 10 } });
  const all = [batched.call('a')];
  await begun();
  all.push(batched.call('b'));
  await runs.endAll();
  clock.advance(9);
  all.push(batched.call('c'), batched.call('d'), batched.call('e'));
  await begun();
  assert.deepEqual(runs.inputs, [['a']]);
  clock.advance(1);
  assert.deepEqual(runs.inputs, [['a'], ['b', 'c', 'd']]);
  await runs.endAll();
  assert.deepEqual(runs.inputs, [['a'], ['b', 'c', 'd'], ['e']]);
  await runs.endAll();
  all.push(batched.call('f'));
  await begun();
  assert.deepEqual(runs.inputs.at(-1), ['f']);
  await runs.endAll();
  assert.deepEqual(await Promise.all(all), ['A', 'B', 'C', 'D', 'E', 'F']);
});

/** Fails runs that have `bad` in them. */
function failing(isOnesFault: boolean) {
  const inputs: (readonly string[])[] = [];
  const batched = new Batched({
    run: async (some: readonly string[]) => {
      inputs.push(some);
      if (some.includes('bad')) throw new Error('a bad one');
      return some;
    },
    isOnesFault: () => isOnesFault,
  });
  return { batched, inputs };
}

test('a failure that may be the fault of one: each is tried by itself, and only whose input is wrong fails', async () => {
  const { batched, inputs } = failing(true);
  const ends = await Promise.allSettled(['good', 'bad', 'fine'].map((input) => batched.call(input)));
  assert.deepEqual(ends.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
  assert.deepEqual(inputs, [['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']]);
});

test('any other failure is everybody\'s, at once, and the next run is not hindered', async () => {
  const { batched, inputs } = failing(false);
  const ends = await Promise.allSettled(['good', 'bad'].map((input) => batched.call(input)));
  assert.deepEqual(ends.map(({ status }) => status), ['rejected', 'rejected']);
  assert.equal(await batched.call('next'), 'next');
  assert.deepEqual(inputs, [['good', 'bad'], ['next']]);
});

test('a run that hangs delays its own calls and their keys only, and no more than four are under way', async () => {
  const clock = new VirtualClock();
  const runs = new Runs();
  const batched = new Batched({ run: runs.run, keyOf: (input: string) => input.charAt(0), patience: { clock, ms: 100 } });
  const all = [batched.call('a1')];
  await begun();
  all.push(batched.call('a2'), batched.call('b1'));
  clock.advance(99);
  assert.deepEqual(runs.inputs, [['a1']]);
  clock.advance(1);
  assert.deepEqual(runs.inputs, [['a1'], ['b1']]);
  for (const key of ['c', 'd', 'e']) {
    all.push(batched.call(key));
    clock.advance(100);
  }
  assert.deepEqual(runs.inputs, [['a1'], ['b1'], ['c'], ['d']]);
  await runs.endAll();
  assert.deepEqual(await Promise.all(all), ['A1', 'A2', 'B1', 'C', 'D', 'E']);
  assert.deepEqual(runs.inputs.slice(4).flat().sort(), ['a2', 'e']);
});
