import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceCache } from '../../../src/sip/transport/source-cache.ts';
import type { LocalSocket } from '../../../src/sip/transport/transport.ts';

const local: LocalSocket = { protocol: 'udp', address: '127.0.0.1', port: 5060, family: 4 };

test('the same peer is the same object, another port or address another', () => {
  const cache = new SourceCache(local);
  const first = cache.get('192.0.2.1', 5060);
  assert.equal(cache.get('192.0.2.1', 5060), first);
  assert.notEqual(cache.get('192.0.2.1', 5061), first);
  assert.notEqual(cache.get('192.0.2.2', 5060), first);
  assert.deepEqual(first, { protocol: 'udp', address: '192.0.2.1', port: 5060, local, connectionId: 0 });
});

test('peers that fall into one slot push each other out and are never mixed up', () => {
  const cache = new SourceCache(local, 1);
  const first = cache.get('192.0.2.1', 5060);
  const second = cache.get('192.0.2.2', 5060);
  assert.equal(second.address, '192.0.2.2');
  assert.equal(first.address, '192.0.2.1', 'what was handed out does not change');
  assert.notEqual(cache.get('192.0.2.1', 5060), first);
});

for (const [name, peerOf] of [
  ['addresses with port 5060', (n: number) => [`10.0.${n >> 8}.${n & 255}`, 5060]],
  ['ports behind one NAT', (n: number) => ['203.0.113.7', 20_000 + n]],
] as const) {
  test(`1000 ${name} spread over the slots`, () => {
    const cache = new SourceCache(local);
    const peers = Array.from({ length: 1000 }, (_, n) => peerOf(n) as [string, number]);
    const sources = peers.map(([address, port]) => cache.get(address, port));
    const kept = peers.filter(([address, port], n) => cache.get(address, port) === sources[n]).length;
    // A perfect hash of 1000 into 4096 keeps about 880; looking again pushes a few more out.
    assert.ok(kept > 600, `${kept} of 1000 kept`);
  });
}
