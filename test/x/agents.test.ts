import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import test, { describe, type TestContext } from 'node:test';
import { DirectAgent, EmulatorAgent, type XAgent } from '../../src/x/agents.ts';

/** A TCP server that does with each connection what the test says. */
async function tcpServer(t: TestContext, onConnection: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

/** The error that a POST through the agent ends with. */
function errorOfPost(agent: XAgent, port: number, host = '127.0.0.1'): Promise<Error> {
  return new Promise((resolve, reject) => {
    const request = https.request({ agent, host, port, method: 'POST', path: '/' }, () => reject(new Error('answered')));
    request.on('error', resolve);
    request.end('{}');
  });
}

test('a TLS handshake that the other side cuts off has sent nothing', async (t) => {
  const agent = new DirectAgent(2000);
  const error = await errorOfPost(agent, await tcpServer(t, (socket) => socket.destroy()));
  assert.equal(agent.neverSent(error), true, error.message);
});

test('a TLS handshake that is not answered ends after the connect timeout and has sent nothing', async (t) => {
  const agent = new DirectAgent(100);
  const error = await errorOfPost(agent, await tcpServer(t, () => {}));
  assert.match(error.message, /no connection within 100 ms/);
  assert.equal(agent.neverSent(error), true);
});

test('a connection that breaks once it stands may have sent something', async (t) => {
  const port = await tcpServer(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  const agent = new EmulatorAgent({ host: '127.0.0.1', port }, 2000);
  const error = await errorOfPost(agent, 443, 'api.x.com');
  assert.equal(agent.neverSent(error), false, error.message);
});

test('the connect timeout does not end a slow answer', async (t) => {
  let asked: () => void = () => {};
  const port = await tcpServer(t, (socket) => socket.once('data', () => asked()));
  const agent = new EmulatorAgent({ host: '127.0.0.1', port }, 50);
  const request = https.request({ agent, host: 'api.x.com', method: 'POST' });
  const ended = new Promise((resolve) => request.once('error', resolve));
  const arrived = new Promise<void>((resolve) => (asked = resolve));
  request.end('{}');
  await arrived;
  const socket = request.socket!;
  assert.equal(socket.timeout, 0);
  request.destroy(new Error('seen'));
  await ended;
});

describe('a connection to X', () => {
  /** An X that counts its connections, and an agent for it. */
  async function stage(t: TestContext) {
    const connections: net.Socket[] = [];
    const server = http.createServer((_request, response) => response.end('{}'));
    server.on('connection', (socket) => connections.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const agent = new EmulatorAgent({ host: '127.0.0.1', port: (server.address() as net.AddressInfo).port }, 2000);
    t.after(() => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    });
    const free = (): readonly net.Socket[] => Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
    return { agent, connections, free };
  }

  /** Sends a request and reads its answer; resolves when the agent has its connection back. */
  async function post(agent: XAgent): Promise<void> {
    const request = https.request({ agent, host: 'api.x.com', method: 'POST', path: '/' }, (response) => response.resume());
    const closed = new Promise((resolve) => request.once('close', resolve));
    request.end('{}');
    await closed;
  }

  test('takes the next message when that follows closely', async (t) => {
    const { agent, connections, free } = await stage(t);
    for (let index = 0; index < 3; index += 1) await post(agent);
    assert.equal(connections.length, 1);
    assert.equal(free().length, 1);
  });

  test('is one for each of several at once', async (t) => {
    const { agent, connections } = await stage(t);
    await Promise.all([post(agent), post(agent)]);
    assert.equal(connections.length, 2);
  });

  test('is closed when nobody has needed it for a second, before a server would; the next message gets a new one', async (t) => {
    const { agent, connections, free } = await stage(t);
    await post(agent);
    const [idle] = free();
    assert.equal(idle!.timeout, 1_000);
    idle!.emit('timeout');
    assert.ok(idle!.destroyed);
    await post(agent);
    assert.equal(connections.length, 2);
  });

  test('that was used before and breaks may have sent something', async (t) => {
    const { agent, connections } = await stage(t);
    await post(agent);
    const request = https.request({ agent, host: 'api.x.com', method: 'POST', path: '/' });
    const failed = new Promise<Error>((resolve) => request.once('error', resolve));
    connections[0]!.resetAndDestroy();
    request.end('{}');
    const error = await failed;
    assert.ok(request.reusedSocket);
    assert.equal(agent.neverSent(error), false, error.message);
  });
});

test('a near name that resolves to a far address is not connected', async () => {
  const agent = new EmulatorAgent({ host: 'localhost', port: 1 }, 2000);
  const socket = agent.createConnection();
  const failed = new Promise<Error>((resolve) => socket.once('error', resolve));
  socket.emit('lookup', null, '203.0.113.7', 4, 'localhost');
  const error = await failed;
  assert.match(error.message, /203\.0\.113\.7.*not a loopback or private/);
  assert.equal(agent.neverSent(error), true);
});

test('what is thrown from elsewhere is not known to the agent', () => {
  const agent = new EmulatorAgent({ host: '127.0.0.1', port: 1 }, 50);
  assert.equal(agent.neverSent(undefined), false);
  assert.equal(agent.neverSent(new Error('other')), false);
});
