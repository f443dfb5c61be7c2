import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import type { Timer } from '../../src/base/timer-wheel.ts';
import { readAnswer } from '../../src/media/answer.ts';
import { writeRtp } from '../../src/media/rtp.ts';
import { RtpAnnouncer, type RtpAnnouncerOptions } from '../../src/media/rtp-announcer.ts';
import { encodeSound, frameOf } from '../../src/media/sound.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { FakeSocket } from './fake-socket.ts';

const SOUND = encodeSound(Int16Array.from({ length: 1600 }, (_, index) => index * 10), { times: 1, pauseMs: 0 });
const ANY_RTP = writeRtp({ payloadType: 0, marker: true, sequence: 1, timestamp: 1, ssrc: 1 }, new Uint8Array(160));

function stage(changes: Partial<RtpAnnouncerOptions> = {}) {
  const clock = new VirtualClock();
  const counters = new Counters();
  const sockets: FakeSocket[] = [];
  const announcer = new RtpAnnouncer({
    clock,
    counters,
    sound: SOUND,
    address: '192.0.2.1',
    openSocket: () => {
      const socket = new FakeSocket(clock, 40_000 + 2 * sockets.length);
      sockets.push(socket);
      return Promise.resolve(socket);
    },
    maxSessions: 2,
    refusal: () => undefined,
    ...changes,
  });
  return { clock, counters, sockets, announcer };
}

/** Fires each timer at the next multiple of 15 ms, as a wheel with ticks does. */
class CoarseClock extends VirtualClock {
  override arm(timer: Timer, delayMs: number): void {
    super.arm(timer, Math.ceil((this.monotonicMs() + delayMs) / 15) * 15 - this.monotonicMs());
  }
}

/** Time that goes by without a timer firing: the process was stopped, or busy. */
class StallingClock extends VirtualClock {
  stalledMs = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.stalledMs;
  }
}

function answerOf(address: string, port = 5004, format = 0): string {
  return `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${format}\r\n`;
}

