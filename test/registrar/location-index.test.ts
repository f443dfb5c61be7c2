import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { restoredBinding, type Binding } from '../../src/registrar/binding.ts';
import { LocationIndex } from '../../src/registrar/location-index.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { sampleBinding } from './location-store.conformance.ts';

const clock = new VirtualClock();

function emptyIndex(): LocationIndex {
  return new LocationIndex({ clock, useDomain: false });
}

let ruids = 0;

function binding(lifeMs: number, changes: Partial<Binding> = {}): Binding {
  ruids += 1;
  const expiresAtMs = lifeMs === Infinity ? 0 : clock.now() + lifeMs;
  return { ...restoredBinding(sampleBinding({ ruid: `r${ruids}`, username: 'alice', expiresAtMs }), clock), ...changes };
}

describe('lookup', () => {
  test('gives one and the same list as long as nothing changed', () => {
    const index = emptyIndex();
    index.add(binding(1000));
    const list = index.lookup('alice', 'example.org');
    assert.equal(index.lookup('ALICE', 'other.example'), list);
    index.add(binding(1000));
    assert.notEqual(index.lookup('alice', ''), list);
    assert.equal(list.length, 1, 'a list that was handed out does not change');
  });

  test('is sorted by q, without q last, then by who was heard from last', () => {
    const index = emptyIndex();
    const [noQ, low, oldHigh, newHigh] = [
      binding(1000, { q: -1 }),
      binding(1000, { q: 0 }),
      binding(1000, { q: 0.9, lastModifiedMs: 1 }),
      binding(1000, { q: 0.9, lastModifiedMs: 2 }),
    ];
    for (const one of [noQ, oldHigh, low, newHigh]) index.add(one);
    assert.deepEqual(index.lookup('alice', ''), [newHigh, oldHigh, low, noQ]);
  });

  test('leaves out what ended, before any sweep', () => {
    const index = emptyIndex();
    const [short, long] = [binding(1000), binding(2000)];
    index.add(short);
    index.add(long);
    clock.advance(1000);
    assert.deepEqual(index.lookup('alice', ''), [long]);
    assert.equal(index.byRuid(short.ruid), undefined);
    assert.equal(index.byRuid(long.ruid), long);
    clock.advance(1000);
    assert.deepEqual(index.lookup('alice', ''), []);
  });
});

describe('the sweep', () => {
  test('takes each ended binding once and leaves permanent ones', () => {
    const index = emptyIndex();
    const [short, permanent] = [binding(1000), binding(Infinity)];
    index.add(short);
    index.add(permanent);
    clock.advance(3000);
    assert.deepEqual(index.takeExpired(10), [short]);
    assert.deepEqual(index.takeExpired(10), []);
    clock.advance(10_000_000);
    assert.deepEqual(index.takeExpired(10), []);
    assert.deepEqual(index.lookup('alice', ''), [permanent]);
    assert.deepEqual([index.bindingCount, index.userCount], [1, 1]);
  });

  test('does not take a binding that was renewed', () => {
    const index = emptyIndex();
    index.add(binding(1000, { ruid: 'renewed' }));
    clock.advance(900);
    index.add(binding(60_000, { ruid: 'renewed' }));
    clock.advance(5000);
    assert.deepEqual(index.takeExpired(10), []);
    assert.equal(index.bindingCount, 1);
  });

  test('still reports a binding that ended just before its user registered another', () => {
    const index = emptyIndex();
    const [ended, next] = [binding(1000), binding(60_000)];
    index.add(ended);
    clock.advance(1500);
    index.replace('alice', [next]);
    assert.deepEqual(index.lookup('alice', ''), [next]);
    clock.advance(2000);
    assert.deepEqual(index.takeExpired(10), [ended]);
    assert.deepEqual(index.lookup('alice', ''), [next]);
  });

  test('takes about as many as it is told, and the others at the next calls', () => {
    const index = emptyIndex();
    for (let user = 0; user < 250; user += 1) index.add(binding(1000, { username: `user${user}` }));
    clock.advance(3000);
    assert.deepEqual([100, 100, 100].map((limit) => index.takeExpired(limit).length), [100, 100, 50]);
    assert.deepEqual([index.bindingCount, index.userCount], [0, 0]);
  });

  test('reaches ends beyond one turn of its wheel', () => {
    const index = emptyIndex();
    const threeHours = 10_800_000;
    index.add(binding(threeHours));
    for (let passedMs = 0; passedMs < threeHours; passedMs += 600_000) {
      assert.deepEqual(index.takeExpired(10), []);
      clock.advance(600_000);
    }
    clock.advance(2000);
    assert.equal(index.takeExpired(10).length, 1);
  });
});

test('removing the last binding of a user forgets the user', () => {
  const index = emptyIndex();
  const one = binding(1000);
  index.add(one);
  index.remove(one);
  index.remove(one);
  assert.deepEqual([index.bindingCount, index.userCount, index.lookup('alice', '').length], [0, 0, 0]);
});

test('users() lists every user with live bindings', () => {
  const index = emptyIndex();
  for (const username of ['alice', '__proto__', 'bob']) index.add(binding(username === 'bob' ? 1000 : 5000, { username }));
  clock.advance(2000);
  assert.deepEqual([...index.users()].map(({ key, bindings }) => [key, bindings.length]), [['alice', 1], ['__proto__', 1]]);
});

describe('a second index that is told of each change', () => {
  /** All that routing and listings can see of an index. */
  const contents = (index: LocationIndex) => Object.fromEntries([...index.users()].map(({ key, bindings }) => [key, bindings]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));

  test('has what the first one has, after any changes, in the same order', () => {
    const primary: LocationIndex = new LocationIndex({ clock, useDomain: true, onChange: (change) => replica.apply(structuredClone(change)) });
    const replica = new LocationIndex({ clock, useDomain: true });
    const users = ['alice', 'bob', 'carol'];
    let random = 12345;
    const below = (limit: number): number => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return (random >>> 8) % limit;
    };
    for (let step = 0; step < 3000; step += 1) {
      const username = users[below(users.length)]!;
      const some = () => binding(below(8) === 0 ? Infinity : 1000 + below(5000), { username, q: below(3) / 2, lastModifiedMs: step });
      const [existing] = primary.lookup(username, 'example.org').slice(below(3));
      switch (below(5)) {
        case 0:
          primary.add(some());
          break;
        case 1:
          if (existing !== undefined) primary.remove(existing);
          break;
        case 2:
          // A refresh of one contact beside a new one.
          if (existing !== undefined) primary.replace(primary.keyOf(existing), [{ ...existing, lastModifiedMs: step, cseq: step }, some()]);
          break;
        case 3:
          primary.takeExpired(2);
          break;
        default:
          clock.advance(below(500));
      }
      assert.deepEqual(contents(replica), contents(primary));
      assert.equal(replica.bindingCount, primary.bindingCount);
    }
    assert.ok(primary.bindingCount > 0);
  });

  test('a change that comes twice does no harm', () => {
    const index = emptyIndex();
    const { endsAtMs: _endsAtMs, ...shared } = binding(1000);
    for (let times = 0; times < 2; times += 1) index.apply({ op: 'put', binding: shared });
    assert.equal(index.bindingCount, 1);
    for (let times = 0; times < 2; times += 1) index.apply({ op: 'remove', ruid: shared.ruid });
    assert.equal(index.bindingCount, 0);
  });
});
