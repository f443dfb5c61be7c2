import assert from 'node:assert/strict';
import test from 'node:test';
import { Lockout } from '../../../src/sip/auth/lockout.ts';
import { sourceNetwork } from '../../../src/sip/auth/source-network.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

function setUp(maxEntries = 100) {
  const clock = new VirtualClock();
  const limits = { userFailures: 3, sourceFailures: 5, windowMs: 1_000, lockMs: 10_000, maxEntries };
  const lockout = new Lockout({ clock, ...limits });
  return { clock, lockout };
}

/** Failures for one user, each from another network. */
function failFromEverywhere(lockout: Lockout, user: string, times: number): void {
  for (let index = 0; index < times; index += 1) lockout.failed(user, `203.0.113.${index}`);
}

test('failures within the window lock the user name for every new place, for a time', () => {
  const { clock, lockout } = setUp();
  failFromEverywhere(lockout, 'alice', 2);
  assert.equal(lockout.refuses('alice', '192.0.2.9'), false);
  failFromEverywhere(lockout, 'alice', 1);
  assert.equal(lockout.refuses('alice', '192.0.2.9'), true);
  assert.equal(lockout.refuses('bob', '192.0.2.9'), false);
  clock.advance(9_999);
  assert.equal(lockout.refuses('alice', '192.0.2.9'), true);
  clock.advance(1);
  assert.equal(lockout.refuses('alice', '192.0.2.9'), false);
});

test('the window slides: failures that are older do not count', () => {
  const { clock, lockout } = setUp();
  for (let index = 0; index < 20; index += 1) {
    lockout.failed('alice', '192.0.2.1');
    clock.advance(500);
  }
  assert.equal(lockout.refuses('alice', '192.0.2.1'), false);
});

test('failures from one address lock the address for all users', () => {
  const { lockout } = setUp();
  for (let index = 0; index < 5; index += 1) lockout.failed(`user${index}`, '192.0.2.1');
  assert.equal(lockout.refuses('bob', '192.0.2.1'), true);
  assert.equal(lockout.refuses('bob', '192.0.2.2'), false);
});

test('success forgets the failures of the user but not those of the address', () => {
  const { lockout } = setUp();
  for (let index = 0; index < 2; index += 1) lockout.failed('alice', '192.0.2.1');
  lockout.succeeded('alice', '192.0.2.1');
  for (let index = 0; index < 2; index += 1) lockout.failed('alice', '192.0.2.1');
  assert.equal(lockout.refuses('alice', '192.0.2.1'), false);
  lockout.succeeded('alice', '192.0.2.1');
  lockout.failed('alice', '192.0.2.1');
  assert.equal(lockout.refuses('alice', '192.0.2.1'), true);
});

test('the place where the user is logged in is let through a lock that strangers brought upon the name', () => {
  const { lockout } = setUp();
  lockout.succeeded('alice', '192.0.2.1');
  failFromEverywhere(lockout, 'alice', 3);
  assert.equal(lockout.refuses('alice', '192.0.2.1'), false);
  assert.equal(lockout.refuses('alice', '203.0.113.1'), true);
  lockout.succeeded('alice', '192.0.2.1');
  assert.equal(lockout.refuses('alice', '203.0.113.1'), true, 'the lock stays for the others');
});

test('at the bound the name that failed longest ago is forgotten', () => {
  const { lockout } = setUp(3);
  failFromEverywhere(lockout, 'alice', 3);
  failFromEverywhere(lockout, 'bob', 3);
  assert.equal(lockout.refuses('alice', '192.0.2.9'), true);
  for (const user of ['carol', 'dave']) lockout.failed(user, '198.51.100.1');
  assert.equal(lockout.refuses('alice', '192.0.2.9'), false);
  assert.equal(lockout.refuses('bob', '192.0.2.9'), true);
  for (let index = 0; index < 50; index += 1) lockout.failed(`u${index}`, `198.51.100.${index}`);
  assert.equal(lockout.size, 6);
});

test('names of objects and very long names are names like others', () => {
  const { lockout } = setUp();
  for (const user of ['__proto__', 'constructor', 'toString', 'x'.repeat(4000)]) {
    assert.equal(lockout.refuses(user, '192.0.2.9'), false, user);
    failFromEverywhere(lockout, user, 3);
    assert.equal(lockout.refuses(user, '192.0.2.9'), true, user);
  }
});

test('an IPv6 source is counted by its /64, a mapped IPv4 one as IPv4', () => {
  assert.equal(sourceNetwork('192.0.2.1'), '192.0.2.1');
  assert.equal(sourceNetwork('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(sourceNetwork('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(sourceNetwork('2001:DB8:1:2::6'), '2001:db8:1:2::/64');
  assert.equal(sourceNetwork('2001:0db8:0001:0002:ffff::'), '2001:db8:1:2::/64');
  assert.equal(sourceNetwork('2001:db8::1:2:3:4:5'), '2001:db8:0:1::/64');
  assert.equal(sourceNetwork('fe80::1'), 'fe80:0:0:0::/64');
  assert.equal(sourceNetwork('::1'), '0:0:0:0::/64');
});
