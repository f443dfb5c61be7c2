import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InviteClient, type InviteClientState } from '../../../src/sip/transaction/invite-client.ts';
import { RFC_TIMINGS } from '../../../src/sip/transaction/timings.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { RecordingPort } from './recording-port.ts';

function inState(state: InviteClientState, reliable = false, clock?: VirtualClock) {
  const port = new RecordingPort(clock);
  const machine = new InviteClient<string>(port, RFC_TIMINGS, reliable);
  port.machine = machine;
  if (state !== 'idle') machine.start();
  if (state === 'proceeding') machine.receive(180, '');
  if (state === 'completed') machine.receive(486, '');
  if (state === 'accepted') machine.receive(200, '');
  if (state === 'terminated') machine.terminate();
  assert.equal(machine.state, state);
  port.take();
  return { machine, port };
}

describe('§17.1.1 INVITE client transaction', () => {
  test('§17.1.1.2 enters calling with the INVITE sent, A at T1 and B at 64*T1', () => {
    const { machine, port } = inState('idle');
    machine.start();
    assert.deepEqual(port.take(), ['start A 500', 'start B 32000', 'send request']);
    assert.equal(machine.state, 'calling');
  });

  test('§17.1.1.2 SHOULD NOT start A on a reliable transport, MUST start B on any', () => {
    const { machine, port } = inState('idle', true);
    machine.start();
    assert.deepEqual(port.take(), ['start B 32000', 'send request']);
  });

  test('§17.1.1.2 when A fires, MUST send the INVITE again and reset A to twice its value, without a cap', () => {
    const { port } = inState('calling');
    port.fire('A');
    assert.deepEqual(port.take(), ['start A 1000', 'resend request']);
    for (const intervalMs of [2000, 4000, 8000, 16000]) {
      port.fire('A');
      assert.deepEqual(port.take(), [`start A ${intervalMs}`, 'resend request']);
    }
  });

  test('§17.1.1.2 when B fires in calling, SHOULD inform the user of a timeout, MUST NOT generate an ACK', () => {
    const { machine, port } = inState('calling');
    port.fire('B');
    assert.deepEqual(port.take(), ['stop A', 'up timeout', 'ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.1.1.2 a provisional response stops A and B and is passed up', () => {
    const { machine, port } = inState('calling');
    machine.receive(100, 'trying');
    assert.deepEqual(port.take(), ['stop A', 'stop B', 'up 100 trying']);
    assert.equal(machine.state, 'proceeding');
  });

  test('§17.1.1.2 further provisional responses MUST be passed up in proceeding', () => {
    const { machine, port } = inState('proceeding');
    machine.receive(183, '');
    machine.receive(180, '');
    assert.deepEqual(port.take(), ['up 183', 'up 180']);
  });

  test('§17.1.1.2 a failure in calling MUST be acknowledged and passed up, D at 32 s', () => {
    const { machine, port } = inState('calling');
    machine.receive(486, 'busy');
    assert.deepEqual(port.take(), ['stop A', 'stop B', 'start D 32000', 'send ACK to busy', 'up 486 busy']);
    assert.equal(machine.state, 'completed');
  });

  test('§17.1.1.2 a failure in proceeding MUST be acknowledged and passed up', () => {
    for (const status of [300, 404, 503, 603, 699]) {
      const { machine, port } = inState('proceeding');
      machine.receive(status, '');
      assert.deepEqual(port.take(), ['start D 32000', 'send ACK', `up ${status}`]);
    }
  });

  test('§17.1.1.2 D is zero on a reliable transport: the failure ends the transaction', () => {
    const { machine, port } = inState('calling', true);
    machine.receive(486, '');
    assert.deepEqual(port.take(), ['stop B', 'send ACK', 'up 486', 'ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.1.1.2 MUST NOT pass a retransmitted failure up, MUST ACK it again', () => {
    const { machine, port } = inState('completed');
    machine.receive(486, '');
    machine.receive(486, '');
    machine.receive(300, '');
    assert.deepEqual(port.take(), ['resend ACK', 'resend ACK', 'resend ACK']);
  });

  test('§17.1.1.2 a provisional or a 2xx after the failure is dropped', () => {
    const { machine, port } = inState('completed');
    machine.receive(180, '');
    machine.receive(200, '');
    assert.deepEqual(port.take(), []);
  });

  test('§17.1.1.2 when D fires in completed, MUST terminate', () => {
    const { machine, port } = inState('completed');
    port.fire('D');
    assert.deepEqual(port.take(), ['ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('RFC 6026 §7.2 a 2xx MUST be passed up and starts M at 64*T1, on any transport', () => {
    for (const reliable of [false, true]) {
      const { machine, port } = inState('proceeding', reliable);
      machine.receive(200, 'ok');
      assert.deepEqual(port.take(), ['start M 32000', 'up 200 ok']);
      assert.equal(machine.state, 'accepted');
    }
  });

  test('RFC 6026 §7.2 a 2xx without a provisional before it stops A and B', () => {
    const { machine, port } = inState('calling');
    machine.receive(202, '');
    assert.deepEqual(port.take(), ['stop A', 'stop B', 'start M 32000', 'up 202']);
  });

  test('RFC 6026 §7.2 in accepted every 2xx MUST be passed up: repetitions and those of other forks', () => {
    const { machine, port } = inState('accepted');
    machine.receive(200, 'first device again');
    machine.receive(200, 'second device');
    assert.deepEqual(port.take(), ['up 200 first device again', 'up 200 second device']);
  });

  test('RFC 6026 §8.4 in accepted anything but a 2xx is dropped, and nothing is acknowledged', () => {
    const { machine, port } = inState('accepted');
    for (const status of [100, 199, 300, 486]) machine.receive(status, '');
    assert.deepEqual(port.take(), []);
  });

  test('RFC 6026 §7.2 when M fires, MUST terminate', () => {
    const { machine, port } = inState('accepted');
    port.fire('M');
    assert.deepEqual(port.take(), ['ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.1.4 a transport error in calling is passed up and terminates', () => {
    const unreliable = inState('calling');
    unreliable.machine.transportFailed();
    assert.deepEqual(unreliable.port.take(), ['stop A', 'stop B', 'up transport-error', 'ended']);
    const reliable = inState('calling', true);
    reliable.machine.transportFailed();
    assert.deepEqual(reliable.port.take(), ['stop B', 'up transport-error', 'ended']);
  });

  test('§17.1.1.2 a transport error of the ACK is passed up and terminates', () => {
    const { machine, port } = inState('completed');
    machine.transportFailed();
    assert.deepEqual(port.take(), ['stop D', 'up transport-error', 'ended']);
  });

  test('§17.1.1.2 an ACK that fails while it is sent ends the transaction in order: the error, then the end', () => {
    const { machine, port } = inState('proceeding');
    port.reenter = () => machine.transportFailed();
    machine.receive(486, '');
    assert.deepEqual(port.take(), ['start D 32000', 'send ACK', 'stop D', 'up transport-error', 'ended']);
  });

  test('a late transport error is ignored once the INVITE was answered', () => {
    for (const state of ['proceeding', 'accepted'] as const) {
      const { machine, port } = inState(state);
      machine.transportFailed();
      assert.deepEqual(port.take(), []);
      assert.equal(machine.state, state);
    }
  });

  test('§9.1 the user may destroy the transaction: timers stop and nothing is passed up', () => {
    const expected = { idle: [], calling: ['stop A', 'stop B'], proceeding: [], completed: ['stop D'], accepted: ['stop M'] };
    for (const [state, stops] of Object.entries(expected)) {
      const { machine, port } = inState(state as keyof typeof expected);
      machine.terminate();
      machine.terminate();
      assert.deepEqual(port.take(), [...stops, 'ended']);
    }
  });

  test('a transaction is started once, and before that nothing happens', () => {
    const { machine, port } = inState('idle');
    machine.receive(200, '');
    machine.transportFailed();
    assert.deepEqual(port.take(), []);
    machine.start();
    port.take();
    machine.start();
    assert.deepEqual(port.take(), []);
  });

  test('after the end everything is ignored', () => {
    const { machine, port } = inState('terminated');
    machine.start();
    machine.receive(200, '');
    machine.receive(486, '');
    machine.transportFailed();
    for (const timer of ['A', 'B', 'D', 'M'] as const) machine.timerFired(timer);
    assert.deepEqual(port.take(), []);
  });
});

describe('§17.1.1 INVITE client transaction on a clock', () => {
  test('§17.1.1.2 unanswered over UDP: seven INVITEs, at 0 0.5 1.5 3.5 7.5 15.5 31.5 s, timeout at 32 s', () => {
    const clock = new VirtualClock();
    const port = new RecordingPort(clock);
    const machine = new InviteClient<string>(port, RFC_TIMINGS, false);
    port.machine = machine;
    machine.start();
    clock.advance(60_000);
    const verbs = port.take().filter((verb) => !/ (start|stop) /.test(verb));
    assert.deepEqual(verbs, [
      '0s send request',
      '0.5s resend request',
      '1.5s resend request',
      '3.5s resend request',
      '7.5s resend request',
      '15.5s resend request',
      '31.5s resend request',
      '32s up timeout',
      '32s ended',
    ]);
    assert.equal(clock.armed, 0);
  });

  test('§17.1.1.2 unanswered over TCP: one INVITE, timeout at 32 s', () => {
    const clock = new VirtualClock();
    const port = new RecordingPort(clock);
    const machine = new InviteClient<string>(port, RFC_TIMINGS, true);
    port.machine = machine;
    machine.start();
    clock.advance(60_000);
    assert.deepEqual(port.take(), ['0s start B 32000', '0s send request', '32s up timeout', '32s ended']);
  });

  test('§17.1.1.2 a ringing call outlives B: no timer runs in proceeding', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('proceeding', false, clock);
    clock.advance(600_000);
    assert.deepEqual(port.take(), []);
    assert.equal(clock.armed, 0);
    assert.equal(machine.state, 'proceeding');
  });

  test('§17.1.1.2 D: failures are acknowledged again for 32 s, then the transaction is gone', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('completed', false, clock);
    clock.advance(31_999);
    machine.receive(486, '');
    clock.advance(1);
    machine.receive(486, '');
    assert.deepEqual(port.take(), ['31.999s resend ACK', '32s ended']);
  });

  test('RFC 6026 §7.2 M: every 2xx is passed up for 64*T1, then the transaction is gone', () => {
    for (const reliable of [false, true]) {
      const clock = new VirtualClock();
      const { machine, port } = inState('accepted', reliable, clock);
      clock.advance(31_999);
      machine.receive(200, '');
      clock.advance(1);
      machine.receive(200, '');
      assert.deepEqual(port.take(), ['31.999s up 200', '32s ended']);
    }
  });
});