/** Lets what a settled promise has set in motion happen. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function opened(changes: Partial<RtpAnnouncerOptions> = {}) {
  const parts = stage(changes);
  const session = await parts.announcer.open();
  return { ...parts, session, socket: parts.sockets[0]! };
}

describe('the stream', () => {
  test('a packet of 20 ms every 20 ms, the first at once, and play resolves behind the last', async () => {
    const { clock, session, socket } = await opened();
    let done = false;
    const played = session.play(answerOf('198.51.100.7')).then(() => void (done = true));
    clock.advance(179);
    await turn();
    assert.equal(done, false);
    clock.advance(1);
    await played;
    assert.deepEqual(socket.sent.map(({ atMs }) => atMs), [0, 20, 40, 60, 80, 100, 120, 140, 160, 180]);
    assert.deepEqual(new Set(socket.sent.map(({ to }) => to)), new Set(['198.51.100.7:5004']));
    assert.equal(clock.armed, 0);
  });

  test('RFC 3550 §5.1: sequence by 1, timestamp by 160, one SSRC, the marker on the first packet only', async () => {
    const { clock, session, socket } = await opened();
    void session.play(answerOf('198.51.100.7'));
    clock.advance(200);
    const [first, ...rest] = socket.sent;
    rest.forEach((packet, index) => {
      assert.equal(packet.sequence, (first!.sequence + index + 1) & 0xffff);
      assert.equal(packet.timestamp, (first!.timestamp + 160 * (index + 1)) >>> 0);
      assert.equal(packet.ssrc, first!.ssrc);
    });
    assert.deepEqual(socket.sent.map(({ marker }) => marker), [true, ...rest.map(() => false)]);
  });

  for (const [law, payloadType] of [['PCMU', 0], ['PCMA', 8]] as const) {
    test(`what is sent is the sound in ${law}, when the answer wants that`, async () => {
      const { clock, session, socket } = await opened();
      void session.play(answerOf('198.51.100.7', 5004, payloadType));
      clock.advance(200);
      socket.sent.forEach((packet, index) => assert.deepEqual([...packet.payload], [...frameOf(SOUND, payloadType, index)]));
      assert.deepEqual(new Set(socket.sent.map((packet) => packet.payloadType)), new Set([payloadType]));
    });
  }

  test('two streams have SSRCs of their own', async () => {
    const { announcer, sockets } = stage();
    for (const session of [await announcer.open(), await announcer.open()]) void session.play(answerOf('198.51.100.7'));
    assert.notEqual(sockets[0]!.sent[0]!.ssrc, sockets[1]!.sent[0]!.ssrc);
  });

  test('late timers do not add up: packets are counted from the first', async () => {
    const clock = new CoarseClock();
    const socket = new FakeSocket(clock);
    const { announcer } = stage({ clock, openSocket: () => Promise.resolve(socket) });
    void (await announcer.open()).play(answerOf('198.51.100.7'));
    clock.advance(200);
    socket.sent.forEach(({ atMs }, index) => assert.ok(atMs >= 20 * index && atMs < 20 * index + 15, `${index} at ${atMs}`));
  });

  test('a process that stood still goes on with a new talkspurt, without a burst and without losing sound', async () => {
    const clock = new StallingClock();
    const socket = new FakeSocket(clock);
    const { announcer } = stage({ clock, openSocket: () => Promise.resolve(socket) });
    void (await announcer.open()).play(answerOf('198.51.100.7'));
    clock.advance(60);
    clock.stalledMs = 500;
    clock.advance(200);
    assert.equal(socket.sent.length, 10);
    const [before, after] = [socket.sent[3]!, socket.sent[4]!];
    assert.deepEqual([before.atMs, after.atMs, after.marker], [60, 580, true]);
    assert.equal(after.sequence, (before.sequence + 1) & 0xffff);
    assert.equal(after.timestamp, (before.timestamp + (520 / 20) * 160) >>> 0);
    assert.deepEqual([...after.payload], [...frameOf(SOUND, 0, 4)]);
  });
});

describe('the session', () => {
  test('the offer names our address and the port of the socket', async () => {
    const { session } = await opened();
    assert.deepEqual(readAnswer(session.offer), { address: '192.0.2.1', port: 40_000, payloadType: 0 });
  });

  test('close stops the packets, lets go of the socket once, and play resolves', async () => {
    const { clock, announcer, session, socket } = await opened();
    const played = session.play(answerOf('198.51.100.7'));
    clock.advance(50);
    session.close();
    session.close();
    await played;
    clock.advance(1000);
    assert.deepEqual([socket.sent.length, socket.closed, clock.armed, announcer.active], [3, 1, 0, 0]);
  });

  test('a session that was closed before it plays sends nothing', async () => {
    const { session, socket } = await opened();
    session.close();
    await session.play(answerOf('198.51.100.7'));
    assert.equal(socket.sent.length, 0);
  });

  for (const [rule, answer, says] of [
    ['without audio', answerOf('198.51.100.7', 0), /the audio was rejected/],
    ['of the other family', answerOf('2001:db8::7'), /2001:db8::7 is not IPv4/],
    ['that names a forbidden address', answerOf('127.0.0.1', 5432), /nothing may be sent to 127.0.0.1:5432 \(loopback\)/],
  ] as const) {
    test(`an answer ${rule} rejects, and nothing is sent`, async () => {
      const { session, socket } = await opened({ refusal: (address) => (address.startsWith('127.') ? 'loopback' : undefined) });
      await assert.rejects(session.play(answer), (error: Error & { code: string }) => error.code === 'media.answer' && says.test(error.message));
      assert.equal(socket.sent.length, 0);
    });
  }

  test('two plays at once are a mistake of the caller', async () => {
    const { session } = await opened();
    void session.play(answerOf('198.51.100.7'));
    await assert.rejects(session.play(answerOf('198.51.100.7')), { code: 'media.answer' });
  });
});

describe('RFC 4961, a phone behind NAT', () => {
  test('what the first RTP packet came from gets the rest, when the answer names a private address', async () => {
    const { clock, session, socket } = await opened();
    void session.play(answerOf('192.168.1.5'));
    clock.advance(30);
    socket.onPacket(ANY_RTP, '203.0.113.9', 61_000);
    clock.advance(200);
    assert.deepEqual(socket.sent.map(({ to }) => to), [...Array(2).fill('192.168.1.5:5004'), ...Array(8).fill('203.0.113.9:61000')]);
  });

  test('only the first: who sends later moves nothing', async () => {
    const { clock, session, socket } = await opened();
    void session.play(answerOf('10.0.0.5'));
    socket.onPacket(ANY_RTP, '203.0.113.9', 61_000);
    socket.onPacket(ANY_RTP, '198.51.100.66', 6666);
    clock.advance(200);
    assert.ok(socket.sent.slice(1).every(({ to }) => to === '203.0.113.9:61000'));
  });

  for (const [rule, packet, address, from] of [
    ['a public address stays what the answer says', ANY_RTP, '198.51.100.7', '203.0.113.9'],
    ['what is no RTP moves nothing', Buffer.from('hello, I am your phone'), '192.168.1.5', '203.0.113.9'],
    ['nor does a packet from where nothing may be sent', ANY_RTP, '192.168.1.5', '127.0.0.1'],
  ] as const) {
    test(rule, async () => {
      const { clock, session, socket } = await opened({ refusal: (host) => (host === '127.0.0.1' ? 'loopback' : undefined) });
      void session.play(answerOf(address));
      socket.onPacket(packet, from, 61_000);
      clock.advance(200);
      assert.ok(socket.sent.every(({ to }) => to === `${address}:5004`));
    });
  }

  test('a packet that comes before the answer is nobody\'s', async () => {
    const { session, socket } = await opened();
    socket.onPacket(ANY_RTP, '203.0.113.9', 61_000);
    void session.play(answerOf('192.168.1.5'));
    assert.equal(socket.sent[0]!.to, '192.168.1.5:5004');
  });
});

describe('limits', () => {
  test('past maxSessions open rejects and is counted, also while sockets are being opened; a closed one makes room', async () => {
    const { announcer, counters } = stage();
    const [first, , third] = await Promise.allSettled([announcer.open(), announcer.open(), announcer.open()]);
    assert.equal(third.status === 'rejected' && third.reason.code, 'media.unavailable');
    assert.equal(counters.define('media.sessions-refused', '').value, 1);
    if (first.status === 'fulfilled') first.value.close();
    await announcer.open();
    assert.equal(announcer.active, 2);
  });

  test('no free port rejects; a socket that cannot be opened holds no place', async () => {
    const { announcer } = stage({ openSocket: () => Promise.resolve(undefined) });
    await assert.rejects(announcer.open(), { code: 'media.unavailable' });
    assert.equal(announcer.active, 0);
  });

  test('close ends all announcements', async () => {
    const { announcer, sockets, clock } = stage();
    const played = [await announcer.open(), await announcer.open()].map((session) => session.play(answerOf('198.51.100.7')));
    announcer.close();
    await Promise.all(played);
    assert.deepEqual([sockets.map(({ closed }) => closed), clock.armed], [[1, 1], 0]);
  });
});
