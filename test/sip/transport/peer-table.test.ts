import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerTable, type Peer } from '../../../src/sip/transport/peer-table.ts';

const make = (address: string, port: number): Peer => ({ address, port });

test('the same peer is the same object, another port or address another', () => {
  const table = new PeerTable(make);
  const first = table.get('192.0.2.1', 5060);
  assert.equal(table.get('192.0.2.1', 5060), first);
  assert.notEqual(table.get('192.0.2.1', 5061), first);
  assert.notEqual(table.get('192.0.2.2', 5060), first);
  assert.deepEqual(first, { address: '192.0.2.1', port: 5060 });
});

test('peers that fall into one slot push each other out and are never mixed up', () => {
  const table = new PeerTable(make, 1);
  const first = table.get('192.0.2.1', 5060);
  const second = table.get('192.0.2.2', 5060);
  assert.equal(second.address, '192.0.2.2');
  assert.equal(first.address, '192.0.2.1', 'what was handed out does not change');
  assert.notEqual(table.get('192.0.2.1', 5060), first);
});

for (const [name, peerOf] of [
  ['addresses with port 5060', (n: number) => [`10.0.${n >> 8}.${n & 255}`, 5060]],
  ['ports behind one NAT', (n: number) => ['203.0.113.7', 20_000 + n]],
] as const) {
  test(`1000 ${name} spread over the slots`, () => {
    const table = new PeerTable(make);
    const peers = Array.from({ length: 1000 }, (_, n) => peerOf(n) as [string, number]);
    const made = peers.map(([address, port]) => table.get(address, port));
    const kept = peers.filter(([address, port], n) => table.get(address, port) === made[n]).length;
    // A perfect hash of 1000 into 4096 keeps about 880; looking again pushes a few more out.
    assert.ok(kept > 600, `${kept} of 1000 kept`);
  });
}
