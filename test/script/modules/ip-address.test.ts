import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseIpAddress, prefixOf } from '../../../src/script/modules/ip-address.ts';

const hex = (text: string) => parseIpAddress(text)?.hex;

test('reads IPv4 and all ways to write IPv6', () => {
  assert.deepEqual(parseIpAddress('192.0.2.1'), { family: 4, hex: 'c0000201' });
  assert.equal(hex('2001:db8::1'), '20010db8000000000000000000000001');
  assert.equal(hex('2001:DB8:0:0:0:0:0:1'), hex('2001:db8::1'));
  assert.equal(hex('[2001:db8::1]'), hex('2001:db8::1'));
  assert.equal(hex('::'), '0'.repeat(32));
  assert.equal(hex('fe80::'), `fe80${'0'.repeat(28)}`);
  assert.equal(hex('64:ff9b::192.0.2.1'), `0064ff9b${'0'.repeat(16)}c0000201`);
});

test('IPv4 written as IPv6 is IPv4', () => {
  assert.deepEqual(parseIpAddress('::ffff:192.0.2.1'), parseIpAddress('192.0.2.1'));
});

test('refuses what is no address', () => {
  for (const text of ['', 'localhost', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4/8', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8:9', 'g::1', '12345::', '::1.2.3', '1.2.3.4::']) {
    assert.equal(parseIpAddress(text), undefined, text);
  }
});

test('two addresses have the same prefix exactly when they are in one network of that length', () => {
  const same = (a: string, b: string, bits: number) => prefixOf(parseIpAddress(a)!, bits) === prefixOf(parseIpAddress(b)!, bits);
  assert.deepEqual([same('10.0.0.1', '10.0.0.254', 24), same('10.0.0.1', '10.0.1.1', 24), same('10.0.0.1', '10.0.1.1', 23)], [true, false, true]);
  assert.deepEqual([same('10.0.0.1', '203.0.113.9', 0), same('10.0.0.1', '10.0.0.1', 32), same('10.0.0.0', '10.0.0.1', 31), same('10.0.0.1', '10.0.0.2', 31)], [true, true, true, false]);
  assert.deepEqual([same('2001:db8::1', '2001:db8:0:1::1', 63), same('2001:db8::1', '2001:db8:0:1::1', 64)], [true, false]);
});
