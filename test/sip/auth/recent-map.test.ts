import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { RecentMap } from '../../../src/sip/auth/recent-map.ts';

test('when it is full the oldest entry makes room; put again makes an entry the youngest', () => {
  const map = new RecentMap<string, number>(2);
  map.put('a', 1);
  map.put('b', 2);
  map.put('a', 3);
  assert.equal(map.oldest(), 2);
  map.put('c', 4);
  assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [3, undefined, 4, 2]);
});

const keys = fc.integer({ min: 0, max: 6 });
const steps = fc.array(
  fc.record({ verb: fc.constantFrom('put' as const, 'put' as const, 'delete' as const, 'drop' as const), key: keys }),
  { maxLength: 60 },
);

test('it behaves as a list that is searched', () => {
  const behaves = fc.property(steps, (list) => {
    const map = new RecentMap<number, number>(4);
    let model: { key: number; value: number }[] = [];
    list.forEach(({ verb, key }, value) => {
      if (verb === 'drop') {
        map.dropOldest();
        model = model.slice(1);
      } else {
        model = model.filter((entry) => entry.key !== key);
        if (verb === 'delete') map.delete(key);
        else {
          map.put(key, value);
          model = [...model, { key, value }].slice(-4);
        }
      }
      assert.equal(map.oldest(), model[0]?.value);
      assert.equal(map.size, model.length);
      assert.equal(map.full, model.length === 4);
      for (let each = 0; each <= 6; each += 1) {
        assert.equal(map.get(each), model.find((entry) => entry.key === each)?.value);
      }
    });
  });
  fc.assert(behaves);
});
