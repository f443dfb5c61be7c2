import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceTable } from '../../../src/sip/transport/source-table.ts';
import type { LocalSocket } from '../../../src/sip/transport/transport.ts';

const local: LocalSocket = { protocol: 'udp', address: '0.0.0.0', port: 5060, family: 4 };
const WORDS = 7;

/** A batch with one datagram of each sender, in the layout of struct sockaddr_in. */
function batch(senders: readonly (readonly [address: string, port: number])[]) {
  const received = new Int32Array(senders.length * (1 + WORDS));
  senders.forEach(([address, port], index) => {
    const bytes = new Uint8Array(received.buffer, (index * (1 + WORDS) + 1) * 4);
    bytes.set([2, 0, port >> 8, port & 255, ...address.split('.').map(Number)]);
  });
  const asked: number[] = [];
  const native = { addressWords: WORDS, sender: (index: number) => (asked.push(index), senders[index]![0]) };
  return { received, native, asked };
}

test('the same sender is the same object, and its address is asked for once', () => {
  const { received, native, asked } = batch([['192.0.2.1', 5060], ['192.0.2.1', 5060], ['192.0.2.1', 5061]]);
  const table = new SourceTable(local, received, native);
  const [first, second, third] = [table.get(0), table.get(1), table.get(2)];
  assert.deepEqual(first, { protocol: 'udp', address: '192.0.2.1', port: 5060, local, connectionId: 0 });
  assert.equal(second, first);
  assert.equal(third.port, 5061);
  assert.deepEqual(asked, [0, 2]);
});

test('senders that share one slot, within one batch too, are never mixed up', () => {
  const senders = [['192.0.2.1', 5060], ['192.0.2.2', 40_000], ['192.0.2.1', 5060]] as const;
  const { received, native } = batch(senders);
  const table = new SourceTable(local, received, native, 1);
  assert.deepEqual(senders.map((_, index) => table.get(index)).map(({ address, port }) => [address, port]), senders);
});

for (const [name, senderOf] of [
  ['addresses with port 5060', (n: number) => [`10.0.${n >> 8}.${n & 255}`, 5060]],
  ['ports behind one NAT', (n: number) => ['203.0.113.7', 20_000 + n]],
] as const) {
  test(`1000 ${name} spread over the slots`, () => {
    const senders = Array.from({ length: 1000 }, (_, n) => senderOf(n) as [string, number]);
    const { received, native, asked } = batch(senders);
    const table = new SourceTable(local, received, native);
    senders.forEach((_, index) => table.get(index));
    asked.length = 0;
    senders.forEach((_, index) => table.get(index));
    // A perfect hash of 1000 into 4096 keeps about 880; looking again pushes a few more out.
    assert.ok(asked.length < 400, `${asked.length} of 1000 asked for again`);
  });
}
