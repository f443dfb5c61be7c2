/**
 * What a datagram of 700 bytes costs to receive and to send back: user and system time of this process, with each engine.
 * A second process keeps 128 of them under way, so that the first is always busy.
 * Run with `node --import tsx bench/sip/transport/udp.bench.ts`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { Source, TransportReceiver } from '../../../src/sip/transport/transport.ts';
import { openUdpSocket } from '../../../src/sip/transport/udp.ts';
import { DEFAULT_UDP_OPTIONS, UdpCounters, type DatagramSocket, type UdpEngine } from '../../../src/sip/transport/udp-socket.ts';
import { isGate } from '../../measure.ts';

const ROUNDS = 12;
const ECHOES = 20_000;
const UNDER_WAY = 128;
const TEXT = 'x'.repeat(700);
/** After so long without an echo some datagrams were lost. */
const LOST_MS = 50;

function open(engine: UdpEngine, onMessage: (text: string, source: Source) => void): Promise<DatagramSocket> {
  const receiver: TransportReceiver = {
    onMessage,
    onBatchEnd() {},
    onFramingError() {},
    onKeepalive() {},
    onConnectionClosed() {},
    onSendError() {},
  };
  return openUdpSocket('127.0.0.1', 0, {
    receiver,
    counters: new UdpCounters(new Counters()),
    logger: silentLogger,
    options: { ...DEFAULT_UDP_OPTIONS, engine },
  });
}

async function measure(engine: UdpEngine): Promise<void> {
  let left = 0;
  let done = () => {};
  const socket = await open(engine, (text, source) => {
    socket.send(text, source);
    if (--left === 0) done();
  });
  const peer = fork(fileURLToPath(import.meta.url), [String(socket.local.port)]);
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = process.cpuUsage();
    await new Promise<void>((resolve) => {
      left = ECHOES;
      done = resolve;
    });
    const { user, system } = process.cpuUsage(begun);
    // The first rounds are those of code that is not compiled yet.
    if (round >= 2) fastest = Math.min(fastest, ((user + system) * 1000) / ECHOES);
  }
  peer.kill();
  await once(peer, 'exit');
  await socket.close();
  console.log(`udp/${engine} echo of 700 bytes  ${Math.round(fastest)} ns/op`);
}

async function keepBusy(port: number): Promise<void> {
  const destination = { protocol: 'udp', address: '127.0.0.1', port } as const;
  const socket = await open('batch', () => {
    lost.refresh();
    socket.send(TEXT, destination);
  });
  const begin = () => {
    for (let sent = 0; sent < UNDER_WAY; sent += 1) socket.send(TEXT, destination);
    lost.refresh();
  };
  const lost = setTimeout(begin, LOST_MS);
  begin();
}

const [port] = process.argv.slice(2);
if (port !== undefined) {
  await keepBusy(Number(port));
} else if (!isGate) {
  // Not for the gate: the time is that of the kernel, and a reference loop says nothing about it.
  await measure('dgram');
  await measure('batch');
}
