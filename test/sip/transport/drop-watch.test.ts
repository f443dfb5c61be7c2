import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter } from '../../../src/base/counters.ts';
import { DropWatch } from '../../../src/sip/transport/drop-watch.ts';
import type { DatagramSocket } from '../../../src/sip/transport/udp-socket.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

/** A socket of which the kernel tells `drops`. */
function socket(drops: (number | undefined)[]): DatagramSocket {
  return {
    local: { protocol: 'udp', address: '127.0.0.1', port: 5060, family: 4 },
    send() {},
    kernelDrops: async () => drops.shift(),
    close: async () => {},
  };
}

function watching(...sockets: DatagramSocket[]) {
  const clock = new VirtualClock();
  const counter = new Counter('sip.udp.kernel-drops', '');
  const watch = new DropWatch(clock, counter);
  for (const one of sockets) watch.add(one);
  const tenSeconds = async () => {
    clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    return counter.value;
  };
  return { watch, tenSeconds };
}

test('each ten seconds the counter grows by what every socket has lost since', async () => {
  const { tenSeconds } = watching(socket([0, 5, 5]), socket([2, 3, 10]));
  assert.equal(await tenSeconds(), 2);
  assert.equal(await tenSeconds(), 8);
  assert.equal(await tenSeconds(), 15);
});

test('a kernel that does not tell counts nothing, and one whose number begins again loses nothing', async () => {
  const { tenSeconds } = watching(socket([undefined, undefined]), socket([0xffff_fffe, 3]));
  assert.equal(await tenSeconds(), 0xffff_fffe);
  assert.equal(await tenSeconds(), 0xffff_fffe + 5);
});

test('after stop() nobody is asked', async () => {
  const asked = [7];
  const { watch, tenSeconds } = watching(socket(asked));
  watch.stop();
  assert.equal(await tenSeconds(), 0);
  assert.deepEqual(asked, [7]);
});
