import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { AppError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Destination } from '../../../src/sip/transport/transport.ts';
import { DEFAULT_UDP_OPTIONS, openUdpSocket, UdpCounters, type DatagramSocket } from '../../../src/sip/transport/udp.ts';
import { RecordingReceiver } from './recording-receiver.ts';

const open: DatagramSocket[] = [];
after(() => Promise.all(open.map((socket) => socket.close())));

async function node(address = '127.0.0.1', port = 0) {
  const receiver = new RecordingReceiver();
  const counters = new UdpCounters(new Counters());
  const socket = await openUdpSocket(address, port, { receiver, counters, logger: silentLogger, options: DEFAULT_UDP_OPTIONS });
  open.push(socket);
  return { receiver, counters, socket };
}

const to = (socket: DatagramSocket): Destination => ({ protocol: 'udp', address: socket.local.address, port: socket.local.port });

describe('§18 UDP', () => {
  for (const address of ['127.0.0.1', '::1']) {
    test(`${address}: a message and its answer cross unchanged, from the address and port that is bound`, async () => {
      const [alice, bob] = [await node(address), await node(address)];
      bob.receiver.answer = (text, source) => bob.socket.send(`answer to ${text}`, source);
      alice.socket.send('caf\xe9\x00\r\n', to(bob.socket));
      await alice.receiver.untilEvent('message answer to caf\xe9\x00\r\n');
      const { source } = bob.receiver.messages[0]!;
      assert.deepEqual(source, { ...to(alice.socket), local: bob.socket.local, connectionId: 0 });
      assert.equal(source.local.family, address === '::1' ? 6 : 4);
    });
  }

  test('a batch of one: onBatchEnd follows each message', async () => {
    const [alice, bob] = [await node(), await node()];
    alice.socket.send('1', to(bob.socket));
    alice.socket.send('2', to(bob.socket));
    await bob.receiver.until(() => bob.receiver.messages.length === 2);
    assert.deepEqual(bob.receiver.events, ['message 1', 'batch', 'message 2', 'batch']);
  });

  test('more datagrams than one slab holds, sent on one stack, arrive whole and in order', async () => {
    const [alice, bob] = [await node(), await node()];
    // More than one slab of 1 MiB, in pieces that the receive buffer holds.
    const texts = Array.from({ length: 300 }, (_, index) => `${index} ${String.fromCharCode(97 + (index % 26)).repeat(4000)}`);
    for (const text of texts) alice.socket.send(text, to(bob.socket));
    await bob.receiver.until(() => bob.receiver.messages.length === texts.length);
    assert.deepEqual(bob.receiver.messages.map((message) => message.text), texts);
  });

  test('messages of one peer share one source object', async () => {
    const [alice, bob] = [await node(), await node()];
    alice.socket.send('1', to(bob.socket));
    alice.socket.send('2', to(bob.socket));
    await bob.receiver.until(() => bob.receiver.messages.length === 2);
    assert.equal(bob.receiver.messages[0]!.source, bob.receiver.messages[1]!.source);
  });

  test('datagrams of CRLFs, NULs or nothing keep a NAT binding open and are no messages', async () => {
    const [alice, bob] = [await node(), await node()];
    for (const text of ['\r\n\r\n', '\0\0\0\0', '']) alice.socket.send(text, to(bob.socket));
    alice.socket.send('\r\n\r\nx', to(bob.socket));
    await bob.receiver.until(() => bob.receiver.messages.length === 1);
    assert.deepEqual(bob.receiver.events, ['keepalive', 'keepalive', 'keepalive', 'message \r\n\r\nx', 'batch']);
    assert.equal(bob.counters.keepalives.value, 3);
  });
});

describe('a failed send is told afterwards, with the destination it was for', () => {
  test('65507 bytes are sent, 65508 are EMSGSIZE', async () => {
    const [alice, bob] = [await node(), await node()];
    alice.socket.send('x'.repeat(65_508), to(bob.socket));
    alice.socket.send('y'.repeat(65_507), to(bob.socket));
    assert.deepEqual(alice.receiver.events, [], 'not from within send');
    await alice.receiver.untilEvent('failed EMSGSIZE');
    await bob.receiver.until(() => bob.receiver.messages.length === 1);
    assert.equal(bob.receiver.messages[0]!.text.length, 65_507);
  });

  test('an error of the system (broadcast is not permitted) names the very destination', async () => {
    const { receiver, counters, socket } = await node();
    const forbidden: Destination = { protocol: 'udp', address: '255.255.255.255', port: 5060 };
    socket.send('x', forbidden);
    await receiver.untilEvent(/^failed E(ACCES|NETUNREACH|INVAL)$/);
    assert.equal(receiver.failures[0]!.destination, forbidden);
    assert.equal(counters.sendErrors.value, 1);
  });

  test('a port that no datagram can go to does not throw', async () => {
    const { receiver, socket } = await node();
    socket.send('x', { protocol: 'udp', address: '127.0.0.1', port: 70_000 });
    await receiver.untilEvent('failed EINVAL');
  });

  test('nobody listening there is no error and closes nothing', async () => {
    const [alice, bob, gone] = [await node(), await node(), await node()];
    await gone.socket.close();
    alice.socket.send('x', to(gone.socket));
    alice.socket.send('still here', to(bob.socket));
    await bob.receiver.untilEvent('message still here');
  });

  test('after close() it is ENOTCONN', async () => {
    const { receiver, socket } = await node();
    await socket.close();
    socket.send('x', { protocol: 'udp', address: '127.0.0.1', port: 5060 });
    await receiver.untilEvent('failed ENOTCONN');
  });
});

describe('binding', () => {
  test('a port in use is one line with protocol, address and port', async () => {
    const { socket } = await node();
    const { port } = socket.local;
    await assert.rejects(node('127.0.0.1', port), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'listen.in-use');
      assert.equal(error.message, `Cannot listen on udp:127.0.0.1:${port}: another program uses this port`);
      return true;
    });
  });

  test('an address of another machine is listen.failed', async () => {
    await assert.rejects(node('192.0.2.1', 0), (error) => error instanceof AppError && error.code === 'listen.failed');
  });

  test('an IPv6 socket leaves the port of the same number free for IPv4', async () => {
    const { socket } = await node('::');
    const four = createSocket('udp4').bind(socket.local.port, '0.0.0.0');
    await once(four, 'listening');
    four.close();
  });
});
