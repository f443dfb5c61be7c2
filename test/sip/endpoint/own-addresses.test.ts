import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkInterfaceInfo } from 'node:os';
import { OwnAddresses } from '../../../src/sip/endpoint/own-addresses.ts';
import type { LocalSocket } from '../../../src/sip/transport/transport.ts';

function card(address: string, bits: number, internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: `${address}/${bits}` };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

const CARDS = [card('127.0.0.1', 8, true), card('::1', 128, true), card('198.51.100.7', 24), card('10.1.2.3', 8), card('2001:db8:1::7', 64), card('2001:db8:2::7', 64)];
const ANY4: LocalSocket = { protocol: 'udp', address: '0.0.0.0', port: 5060, family: 4 };
const ANY6: LocalSocket = { protocol: 'udp', address: '::', port: 5060, family: 6 };

test('a socket bound to one address is known by it', () => {
  assert.equal(new OwnAddresses(() => CARDS).towards({ ...ANY4, address: '10.1.2.3' }, '198.51.100.9'), '10.1.2.3');
});

test('a socket bound to all: the address in the network of the peer, else the first that is not loopback', () => {
  const own = new OwnAddresses(() => CARDS);
  assert.equal(own.towards(ANY4, '198.51.100.9'), '198.51.100.7');
  assert.equal(own.towards(ANY4, '10.200.0.1'), '10.1.2.3');
  assert.equal(own.towards(ANY4, '203.0.113.1'), '198.51.100.7');
});

test('IPv6 networks are compared as numbers, however their addresses are written', () => {
  const own = new OwnAddresses(() => CARDS);
  assert.equal(own.towards(ANY6, '2001:db8:2::99'), '2001:db8:2::7');
  assert.equal(own.towards(ANY6, '2001:0db8:0002:0000:1:2:3:4'), '2001:db8:2::7');
  assert.equal(own.towards(ANY6, '2001:db8:3::1'), '2001:db8:1::7');
  assert.equal(own.towards(ANY6, 'fe80::1%eth0'), '2001:db8:1::7', 'a zone does no harm');
});

test('a peer on this machine knows us by the loopback address', () => {
  const own = new OwnAddresses(() => CARDS);
  assert.equal(own.towards(ANY4, '127.0.0.5'), '127.0.0.1');
  assert.equal(own.towards(ANY6, '::1'), '::1');
});

test('a machine with loopback only still has a name', () => {
  const own = new OwnAddresses(() => [card('127.0.0.1', 8, true)]);
  assert.equal(own.towards(ANY4, '198.51.100.9'), '127.0.0.1');
  assert.equal(own.towards(ANY6, '2001:db8::1'), '::1');
});

test('the choice is remembered, for a bounded number of peers', () => {
  let asked = 0;
  const own = new OwnAddresses(() => {
    asked += 1;
    return CARDS;
  });
  for (let round = 0; round < 3; round += 1) own.towards(ANY4, '198.51.100.9');
  assert.equal(asked, 1);
  for (let peer = 0; peer < 4096; peer += 1) own.towards(ANY4, `203.0.${peer >> 8}.${peer & 255}`);
  own.towards(ANY4, '198.51.100.9');
  assert.equal(asked, 1 + 4096 + 1, 'past the bound the memory starts afresh');
});

test('an advertised host stands for us towards everybody but this machine itself, whatever the socket is bound to', () => {
  const own = new OwnAddresses(() => CARDS, 'sip.example.com');
  assert.equal(own.towards(ANY4, '198.51.100.9'), 'sip.example.com');
  assert.equal(own.towards({ ...ANY4, address: '10.1.2.3' }, '198.51.100.9'), 'sip.example.com');
  assert.equal(own.towards(ANY4, '127.0.0.1'), '127.0.0.1');
});
