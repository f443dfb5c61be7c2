import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SendQueue } from '../../../src/sip/transport/send-queue.ts';
import type { Destination } from '../../../src/sip/transport/transport.ts';
import type { NativeUdpSocket } from '../../../src/sip/transport/udp-addon.ts';

const WORDS = 7;
const ENTRIES = 8;
const BYTES = 100;
const OUT_AT = (2 + ENTRIES * (2 + WORDS)) * 4;

/** Shared memory of 8 entries and 100 bytes, and a system that takes `takes` datagrams a flush and fails those of `fails`. */
function queue() {
  const memory = new ArrayBuffer(OUT_AT + BYTES);
  const words = new Int32Array(memory, 0, OUT_AT / 4);
  const system = { takes: Infinity, fails: new Map<string, number>(), taken: [] as { text: string; address: number[] }[] };
  const flush = () => {
    let failed = 0;
    for (let n = 0; n < system.takes && words[0] !== words[1]; n += 1) {
      const at = 2 + (words[0]! & (ENTRIES - 1)) * (2 + WORDS);
      const text = Buffer.from(memory, OUT_AT + words[at]!, words[at + 1]!).toString('latin1');
      const errno = system.fails.get(text);
      if (errno === undefined) system.taken.push({ text, address: [...words.subarray(at + 2, at + 2 + WORDS)] });
      else {
        words[at + 1] = -errno;
        failed += 1;
      }
      words[0]! += 1;
    }
    return failed;
  };
  const native = { memory, queue: ENTRIES, addressWords: WORDS, queueAt: 8, inAt: OUT_AT, outAt: OUT_AT, flush } as unknown as NativeUdpSocket;
  return { queue: new SendQueue(native), system, words };
}

const address = new Int32Array([1, -2, 3, 4, 5, 6, 7]);
const destination = (port: number): Destination => ({ protocol: 'udp', address: '192.0.2.1', port });
const noFailure = () => assert.fail();

test('datagrams go out in order, each with its address', () => {
  const { queue: waiting, system } = queue();
  for (const text of ['caf\xe9', '', 'xy']) assert.ok(waiting.put(text, address, destination(1)));
  assert.equal(waiting.isEmpty, false);
  waiting.flush(noFailure);
  assert.equal(waiting.isEmpty, true);
  assert.deepEqual(system.taken.map(({ text }) => text), ['caf\xe9', '', 'xy']);
  assert.deepEqual(system.taken[2]!.address, [...address]);
});

test('what failed is told with the very destination and the name of the error', () => {
  const { queue: waiting, system } = queue();
  const destinations = ['a', 'b', 'c'].map((text, index) => {
    const one = destination(index);
    assert.ok(waiting.put(text, address, one));
    return one;
  });
  system.fails.set('b', 1).set('c', 101);
  const told: unknown[] = [];
  waiting.flush((one, code) => told.push(one, code));
  assert.deepEqual(told, [destinations[1], 'EPERM', destinations[2], 'ENETUNREACH']);
  assert.equal(told[0], destinations[1]);
});

test('full of datagrams or full of bytes it takes no more, until the system has taken some', () => {
  const { queue: waiting, system } = queue();
  system.takes = 1;
  for (let n = 0; n < ENTRIES; n += 1) assert.ok(waiting.put('', address, destination(n)));
  assert.equal(waiting.put('', address, destination(9)), false);
  waiting.flush(noFailure);
  assert.ok(waiting.put('x'.repeat(BYTES), address, destination(9)));
  while (!waiting.isEmpty) waiting.flush(noFailure);
  assert.ok(waiting.put('y'.repeat(BYTES), address, destination(9)));
  assert.equal(waiting.put('z', address, destination(9)), false);
  assert.equal(waiting.put('x'.repeat(BYTES + 1), address, destination(9)), false);
});

test('whatever is put and however much the system takes at once: nothing is lost, changed or out of order', () => {
  const step = fc.oneof(fc.record({ put: fc.integer({ min: 0, max: 60 }) }), fc.record({ take: fc.integer({ min: 0, max: 5 }) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer(), (steps, start) => {
      const { queue: waiting, system, words } = queue();
      // Wherever the two numbers are, also shortly before they wrap.
      words.fill(start, 0, 2);
      const expected: string[] = [];
      steps.forEach((one, n) => {
        if ('put' in one) {
          const text = String.fromCharCode(33 + (n % 200)).repeat(one.put);
          if (waiting.put(text, address, destination(n))) expected.push(text);
        } else {
          system.takes = one.take;
          waiting.flush(noFailure);
        }
      });
      system.takes = Infinity;
      waiting.flush(noFailure);
      assert.deepEqual(system.taken.map(({ text }) => text), expected);
    }),
    { numRuns: 500 },
  );
});
