import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InviteServer, type InviteServerState } from '../../../src/sip/transaction/invite-server.ts';
import { RFC_TIMINGS } from '../../../src/sip/transaction/timings.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { RecordingPort } from './recording-port.ts';

function inState(state: InviteServerState, reliable = false, clock?: VirtualClock) {
  const port = new RecordingPort(clock);
  const machine = new InviteServer<string, string>(port, RFC_TIMINGS, reliable);
  port.machine = machine;
  if (state === 'completed' || state === 'confirmed') machine.respond(486, '486');
  if (state === 'confirmed') machine.receiveAck('ACK');
  if (state === 'accepted') machine.respond(200, '200');
  if (state === 'terminated') machine.terminate();
  assert.equal(machine.state, state);
  port.take();
  return { machine, port };
}

describe('§17.2.1 INVITE server transaction', () => {
  test('§17.2.1 begins in proceeding and asks for nothing: the 100 is its user\'s', () => {
    const { port } = inState('proceeding');
    assert.deepEqual(port.take(), []);
  });

  test('§17.2.1 provisional responses are sent as often as the user gives them', () => {
    const { machine, port } = inState('proceeding');
    machine.respond(100, '100');
    machine.respond(180, '180');
    assert.deepEqual(port.take(), ['send 100', 'send 180']);
    assert.equal(machine.state, 'proceeding');
  });

  test('§17.2.1 a retransmitted INVITE MUST be answered with the most recent provisional response', () => {
    const { machine, port } = inState('proceeding');
    machine.respond(100, '100');
    machine.respond(180, '180');
    port.take();
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), ['resend 180']);
  });

  test('§17.2.1 a retransmitted INVITE before any response is absorbed', () => {
    const { machine, port } = inState('proceeding');
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), []);
  });

  test('§17.2.1 a failure is sent, with G at T1 and H at 64*T1', () => {
    for (const status of [300, 486, 503, 699]) {
      const { machine, port } = inState('proceeding');
      machine.respond(status, `${status}`);
      assert.deepEqual(port.take(), ['start G 500', 'start H 32000', `send ${status}`]);
      assert.equal(machine.state, 'completed');
    }
  });

  test('§17.2.1 G is not set on a reliable transport, H MUST be on any', () => {
    const { machine, port } = inState('proceeding', true);
    machine.respond(486, '486');
    assert.deepEqual(port.take(), ['start H 32000', 'send 486']);
  });

  test('§17.2.1 when G fires, the response goes out again and G is MIN(2*G, T2)', () => {
    const { port } = inState('completed');
    for (const intervalMs of [1000, 2000, 4000, 4000]) {
      port.fire('G');
      assert.deepEqual(port.take(), [`start G ${intervalMs}`, 'resend 486']);
    }
  });

  test('§17.2.1 a retransmitted INVITE in completed SHOULD be answered with the failure', () => {
    const { machine, port } = inState('completed');
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), ['resend 486']);
  });

  test('§17.2.1 what the user answers after the failure is dropped', () => {
    for (const state of ['completed', 'confirmed'] as const) {
      const { machine, port } = inState(state);
      machine.respond(180, '180');
      machine.respond(200, '200');
      machine.respond(500, '500');
      assert.deepEqual(port.take(), []);
    }
  });

  test('§17.2.1 an ACK in completed MUST stop G, is not passed up, and starts I at T4', () => {
    const { machine, port } = inState('completed');
    machine.receiveAck('ACK');
    assert.deepEqual(port.take(), ['stop G', 'stop H', 'start I 5000']);
    assert.equal(machine.state, 'confirmed');
  });

  test('§17.2.1 I is zero on a reliable transport: the ACK ends the transaction', () => {
    const { machine, port } = inState('completed', true);
    machine.receiveAck('ACK');
    assert.deepEqual(port.take(), ['stop H', 'ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.2.1 when H fires without an ACK, MUST tell the user of the failure and terminate', () => {
    const unreliable = inState('completed');
    unreliable.port.fire('H');
    assert.deepEqual(unreliable.port.take(), ['stop G', 'up timeout', 'ended']);
    const reliable = inState('completed', true);
    reliable.port.fire('H');
    assert.deepEqual(reliable.port.take(), ['up timeout', 'ended']);
  });

  test('§17.2.1 confirmed absorbs ACKs and INVITEs, and a late transport error', () => {
    const { machine, port } = inState('confirmed');
    machine.receiveAck('ACK');
    machine.receiveRetransmission();
    machine.transportFailed();
    assert.deepEqual(port.take(), []);
  });

  test('§17.2.1 when I fires, MUST terminate', () => {
    const { machine, port } = inState('confirmed');
    port.fire('I');
    assert.deepEqual(port.take(), ['ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('RFC 6026 §7.1 a 2xx is sent and starts L at 64*T1, on any transport', () => {
    for (const reliable of [false, true]) {
      const { machine, port } = inState('proceeding', reliable);
      machine.respond(200, '200');
      assert.deepEqual(port.take(), ['start L 32000', 'send 200']);
      assert.equal(machine.state, 'accepted');
    }
  });

  test('RFC 6026 §7.1 in accepted a retransmitted INVITE is absorbed without a response', () => {
    const { machine, port } = inState('accepted');
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), []);
  });

  test('RFC 6026 §7.1 in accepted each 2xx of the user MUST be sent', () => {
    const { machine, port } = inState('accepted');
    machine.respond(200, '200');
    machine.respond(200, '200 of another fork');
    assert.deepEqual(port.take(), ['send 200', 'send 200 of another fork']);
  });

  test('RFC 6026 §7.1 in accepted any other response of the user is dropped', () => {
    const { machine, port } = inState('accepted');
    for (const status of [100, 199, 300, 486]) machine.respond(status, `${status}`);
    assert.deepEqual(port.take(), []);
  });

  test('RFC 6026 §7.1 in accepted each ACK MUST be passed up', () => {
    const { machine, port } = inState('accepted');
    machine.receiveAck('ACK');
    machine.receiveAck('ACK again');
    assert.deepEqual(port.take(), ['up ACK', 'up ACK again']);
  });

  test('RFC 6026 §7.1 when L fires, MUST terminate', () => {
    const { machine, port } = inState('accepted');
    port.fire('L');
    assert.deepEqual(port.take(), ['ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('RFC 6026 §7.1 MUST NOT discard its state because a response could not be sent, but tells the user', () => {
    for (const state of ['proceeding', 'completed', 'accepted'] as const) {
      const { machine, port } = inState(state);
      machine.transportFailed();
      assert.deepEqual(port.take(), ['up transport-error']);
      assert.equal(machine.state, state);
    }
  });

  test('§17.2.1 an ACK before any final response is dropped', () => {
    const { machine, port } = inState('proceeding');
    machine.receiveAck('ACK');
    assert.deepEqual(port.take(), []);
    assert.equal(machine.state, 'proceeding');
  });

  test('the user may end the transaction: timers stop and nothing is passed up', () => {
    const expected = { proceeding: [], completed: ['stop G', 'stop H'], confirmed: ['stop I'], accepted: ['stop L'] };
    for (const [state, stops] of Object.entries(expected)) {
      const { machine, port } = inState(state as keyof typeof expected);
      machine.terminate();
      machine.terminate();
      assert.deepEqual(port.take(), [...stops, 'ended']);
    }
  });

  test('after the end everything is ignored', () => {
    const { machine, port } = inState('terminated');
    machine.respond(180, '');
    machine.respond(200, '');
    machine.respond(486, '');
    machine.receiveRetransmission();
    machine.receiveAck('ACK');
    machine.transportFailed();
    for (const timer of ['G', 'H', 'I', 'L'] as const) machine.timerFired(timer);
    assert.deepEqual(port.take(), []);
  });
});

describe('§17.2.1 INVITE server transaction on a clock', () => {
  test('§17.2.1 G, H: an unacknowledged failure over UDP is repeated at most 4 s apart, given up at 32 s', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('proceeding', false, clock);
    machine.respond(486, '486');
    clock.advance(60_000);
    const verbs = port.take().filter((verb) => !/ (start|stop) /.test(verb));
    const seconds = [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];
    assert.deepEqual(verbs, [
      '0s send 486',
      ...seconds.map((at) => `${at}s resend 486`),
      '32s up timeout',
      '32s ended',
    ]);
    assert.equal(clock.armed, 0);
  });

  test('§17.2.1 H: an unacknowledged failure over TCP is sent once, given up at 32 s', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('proceeding', true, clock);
    machine.respond(486, '486');
    clock.advance(60_000);
    assert.deepEqual(port.take(), ['0s start H 32000', '0s send 486', '32s up timeout', '32s ended']);
  });

  test('§17.2.1 I: ACKs are absorbed for T4, then the transaction is gone', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('confirmed', false, clock);
    clock.advance(4_999);
    machine.receiveAck('ACK');
    assert.deepEqual(port.take(), []);
    clock.advance(1);
    assert.deepEqual(port.take(), ['5s ended']);
  });

  test('RFC 6026 §7.1 L: INVITEs are absorbed for 64*T1, then the transaction is gone', () => {
    for (const reliable of [false, true]) {
      const clock = new VirtualClock();
      const { machine, port } = inState('accepted', reliable, clock);
      clock.advance(31_999);
      machine.receiveRetransmission();
      assert.deepEqual(port.take(), []);
      clock.advance(1);
      assert.deepEqual(port.take(), ['32s ended']);
    }
  });

  test('§17.2.1 proceeding has no timer: it waits for its user', () => {
    const clock = new VirtualClock();
    const { machine } = inState('proceeding', false, clock);
    machine.respond(180, '180');
    assert.equal(clock.armed, 0);
  });
});
