import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { AppError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { DEFAULT_TCP_OPTIONS, TcpCounters, type TcpOptions } from '../../../src/sip/transport/tcp-options.ts';
import { TcpTransport } from '../../../src/sip/transport/tcp.ts';
import type { Destination, LocalSocket } from '../../../src/sip/transport/transport.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { RecordingReceiver } from './recording-receiver.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const message = (body: string) => `MESSAGE sip:b SIP/2.0\r\nl: ${body.length}\r\n\r\n${body}`;

/** A transport of ours, listening on a free port of `address`. */
async function node(options: Partial<TcpOptions> = {}, address = '127.0.0.1') {
  const receiver = new RecordingReceiver();
  const counters = new TcpCounters(new Counters());
  const clock = new VirtualClock();
  const tcp = new TcpTransport({ receiver, counters, clock, logger: silentLogger, options: { ...DEFAULT_TCP_OPTIONS, ...options } });
  const local = await tcp.listen(address, 0);
  closers.push(async () => {
    const closed = tcp.close();
    clock.advance(DEFAULT_TCP_OPTIONS.lingerMs);
    await closed;
  });
  return { receiver, counters, clock, tcp, local };
}

/** A plain TCP client of a node; `received` grows as text comes. */
async function client(local: LocalSocket, from?: string) {
  const socket = connect({ host: local.address, port: local.port, ...(from === undefined ? {} : { localAddress: from }) });
  const peer = track(socket);
  await once(socket, 'connect');
  return peer;
}

/** Tries to connect and waits until the node has thrown the connection away. */
async function refusedClient(local: LocalSocket, from?: string) {
  const socket = connect({ host: local.address, port: local.port, ...(from === undefined ? {} : { localAddress: from }) });
  await closing(track(socket));
}

function track(socket: Socket) {
  const peer = { socket, received: '', writes: 0, closed: false };
  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    peer.received += chunk.toString('latin1');
    peer.writes += 1;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    peer.closed = true;
  });
  closers.push(async () => socket.destroy());
  return peer;
}

type Peer = ReturnType<typeof track>;

/** A plain TCP server, for connections that the node opens. */
async function plainServer() {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => server.close());
  const peers: Peer[] = [];
  server.on('connection', (socket) => peers.push(track(socket)));
  const to: Destination = { protocol: 'tcp', address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  return { server, peers, to };
}

