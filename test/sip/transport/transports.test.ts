import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { once } from 'node:events';
import { afterEach, describe, test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { AppError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { LocalSocket } from '../../../src/sip/transport/transport.ts';
import { Transports, type ListenSpec } from '../../../src/sip/transport/transports.ts';
import type { UdpEngine } from '../../../src/sip/transport/udp-socket.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { RecordingReceiver } from './recording-receiver.ts';

const ENGINES = ['batch', 'dgram'] as const;

const nodes: Transports[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((one) => one.close()));
});

function node(engine: UdpEngine = 'dgram') {
  const receiver = new RecordingReceiver();
  const transports = new Transports({ receiver, clock: new VirtualClock(), counters: new Counters(), logger: silentLogger, udp: { engine } });
  nodes.push(transports);
  return { receiver, transports };
}

const listening = (...names: string[]) => listeningBy('dgram', ...names);

async function listeningBy(engine: UdpEngine, ...names: string[]) {
  const { receiver, transports } = node(engine);
  const specs = names.map((name): ListenSpec => {
    const [protocol, address] = name.split(' ') as ['udp' | 'tcp', string];
    return { protocol, address, port: 0 };
  });
  return { receiver, transports, locals: await transports.listen(specs) };
}

for (const engine of ENGINES) {
  describe(`listen, UDP by ${engine}`, () => {
    test('opens every socket, in order, and says where', async () => {
      const { transports, locals } = await listeningBy(engine, 'udp 127.0.0.1', 'tcp 127.0.0.1', 'udp ::1', 'tcp ::1');
      assert.deepEqual(
        locals.map(({ protocol, address, family }) => `${protocol} ${address} ${family}`),
        ['udp 127.0.0.1 4', 'tcp 127.0.0.1 4', 'udp ::1 6', 'tcp ::1 6'],
      );
      assert.ok(locals.every(({ port }) => port > 0));
      assert.equal(transports.localSockets, locals);
    });

    test('all or none: after a port in use nothing stays open', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as { port: number };
      const { transports } = node(engine);
      await assert.rejects(
        transports.listen([
          { protocol: 'udp', address: '127.0.0.1', port },
          { protocol: 'tcp', address: '127.0.0.1', port },
        ]),
        (error) => error instanceof AppError && error.code === 'listen.in-use' && error.message.includes(`tcp:127.0.0.1:${port}`),
      );
      taken.close();
      assert.deepEqual(transports.localSockets, []);
      await node(engine).transports.listen([{ protocol: 'udp', address: '127.0.0.1', port }]);
    });
  });
}

for (const engine of ENGINES) {
  describe(`send, UDP by ${engine}`, () => {
    test('goes out over the protocol of the destination', async () => {
      const alice = await listeningBy(engine, 'udp 127.0.0.1', 'tcp 127.0.0.1');
      const bob = await listeningBy(engine, 'udp 127.0.0.1', 'tcp 127.0.0.1');
      const text = 'OPTIONS sip:bob SIP/2.0\r\nl: 0\r\n\r\n';
      for (const { protocol, address, port } of bob.locals) alice.transports.send(text, { protocol, address, port });
      await bob.receiver.until(() => bob.receiver.messages.length === 2);
      assert.deepEqual(bob.receiver.messages.map(({ source }) => source.protocol).sort(), ['tcp', 'udp']);
      assert.equal(bob.transports.connectionCount, 1);
    });

    for (const [what, address, port, code] of [
      ['a host name', 'localhost', 5060, 'EINVAL'],
      ['an IPv6 address in brackets', '[::1]', 5060, 'EINVAL'],
      ['port 0', '127.0.0.1', 0, 'EINVAL'],
      ['a port beyond 65535', '127.0.0.1', 65_536, 'EINVAL'],
      ['a family that nothing listens on', '::1', 5060, 'EADDRNOTAVAIL'],
    ] as const) {
      test(`to ${what} fails with ${code}, afterwards`, async () => {
        const { receiver, transports } = await listeningBy(engine, 'udp 127.0.0.1', 'tcp 127.0.0.1');
        transports.send('x', { protocol: 'udp', address, port });
        transports.send('x', { protocol: 'tcp', address, port });
        assert.deepEqual(receiver.events, []);
        await receiver.until(() => receiver.failures.length === 2);
        assert.deepEqual(receiver.events, [`failed ${code}`, `failed ${code}`]);
      });
    }

    test('after close() it fails instead of throwing', async () => {
      const { receiver, transports, locals } = await listeningBy(engine, 'udp 127.0.0.1', 'tcp 127.0.0.1');
      await transports.close();
      for (const local of locals) transports.send('x', { protocol: local.protocol, address: '127.0.0.1', port: 5060, local });
      await receiver.until(() => receiver.failures.length === 2);
    });
  });
}

describe('localSocketFor', () => {
  test('the preferred socket, if protocol and family fit', async () => {
    const { transports, locals } = await listening('udp 127.0.0.1', 'udp 127.0.0.2', 'tcp 127.0.0.1', 'udp ::1');
    const [first, second, tcp, six] = locals as [LocalSocket, LocalSocket, LocalSocket, LocalSocket];
    assert.equal(transports.localSocketFor('udp', '127.0.0.9'), first);
    assert.equal(transports.localSocketFor('udp', '127.0.0.9', second), second);
    assert.equal(transports.localSocketFor('udp', '127.0.0.9', tcp), first);
    assert.equal(transports.localSocketFor('udp', '::1', second), six);
    assert.equal(transports.localSocketFor('tcp', '::1'), undefined);
  });

  test('a socket on loopback is passed over for an address that it cannot reach', async () => {
    const { transports, locals } = await listening('udp 127.0.0.1', 'udp 0.0.0.0');
    assert.equal(transports.localSocketFor('udp', '192.0.2.1'), locals[1]);
    assert.equal(transports.localSocketFor('udp', '192.0.2.1', locals[0]), locals[1]);
    assert.equal(transports.localSocketFor('udp', '127.0.0.1'), locals[0]);
  });
});

describe('isOwnAddress', () => {
  test('a bound address and port, in any spelling', async () => {
    const { transports, locals } = await listening('udp 127.0.0.1', 'tcp ::1');
    const [four, six] = locals as [LocalSocket, LocalSocket];
    assert.equal(transports.isOwnAddress('127.0.0.1', four.port), true);
    assert.equal(transports.isOwnAddress('::ffff:127.0.0.1', four.port), true);
    assert.equal(transports.isOwnAddress('127.0.0.2', four.port), false);
    assert.deepEqual(['127.0.0.1', '127.0.0.2'].map((address) => transports.isOwnHost(address)), [true, false], 'on any port');
    assert.equal(transports.isOwnAddress('127.0.0.1', four.port === 65_535 ? 1 : four.port + 1), false);
    assert.equal(transports.isOwnAddress('0:0:0:0:0:0:0:1', six.port), true);
    assert.equal(transports.isOwnAddress('example.com', six.port), false);
  });

  test('a wildcard socket owns every address of the machine in its family', async () => {
    const { transports, locals } = await listening('udp 0.0.0.0', 'tcp ::');
    const [four, six] = locals as [LocalSocket, LocalSocket];
    for (const { address, family } of Object.values(networkInterfaces()).flatMap((one) => one ?? [])) {
      assert.equal(transports.isOwnAddress(address, family === 'IPv4' ? four.port : six.port), true, address);
    }
    assert.equal(transports.isOwnAddress('127.9.9.9', four.port), true);
    assert.equal(transports.isOwnAddress('192.0.2.77', four.port), false);
  });
});
