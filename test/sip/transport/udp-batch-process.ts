/** One story of `udp-batch-process.test.ts`, in a process of its own; writes what happened as JSON. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Destination } from '../../../src/sip/transport/transport.ts';
import { openUdpSocket } from '../../../src/sip/transport/udp.ts';
import { DEFAULT_UDP_OPTIONS, UdpCounters, type UdpOptions } from '../../../src/sip/transport/udp-socket.ts';
import { RecordingReceiver } from './recording-receiver.ts';

async function node(options: Partial<UdpOptions> = {}, port = 0) {
  const receiver = new RecordingReceiver();
  const counters = new UdpCounters(new Counters());
  const socket = await openUdpSocket('127.0.0.1', port, { receiver, counters, logger: silentLogger, options: { ...DEFAULT_UDP_OPTIONS, ...options, engine: 'batch' } });
  return { receiver, socket, to: { protocol: 'udp', address: '127.0.0.1', port: socket.local.port } as Destination };
}

/** Sends `count` datagrams on one stack, and waits until each of them has arrived or failed. */
async function sendAll(count: number, bytes: number, options: Partial<UdpOptions> = {}): Promise<unknown> {
  const [alice, bob] = [await node(options), createSocket({ type: 'udp4', recvBufferSize: 4 << 20 }).bind(0, '127.0.0.1')];
  await once(bob, 'listening');
  const arrived: number[] = [];
  const failed: (string | number)[] = [];
  const destinations = Array.from({ length: count }, (): Destination => ({ ...alice.to, port: bob.address().port }));
  const all = new Promise<void>((resolve) => {
    const look = () => arrived.length + failed.length / 2 === count && resolve();
    bob.on('message', (data) => {
      arrived.push(parseInt(data.toString('latin1'), 10));
      look();
    });
    alice.receiver.onSendError = (destination, code) => {
      failed.push(destinations.indexOf(destination), code);
      look();
    };
  });
  destinations.forEach((destination, n) => alice.socket.send(`${n} `.padEnd(bytes), destination));
  await all;
  await alice.socket.close();
  bob.close();
  return { arrived, failed };
}

/** Twelve datagrams in one batch, of which three are more than the receiver can bear. */
async function throwing(): Promise<unknown> {
  const [alice, bob] = [await node(), await node()];
  const thrown: string[] = [];
  process.on('uncaughtException', (error) => thrown.push(error.message));
  bob.receiver.answer = (text, source) => {
    bob.socket.send(`answer ${text}`, source);
    if (['0', '5', '11'].includes(text)) throw new Error(`no ${text}`);
  };
  for (let n = 0; n < 12; n += 1) alice.socket.send(String(n), bob.to);
  await alice.receiver.until(() => alice.receiver.messages.length === 12);
  await Promise.all([alice.socket.close(), bob.socket.close()]);
  return { thrown, answered: alice.receiver.messages.map(({ text }) => text) };
}

async function exiting(): Promise<unknown> {
  const { receiver, socket, to } = await node();
  receiver.answer = () => process.exit(7);
  for (let n = 0; n < 10; n += 1) socket.send('x', to);
  return once(new Worker('setInterval(() => {}, 1000)', { eval: true }), 'exit');
}

/** A thread that answers itself without end is ended from outside; the other one and its port go on. */
async function threads(): Promise<unknown> {
  const main = await node();
  const workers = [0, 1].map(() => new Worker(`import('tsx/esm/api').then(({ register }) => (register(), import('${import.meta.url}')))`, { eval: true }));
  const ports = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as number));
  await workers[0]!.terminate();
  const again = await node({}, ports[0]);
  main.socket.send('ping', { ...main.to, port: ports[1]! });
  await main.receiver.untilEvent('message ping');
  await Promise.all([workers[1]!.terminate(), main.socket.close(), again.socket.close()]);
  return 'ended';
}

async function threadOfThreads(): Promise<void> {
  const { receiver, socket, to } = await node();
  receiver.answer = (text, source) => socket.send(text, source);
  for (let n = 0; n < 200; n += 1) socket.send('flood', to);
  parentPort!.postMessage(to.port);
}

async function manySockets(): Promise<unknown> {
  for (let round = 0; round < 40; round += 1) {
    const nodes = await Promise.all(Array.from({ length: 10 }, () => node()));
    for (const { socket, to } of nodes) socket.send('x', to);
    await Promise.all(nodes.map(({ socket }) => socket.close()));
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc!();
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  globalThis.gc!();
  return process.memoryUsage().arrayBuffers;
}

const STORIES: Readonly<Record<string, () => Promise<unknown>>> = {
  twelve: () => sendAll(12, 100),
  full: () => sendAll(200, 1000, { maxQueuedBytes: 70_000 }),
  throwing,
  exiting,
  threads,
  manySockets,
};

if (isMainThread) console.log(JSON.stringify(await STORIES[process.argv[2]!]!()));
else await threadOfThreads();
