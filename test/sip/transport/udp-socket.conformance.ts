import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { AppError } from '../../../src/base/errors.ts';
import { silentLogger, type Logger } from '../../../src/base/logger.ts';
import type { Destination } from '../../../src/sip/transport/transport.ts';
import { openUdpSocket } from '../../../src/sip/transport/udp.ts';
import {
  DEFAULT_UDP_OPTIONS, UdpCounters, type DatagramSocket, type UdpEngine, type UdpOptions,
} from '../../../src/sip/transport/udp-socket.ts';
import { RecordingReceiver } from './recording-receiver.ts';

/** What every `DatagramSocket` must do, whichever engine is below it. */
export function udpSocketConformance(engine: UdpEngine): void {
  const open: DatagramSocket[] = [];
  after(() => Promise.all(open.map((socket) => socket.close())));

  async function node(address = '127.0.0.1', { port = 0, logger = silentLogger, ...options }: Partial<UdpOptions> & { port?: number; logger?: Logger } = {}) {
    const receiver = new RecordingReceiver();
    const counters = new UdpCounters(new Counters());
    const socket = await openUdpSocket(address, port, { receiver, counters, logger, options: { ...DEFAULT_UDP_OPTIONS, ...options, engine } });
    open.push(socket);
    return { receiver, counters, socket };
  }

  const to = ({ local: { address, port } }: DatagramSocket): Destination => ({ protocol: 'udp', address, port });

  describe(`§18 UDP by ${engine}`, () => {
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

    test('every byte has its character, in both directions', async () => {
      const [alice, bob] = [await node(), await node()];
      const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
      bob.receiver.answer = (text, source) => bob.socket.send(text, source);
      alice.socket.send(bytes, to(bob.socket));
      await alice.receiver.until(() => alice.receiver.messages.length === 1);
      assert.equal(alice.receiver.messages[0]!.text, bytes);
    });

    test('onBatchEnd follows the messages of a batch, and no batch is empty', async () => {
      const [alice, bob] = [await node(), await node()];
      for (let n = 0; n < 200; n += 1) alice.socket.send(String(n), to(bob.socket));
      await bob.receiver.until(() => bob.receiver.messages.length === 200 && bob.receiver.events.at(-1) === 'batch');
      const { events } = bob.receiver;
      assert.deepEqual(events.filter((event) => event !== 'batch'), Array.from({ length: 200 }, (_, n) => `message ${n}`));
      assert.ok(events.every((event, at) => event !== 'batch' || events[at - 1]!.startsWith('message ')));
    });

    test('more datagrams than one slab holds, sent on one stack, arrive whole and in order', async () => {
      const [alice, bob] = [await node(), await node()];
      // More than a slab of 1 MiB, in pieces that the receive buffer holds.
      const texts = Array.from({ length: 300 }, (_, index) => `${index} ${String.fromCharCode(97 + (index % 26)).repeat(4000)}`);
      for (const text of texts) alice.socket.send(text, to(bob.socket));
      await bob.receiver.until(() => bob.receiver.messages.length === texts.length);
      assert.deepEqual(bob.receiver.messages.map((message) => message.text), texts);
    });

    test('messages of one peer share one source object, those of others have others', async () => {
      const [alice, bob, carol] = [await node(), await node(), await node()];
      for (const { socket } of [alice, carol, alice, carol]) socket.send('1', to(bob.socket));
      await bob.receiver.until(() => bob.receiver.messages.length === 4);
      const sources = new Set(bob.receiver.messages.map(({ source }) => source));
      assert.deepEqual([...sources].map(({ port }) => port).sort(), [alice, carol].map(({ socket }) => socket.local.port).sort());
    });

    test('datagrams of CRLFs, NULs or nothing keep a NAT binding open and are no messages', async () => {
      const [alice, bob] = [await node(), await node()];
      for (const text of ['\r\n\r\n', '\0\0\0\0', '']) alice.socket.send(text, to(bob.socket));
      alice.socket.send('\r\n\r\nx', to(bob.socket));
      await bob.receiver.untilEvent('batch');
      assert.deepEqual(bob.receiver.events, ['keepalive', 'keepalive', 'keepalive', 'message \r\n\r\nx', 'batch']);
      assert.equal(bob.counters.keepalives.value, 3);
      assert.equal(bob.counters.received.value, 4);
    });

    test('what is sent by a timer or a promise goes out too, and before close()', async () => {
      const [alice, bob] = [await node(), await node()];
      await new Promise((resolve) => setImmediate(resolve));
      alice.socket.send('timer', to(bob.socket));
      await Promise.resolve();
      alice.socket.send('promise', to(bob.socket));
      await alice.socket.close();
      await bob.receiver.until(() => bob.receiver.messages.length === 2);
      assert.deepEqual(bob.receiver.messages.map(({ text }) => text), ['timer', 'promise']);
    });
  });

  describe(`${engine}: a failed send is told afterwards, with the destination it was for`, () => {
    test('65507 bytes are sent, 65508 are EMSGSIZE', async () => {
      const [alice, bob] = [await node(), await node()];
      alice.socket.send('x'.repeat(65_508), to(bob.socket));
      alice.socket.send('z'.repeat(70_000), to(bob.socket));
      alice.socket.send('y'.repeat(65_507), to(bob.socket));
      assert.deepEqual(alice.receiver.events, [], 'not from within send');
      await alice.receiver.untilEvent('failed EMSGSIZE');
      await bob.receiver.until(() => bob.receiver.messages.length === 1);
      assert.equal(bob.receiver.messages[0]!.text, 'y'.repeat(65_507));
      assert.equal(alice.counters.sendErrors.value, 2);
    });

    test('an error of the system (broadcast is not permitted) names the very destination, and its neighbours go out', async () => {
      const [alice, bob] = [await node(), await node()];
      const forbidden: Destination = { protocol: 'udp', address: '255.255.255.255', port: 5060 };
      alice.socket.send('before', to(bob.socket));
      alice.socket.send('x', forbidden);
      alice.socket.send('behind', to(bob.socket));
      await alice.receiver.untilEvent(/^failed E(ACCES|NETUNREACH|INVAL)$/);
      assert.equal(alice.receiver.failures[0]!.destination, forbidden);
      assert.equal(alice.counters.sendErrors.value, 1);
      await bob.receiver.until(() => bob.receiver.messages.length === 2);
    });

    for (const [what, address, port] of [
      ['a port that no datagram can go to', '127.0.0.1', 70_000],
      ['port 0', '127.0.0.1', 0],
    ] as const) {
      test(`${what} does not throw`, async () => {
        const { receiver, socket } = await node();
        socket.send('x', { protocol: 'udp', address, port });
        await receiver.untilEvent('failed EINVAL');
      });
    }

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

  describe(`${engine}: close`, () => {
    test('from within onMessage: nothing more is handed on, and the port is free', async () => {
      const [alice, bob] = [await node(), await node()];
      let closed: Promise<void> | undefined;
      bob.receiver.answer = () => {
        closed ??= bob.socket.close();
      };
      for (let n = 0; n < 50; n += 1) alice.socket.send(String(n), to(bob.socket));
      await bob.receiver.untilEvent('message 0');
      await closed;
      await node('127.0.0.1', { port: bob.socket.local.port });
      assert.equal(bob.receiver.messages.length, 1);
    });

    test('twice is once', async () => {
      const { socket } = await node();
      await Promise.all([socket.close(), socket.close()]);
      await socket.close();
    });
  });

  describe(`${engine}: load`, () => {
    test('a flood does not keep a timer waiting', async () => {
      const { receiver, socket } = await node();
      // The receiver answers itself, so that there is always something to read.
      receiver.answer = (text, source) => socket.send(text, source);
      for (let n = 0; n < 2000; n += 1) socket.send(`flood ${n}`, to(socket));
      await receiver.until(() => receiver.messages.length > 2000);
      const before = receiver.messages.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
      const meanwhile = receiver.messages.length - before;
      await socket.close();
      assert.ok(meanwhile < 20_000, `${meanwhile} datagrams before the timer`);
    });

    test('the buffer is as asked for, or it is said how large it is', async () => {
      const grants: unknown[] = [];
      const logger: Logger = { ...silentLogger, child: () => logger, info: (_text, fields) => grants.push(fields?.grantedBytes) };
      await node('127.0.0.1', { receiveBufferBytes: 65_536, logger });
      assert.deepEqual(grants, []);
      // More than any system grants: the kernel's own bound is half of the positive numbers.
      await node('127.0.0.1', { receiveBufferBytes: 0x7fff_ffff, logger });
      assert.equal(grants.length, 1);
      assert.ok(Number(grants[0]) >= 65_536, String(grants[0]));
    });

    for (const address of ['127.0.0.1', '::1']) {
      test(`${address}: what the system drops while we are busy is known to the last datagram`, async () => {
        const [alice, bob] = [await node(address), await node(address, { receiveBufferBytes: 65_536 })];
        assert.equal(await bob.socket.kernelDrops(), 0);
        // All of it is sent before this process reads anything.
        for (let n = 0; n < 400; n += 1) alice.socket.send('x'.repeat(1000), to(bob.socket));
        await bob.receiver.untilEvent('batch');
        await alice.receiver.until(() => alice.counters.sent.value === 400);
        await settled(() => bob.counters.received.value);
        const drops = await bob.socket.kernelDrops();
        assert.ok(drops !== undefined && drops > 0);
        assert.equal(drops + bob.counters.received.value, 400);
      });
    }
  });

  describe(`${engine}: binding`, () => {
    test('a port in use is one line with protocol, address and port', async () => {
      const { socket } = await node();
      const { port } = socket.local;
      await assert.rejects(node('127.0.0.1', { port }), (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'listen.in-use');
        assert.equal(error.message, `Cannot listen on udp:127.0.0.1:${port}: another program uses this port`);
        return true;
      });
    });

    test('an address of another machine is listen.failed', async () => {
      await assert.rejects(node('198.51.100.1'), (error) => error instanceof AppError && error.code === 'listen.failed');
    });

    test('an IPv6 socket leaves the port of the same number free for IPv4', async () => {
      const { socket } = await node('::');
      const four = createSocket('udp4').bind(socket.local.port, '0.0.0.0');
      await once(four, 'listening');
      four.close();
    });
  });
}

/** Resolves when `read` gives the same number for some turns of the loop. */
async function settled(read: () => number): Promise<void> {
  let last = -1;
  for (let same = 0; same < 20; same += 1) {
    if (read() !== last) same = 0;
    last = read();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
