import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericHost } from '../../../src/sip/resolve/numeric-host.ts';

for (const [host, address] of [
  ['192.0.2.1', '192.0.2.1'],
  ['[2001:DB8:0:0:0:0:0:1]', '2001:db8::1'],
  ['2001:db8::0001', '2001:db8::1'],
  ['[::ffff:192.0.2.1]', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['::1', '::1'],
  ['example.com', undefined],
  ['192.0.2', undefined],
  ['192.0.2.256', undefined],
  ['0xc0000201', undefined],
  ['fe80::1%eth0', undefined],
  ['[192.0.2.1]', undefined],
  ['[::1', undefined],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(host)} is ${address ?? 'no address'}`, () => assert.equal(numericHost(host), address));
}
