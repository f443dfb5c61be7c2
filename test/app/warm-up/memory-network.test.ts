import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryNetwork } from '../../../src/app/warm-up/memory-network.ts';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Source } from '../../../src/sip/transport/transport.ts';
import { DEFAULT_UDP_OPTIONS, UdpCounters, type DatagramSocket } from '../../../src/sip/transport/udp-socket.ts';

async function open(answer: (text: string, source: Source, socket: DatagramSocket) => void): Promise<{ network: MemoryNetwork; arrived: string[] }> {
  const arrived: string[] = [];
  const network = new MemoryNetwork((text) => void arrived.push(text));
  const receiver = { onMessage: (text: string, source: Source) => answer(text, source, socket), onBatchEnd() {}, onKeepalive() {}, onConnectionClosed() {}, onFramingError() {}, onSendError() {} };
  const socket = await network.open('198.19.0.1', 5060, { receiver, logger: silentLogger, counters: new UdpCounters(new Counters()), options: DEFAULT_UDP_OPTIONS });
  return { network, arrived };
}

test('a datagram comes in with its sender, and what is sent upon it has arrived when delivery ends', async () => {
  const { network, arrived } = await open((text, source, socket) => {
    assert.deepEqual([source.address, source.port], ['198.18.3.4', 5064]);
    socket.send(`${text} one`, source);
    socket.send(`${text} two`, source);
  });
  network.deliver('ping \xe9', '198.18.3.4', 5064);
  assert.deepEqual(arrived, ['ping \xe9 one', 'ping \xe9 two']);
});

test('its memory is used again: more datagrams than it holds at once go through', async () => {
  const { network, arrived } = await open((text, source, socket) => socket.send(text.repeat(1000), source));
  for (let number = 0; number < 500; number += 1) network.deliver(String(number), '198.18.0.1', 5064);
  assert.equal(arrived.length, 500);
  assert.ok(arrived.every((text, number) => text === String(number).repeat(1000)));
});
