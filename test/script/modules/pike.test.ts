import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Pike } from '../../../src/script/modules/pike.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

function start(maxAddresses = 10) {
  const clock = new VirtualClock();
  const pike = new Pike(clock, { unitMs: 2000, maxRequests: 4, rememberMs: 6000, maxAddresses });
  const send = (address: string, count: number) => Array.from({ length: count }, () => pike.count(address)).at(-1);
  return { clock, pike, send };
}

describe('two sampling units', () => {
  test('a block lasts while the unit before was at the limit, and ends with the first quieter pair', () => {
    const { clock, send } = start();
    assert.equal(send('a', 4), 'newly-blocked');
    clock.advance(2000);
    assert.equal(send('a', 1), 'blocked');
    clock.advance(2000);
    assert.equal(send('a', 1), 'ok');
  });

  test('a sender who stays below the limit in each unit is never blocked', () => {
    const { clock, send } = start();
    for (let unit = 0; unit < 5; unit += 1) {
      assert.equal(send('a', 3), 'ok');
      clock.advance(2000);
    }
  });

  test('a sender who keeps on stays blocked', () => {
    const { clock, send } = start();
    send('a', 10);
    for (let unit = 0; unit < 5; unit += 1) {
      clock.advance(2000);
      assert.equal(send('a', 10), 'blocked');
    }
  });

  test('a pause of two units frees at once', () => {
    const { clock, send } = start();
    send('a', 10);
    clock.advance(4000);
    assert.equal(send('a', 1), 'ok');
  });
});

test('an address is forgotten some time after its last request', () => {
  const { clock, pike, send } = start();
  send('a', 1);
  clock.advance(8000);
  send('b', 1);
  assert.equal(pike.size, 1);
});

test('at the bound the address that has been silent longest makes room', () => {
  const { clock, pike, send } = start(2);
  send('a', 4);
  send('b', 4);
  clock.advance(2000);
  send('a', 4);
  send('c', 1);
  assert.equal(pike.size, 2);
  assert.deepEqual([pike.count('a'), pike.count('b')], ['blocked', 'ok']);
});

test('all addresses of an IPv6 /64 count as one', () => {
  const { pike } = start();
  const verdicts = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::3', '2001:db8::4'].map((address) => pike.count(address));
  assert.deepEqual(verdicts, ['ok', 'ok', 'ok', 'newly-blocked']);
});
