import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { breadthOfBranches, incomingBreadth } from '../../src/proxy/max-breadth.ts';
import { parsed } from './messages.ts';
import { request } from './proxy-fixture.ts';

const withBreadth = (value?: string | number) => parsed(request({ headers: value === undefined ? '' : `Max-Breadth: ${value}\n` }));

describe('RFC 5393 §5.3.3', () => {
  test('a request without Max-Breadth has the limit, and no more than it is believed', () => {
    assert.equal(incomingBreadth(withBreadth(), 60), 60);
    assert.equal(incomingBreadth(withBreadth(5), 60), 5);
    assert.equal(incomingBreadth(withBreadth(4_000_000_000), 60), 60);
    assert.equal(incomingBreadth(withBreadth('many'), 60), 60);
  });

  test('parallel branches share it: none gets nothing, together they get no more than there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 2, max: 20 }), (breadth, count) => {
        const shares = breadthOfBranches(withBreadth(breadth), count, 60);
        if (Math.min(breadth, 60) < count) {
          assert.equal(shares, undefined);
          return;
        }
        assert.equal(shares!.length, count);
        assert.equal(shares!.reduce((sum, share) => sum + share), Math.min(breadth, 60));
        assert.ok(Math.max(...shares!) - Math.min(...shares!) <= 1);
        assert.ok(Math.min(...shares!) >= 1);
      }),
    );
  });

  test('§5.3.3.1 with a breadth of 0 not even one branch may be made', () => {
    assert.equal(breadthOfBranches(withBreadth(0), 1, 60), undefined);
  });

  test('a request that does not fork and has no Max-Breadth passes as it is', () => {
    assert.deepEqual(breadthOfBranches(withBreadth(), 1, 60), [-1]);
    assert.deepEqual(breadthOfBranches(withBreadth(7), 1, 60), [7]);
  });
});
