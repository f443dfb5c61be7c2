/** Real sockets on loopback: what a phone would hear. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { PACKAGED_ANNOUNCEMENT } from '../../src/config/media.ts';
import { readAnswer } from '../../src/media/answer.ts';
import { decodeALaw } from '../../src/media/g711.ts';
import { readRtp, writeRtp, type RtpPacket } from '../../src/media/rtp.ts';
import { RtpAnnouncer } from '../../src/media/rtp-announcer.ts';
import { encodeSound, loadSound, type Sound } from '../../src/media/sound.ts';
import { rtpSockets } from '../../src/media/udp-rtp-socket.ts';

const counters = new Counters();
/** A range of this file's own, below the ports that the system gives out. */
const PORTS = { portMin: 21_100, portMax: 21_199 };

async function phone(address = '127.0.0.1'): Promise<{ socket: Socket; port: number; heard: RtpPacket[]; from: Set<number> }> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  after(() => socket.close());
  const heard: RtpPacket[] = [];
  const from = new Set<number>();
  socket.on('message', (bytes, source) => {
    heard.push(readRtp(bytes)!);
    from.add(source.port);
  });
  return { socket, port: socket.address().port, heard, from };
}

function announcerOf(sound: Sound): RtpAnnouncer {
  return new RtpAnnouncer({
    clock: new SystemClock(),
    counters,
    sound,
    address: '127.0.0.1',
    openSocket: rtpSockets({ bindAddress: '127.0.0.1', ...PORTS, counters }),
    maxSessions: 5,
    refusal: () => undefined,
  });
}

const answer = (address: string, port: number, format: number) => `v=0\r\nc=IN IP4 ${address}\r\nm=audio ${port} RTP/AVP ${format}\r\n`;

test('the packaged sound arrives whole, in order, in its time, and sounds like the file', async () => {
  const sound = await loadSound(PACKAGED_ANNOUNCEMENT, { times: 1, pauseMs: 0 });
  const { port, heard, from } = await phone();
  const session = await announcerOf(sound).open();
  const startMs = performance.now();
  await session.play(answer('127.0.0.1', port, 8));
  const tookMs = performance.now() - startMs;
  session.close();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(heard.length, sound.frames);
  assert.deepEqual(heard.map(({ sequence }) => (sequence - heard[0]!.sequence) & 0xffff), heard.map((_, index) => index));
  assert.deepEqual(Buffer.concat(heard.map(({ payload }) => payload)), Buffer.from(sound.encoded[8]));
  // It cannot be faster; how much slower depends on the machine, and drift would be half as much again.
  assert.ok(tookMs >= (sound.frames - 1) * 20 && tookMs < sound.frames * 20 * 1.5, `${tookMs}`);
  assert.deepEqual([...from], [portOf(session.offer)]);
  const loudest = Math.max(...heard.flatMap(({ payload }) => [...payload].map((code) => Math.abs(decodeALaw(code)))));
  assert.ok(loudest > 4000, `${loudest}`);
});

test('RFC 3550 §11: ports are even and within the range, each session has one of its own', async () => {
  const announcer = announcerOf(encodeSound(new Int16Array(160), { times: 1, pauseMs: 0 }));
  const sessions = await Promise.all(Array.from({ length: 5 }, () => announcer.open()));
  const ports = sessions.map(({ offer }) => portOf(offer));
  announcer.close();
  assert.equal(new Set(ports).size, 5);
  for (const port of ports) assert.ok(port % 2 === 0 && port >= PORTS.portMin && port <= PORTS.portMax, `${port}`);
});

test('a port that somebody else has is passed over; when all are taken there is none', async () => {
  const open = rtpSockets({ bindAddress: '127.0.0.1', portMin: 21_200, portMax: 21_203, counters });
  const taken = createSocket('udp4');
  taken.bind(21_200, '127.0.0.1');
  await once(taken, 'listening');
  const first = await open();
  assert.equal(first?.port, 21_202);
  assert.equal(await open(), undefined);
  first!.close();
  taken.close();
});

test('RFC 4961: the phone behind a NAT that sends first gets its audio where it sent from', async () => {
  const sound = encodeSound(new Int16Array(160 * 20), { times: 1, pauseMs: 0 });
  const announcer = announcerOf(sound);
  const session = await announcer.open();
  const { socket, heard } = await phone();
  const arrived = once(socket, 'message');
  // Nobody is at the private address; loopback plays the outside of the NAT.
  const played = session.play(answer('10.255.255.254', 5004, 0));
  socket.send(writeRtp({ payloadType: 0, marker: true, sequence: 1, timestamp: 1, ssrc: 9 }, new Uint8Array(160)), portOf(session.offer), '127.0.0.1');
  await arrived;
  await played;
  session.close();
  assert.ok(heard.length > 10, `${heard.length}`);
});

function portOf(offer: string): number {
  const read = readAnswer(offer);
  assert.ok('port' in read);
  return read.port;
}