/** Waits for a plain socket to have received or to have been closed. */
async function until(reached: () => boolean, what: string) {
  const deadlineMs = performance.now() + 5000;
  while (!reached()) {
    if (performance.now() > deadlineMs) throw new Error(`No sign of ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Writes, and lets the node read it: over loopback the bytes are there when the write is done. */
async function deliver(peer: Peer, text: string) {
  await new Promise<void>((resolve) => peer.socket.write(text, () => resolve()));
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const closing = (peer: Peer) => until(() => peer.closed, 'the connection being closed');

describe('§18.3 messages on a connection', () => {
  for (const address of ['127.0.0.1', '::1']) {
    test(`${address}: a request arrives and the answer goes back on its connection`, async () => {
      const { receiver, tcp, local } = await node({}, address);
      receiver.answer = (_text, source) => tcp.send(message('answer'), source, local);
      const peer = await client(local);
      peer.socket.write(message('caf\xe9'), 'latin1');
      await until(() => peer.received === message('answer'), 'the answer');
      const { text, source } = receiver.messages[0]!;
      assert.equal(text, message('caf\xe9'));
      assert.deepEqual(source, { protocol: 'tcp', address, port: peer.socket.localPort, local, connectionId: 1 });
    });
  }

  test('byte by byte is one message', async () => {
    const { receiver, local } = await node();
    const peer = await client(local);
    for (const byte of message('hello')) await deliver(peer, byte);
    await receiver.until(() => receiver.messages.length === 1);
    assert.equal(receiver.messages[0]!.text, message('hello'));
  });

  test('three messages in one segment are one batch', async () => {
    const { receiver, local } = await node();
    const peer = await client(local);
    peer.socket.write(message('1') + message('2') + message('3'));
    await receiver.untilEvent('batch');
    assert.deepEqual(receiver.events, [...['1', '2', '3'].map((body) => `message ${message(body)}`), 'batch']);
  });

  test('what is sent within one batch leaves in one write', async () => {
    const { receiver, tcp, local } = await node();
    receiver.answer = (_text, source) => tcp.send(message('answer'), source, local);
    const peer = await client(local);
    peer.socket.write(message('1') + message('2') + message('3'));
    await until(() => peer.received.length >= 3 * message('answer').length, 'three answers');
    assert.equal(peer.received, message('answer').repeat(3));
    assert.equal(peer.writes, 1);
  });

  test('RFC 5626 §3.5.1 CRLFCRLF is answered by CRLF', async () => {
    const { receiver, counters, local } = await node();
    const peer = await client(local);
    peer.socket.write('\r\n\r\n');
    await until(() => peer.received === '\r\n', 'the pong');
    assert.deepEqual(receiver.events, ['keepalive']);
    assert.equal(counters.pings.value, 1);
  });

  test('framing lost: what is answered at once is still written, then the connection is closed', async () => {
    const { receiver, counters, tcp, local } = await node();
    receiver.answerFramingError = (source) => tcp.send('SIP/2.0 400 Bad\r\nl: 0\r\n\r\n', source, local);
    const peer = await client(local);
    peer.socket.write(`${message('good')}OPTIONS sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n${message('smuggled')}`);
    await closing(peer);
    assert.equal(peer.received, 'SIP/2.0 400 Bad\r\nl: 0\r\n\r\n');
    await receiver.untilEvent('closed 1');
    assert.deepEqual(receiver.events, [`message ${message('good')}`, 'framing content-length-invalid', 'batch', 'closed 1']);
    assert.equal(counters.framingErrors.value, 1);
  });

  test('a peer that keeps its side open after lost framing is cut off when the linger time is over', async () => {
    const { receiver, clock, tcp, local } = await node();
    const peer = await client(local);
    peer.socket.allowHalfOpen = true;
    peer.socket.write('\x16\x03\x01');
    await receiver.untilEvent('framing garbage');
    clock.advance(DEFAULT_TCP_OPTIONS.lingerMs - 1);
    assert.equal(tcp.connectionCount, 1);
    clock.advance(1);
    assert.equal(tcp.connectionCount, 0);
  });
});

describe('hardening: time', () => {
  test('a message that is not complete 20 s after its first byte ends the connection, however busy it looks', async () => {
    const { receiver, counters, clock, tcp, local } = await node();
    const peer = await client(local);
    peer.socket.write(`${message('first')}OPTIONS sip:a SIP/2.0\r\n`);
    await receiver.untilEvent('batch');
    for (let second = 0; second < 19; second += 1) {
      clock.advance(1000);
      await deliver(peer, 'X: slow\r\n');
    }
    clock.advance(999);
    assert.equal(tcp.connectionCount, 1);
    clock.advance(1);
    assert.equal(tcp.connectionCount, 0);
    assert.equal(counters.slowMessages.value, 1);
    await closing(peer);
  });

  test('each message has its own 20 s', async () => {
    const { receiver, clock, tcp, local } = await node();
    const peer = await client(local);
    for (let count = 1; count <= 3; count += 1) {
      const text = message(String(count));
      await deliver(peer, text.slice(0, -1));
      clock.advance(15_000);
      peer.socket.write(text.slice(-1));
      await receiver.until(() => receiver.messages.length === count);
    }
    assert.equal(tcp.connectionCount, 1);
  });

  test('a connection that is accepted and sends no message is closed after 20 s', async () => {
    const { counters, clock, tcp, local } = await node();
    const peer = await client(local);
    await until(() => tcp.connectionCount === 1, 'the connection');
    clock.advance(19_999);
    assert.equal(tcp.connectionCount, 1);
    clock.advance(1);
    await closing(peer);
    assert.equal(counters.slowMessages.value, 1);
  });

  test('after a message, silence is allowed for the idle time, counted from the last byte', async () => {
    const { receiver, counters, clock, local } = await node({ idleTimeoutMs: 60_000 });
    const peer = await client(local);
    peer.socket.write(message('x'));
    await receiver.untilEvent('batch');
    clock.advance(40_000);
    peer.socket.write('\r\n\r\n');
    await receiver.untilEvent('keepalive');
    clock.advance(59_999);
    assert.equal(counters.idleClosed.value, 0);
    clock.advance(1);
    assert.equal(counters.idleClosed.value, 1);
    await closing(peer);
    await receiver.untilEvent('closed 1');
  });

  test('no timer is left behind by a connection that is gone', async () => {
    const { receiver, clock, local } = await node();
    const peer = await client(local);
    peer.socket.write(`${message('x')}OPT`);
    await receiver.untilEvent('batch');
    assert.ok(clock.armed > 0);
    peer.socket.destroy();
    await receiver.untilEvent('closed 1');
    assert.equal(clock.armed, 0);
  });

  test('a reset by the peer closes that connection and nothing else', async () => {
    const { receiver, tcp, local } = await node();
    const [bad, good] = [await client(local), await client(local)];
    bad.socket.write(message('x'));
    await receiver.untilEvent('batch');
    bad.socket.resetAndDestroy();
    await receiver.untilEvent('closed 1');
    good.socket.write(message('y'));
    await receiver.untilEvent(`message ${message('y')}`);
    assert.equal(tcp.connectionCount, 1);
  });
});

describe('hardening: number of connections', () => {
  test('at the limit the connection without a message for longest makes room', async () => {
    const { receiver, counters, clock, local } = await node({ maxConnections: 2 });
    const [first, second] = [await client(local), await client(local)];
    first.socket.write(message('1'));
    await receiver.until(() => receiver.messages.length === 1);
    clock.advance(5000);
    second.socket.write(message('2'));
    await receiver.until(() => receiver.messages.length === 2);
    clock.advance(5000);
    const third = await client(local);
    await closing(first);
    third.socket.write(message('3'));
    await receiver.untilEvent(`message ${message('3')}`);
    assert.equal(second.closed, false);
    assert.equal(counters.evicted.value, 1);
  });

  test('when every connection had a message just now, the new one is refused', async () => {
    const { receiver, counters, clock, tcp, local } = await node({ maxConnections: 1 });
    const first = await client(local);
    first.socket.write(message('1'));
    await receiver.untilEvent('batch');
    clock.advance(DEFAULT_TCP_OPTIONS.evictIdleMs - 1);
    await refusedClient(local);
    assert.equal(counters.refused.value, 1);
    assert.equal(tcp.connectionCount, 1);
  });

  test('a kept connection does not make room, until the mark is taken off', async () => {
    const { receiver, clock, tcp, local } = await node({ maxConnections: 1 });
    const first = await client(local);
    first.socket.write(message('1'));
    await receiver.untilEvent('batch');
    tcp.keep(1, true);
    clock.advance(60_000);
    await refusedClient(local);
    tcp.keep(1, false);
    await client(local);
    await closing(first);
  });

  test('one address cannot take the places of the others', async () => {
    const { receiver, counters, tcp, local } = await node({ maxConnections: 3, maxConnectionsPerAddress: 2 });
    const [first, second] = [await client(local, '127.0.0.1'), await client(local, '127.0.0.1')];
    await until(() => tcp.connectionCount === 2, 'two connections');
    await refusedClient(local, '127.0.0.1');
    const other = await client(local, '127.0.0.2');
    other.socket.write(message('other'));
    await receiver.untilEvent(`message ${message('other')}`);
    assert.deepEqual([first.closed, second.closed, counters.refused.value], [false, false, 1]);
  });
});

describe('§18.1.1, §18.2.2 sending', () => {
  test('a connection is opened, and used again for the next message', async () => {
    const { tcp, local, counters } = await node();
    const { peers, to } = await plainServer();
    tcp.send(message('1'), to, local);
    tcp.send(message('2'), to, local);
    await until(() => peers[0]?.received === message('1') + message('2'), 'both messages');
    tcp.send(message('3'), to, local);
    await until(() => peers[0]!.received.endsWith(message('3')), 'the third');
    assert.equal(peers.length, 1);
    assert.equal(counters.opened.value, 1);
    assert.equal(counters.sent.value, 3);
  });

  test('the peer answers on the connection that we opened; its source names our listener', async () => {
    const { receiver, tcp, local } = await node();
    const { peers, to } = await plainServer();
    tcp.send(message('1'), to, local);
    await until(() => peers[0] !== undefined, 'the connection');
    peers[0]!.socket.write(message('answer'));
    await receiver.untilEvent('batch');
    assert.deepEqual(receiver.messages[0]!.source, { ...to, local, connectionId: 1 });
  });

  test('an accepted connection is used for its own address and port', async () => {
    const { receiver, tcp, local } = await node();
    const peer = await client(local);
    peer.socket.write(message('register'));
    await receiver.untilEvent('batch');
    tcp.send(message('invite'), { protocol: 'tcp', address: '127.0.0.1', port: peer.socket.localPort! }, local);
    await until(() => peer.received === message('invite'), 'the message');
    assert.equal(tcp.connectionCount, 1);
  });

  test('a destination with a connection id means that connection only: ENOTCONN when it is gone', async () => {
    const { receiver, tcp, local } = await node();
    const { to, peers } = await plainServer();
    tcp.send(message('x'), { ...to, connectionId: 77 }, local);
    await receiver.untilEvent('failed ENOTCONN');
    assert.equal(peers.length, 0);
  });

  test('a refused connection fails all that waited for it, each with its own destination, not from within send', async () => {
    const { receiver, counters, tcp, local } = await node();
    const { server, to } = await plainServer();
    server.close();
    await once(server, 'close');
    const [first, second] = [{ ...to }, { ...to }];
    tcp.send(message('1'), first, local);
    tcp.send(message('2'), second, local);
    assert.deepEqual(receiver.events, []);
    await receiver.until(() => receiver.failures.length === 2);
    assert.deepEqual(receiver.events, ['failed ECONNREFUSED', 'failed ECONNREFUSED'], 'and no onConnectionClosed: it never was open');
    assert.equal(receiver.failures[0]!.destination, first);
    assert.equal(receiver.failures[1]!.destination, second);
    assert.equal(counters.sendErrors.value, 2);
    assert.equal(tcp.connectionCount, 0);
  });

  test('a connection that does not open in time fails with ETIMEDOUT', async () => {
    const { receiver, clock, tcp, local } = await node();
    const { to } = await plainServer();
    tcp.send(message('x'), to, local);
    // The virtual clock moves before the event loop can report the connection.
    clock.advance(DEFAULT_TCP_OPTIONS.connectTimeoutMs);
    await receiver.untilEvent('failed ETIMEDOUT');
    assert.equal(tcp.connectionCount, 0);
  });

  test('a full queue drops whole messages with ENOBUFS and delivers the others', async () => {
    const { receiver, tcp, local } = await node({ maxQueuedBytes: 1000 });
    const { peers, to } = await plainServer();
    const [big, small] = [message('x'.repeat(800)), message('small')];
    tcp.send(big, to, local);
    tcp.send(big, to, local);
    tcp.send(small, to, local);
    await receiver.untilEvent('failed ENOBUFS');
    await until(() => peers[0]?.received === big + small, 'the two that fit');
    assert.equal(receiver.failures.length, 1);
  });

  test('a peer that does not read is cut off, and messages are refused before that', async () => {
    const { receiver, counters, clock, tcp, local } = await node();
    const { peers, to } = await plainServer();
    tcp.send(message('x'), to, local);
    await until(() => peers[0]?.received === message('x'), 'the connection');
    peers[0]!.socket.pause();
    const flood = message('x'.repeat(60_000));
    while (receiver.failures.length === 0) {
      tcp.send(flood, to, local);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(receiver.failures[0]!.code, 'ENOBUFS');
    clock.advance(DEFAULT_TCP_OPTIONS.drainDeadlineMs);
    assert.equal(counters.stuckClosed.value, 1);
    await receiver.untilEvent('closed 1');
  });

  test('at the limit of connections a send fails with EMFILE', async () => {
    const { receiver, tcp, local } = await node({ maxConnections: 1 });
    const { to } = await plainServer();
    await client(local);
    await until(() => tcp.connectionCount === 1, 'the connection');
    tcp.send(message('x'), to, local);
    await receiver.untilEvent('failed EMFILE');
  });
});

describe('opening and closing', () => {
  test('a port in use is one line with protocol, address and port', async () => {
    const { tcp, local } = await node();
    await assert.rejects(tcp.listen('127.0.0.1', local.port), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'listen.in-use');
      assert.equal(error.message, `Cannot listen on tcp:127.0.0.1:${local.port}: another program uses this port`);
      return true;
    });
  });

  test('close() writes what was sent before, then closes every connection and leaves no timer', async () => {
    const { receiver, clock, tcp, local } = await node();
    const peer = await client(local);
    peer.socket.write(message('x'));
    await receiver.untilEvent('batch');
    tcp.send(message('bye'), receiver.messages[0]!.source, local);
    await tcp.close();
    await closing(peer);
    assert.equal(peer.received, message('bye'));
    assert.equal(clock.armed, 0);
    tcp.send(message('late'), { protocol: 'tcp', address: '127.0.0.1', port: local.port }, local);
    await receiver.untilEvent('failed ENOTCONN');
  });
});
