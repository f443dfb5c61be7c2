import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NonInviteClient, type NonInviteClientState } from '../../../src/sip/transaction/non-invite-client.ts';
import { RFC_TIMINGS } from '../../../src/sip/transaction/timings.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { RecordingPort } from './recording-port.ts';

function inState(state: NonInviteClientState, reliable = false, clock?: VirtualClock) {
  const port = new RecordingPort(clock);
  const machine = new NonInviteClient<string>(port, RFC_TIMINGS, reliable);
  port.machine = machine;
  if (state !== 'idle') machine.start();
  if (state === 'proceeding') machine.receive(100, '');
  if (state === 'completed') machine.receive(200, '');
  if (state === 'terminated') machine.terminate();
  assert.equal(machine.state, state);
  port.take();
  return { machine, port };
}

describe('§17.1.2 non-INVITE client transaction', () => {
  test('§17.1.2.2 enters trying with the request sent, F at 64*T1 and E at T1', () => {
    const { machine, port } = inState('idle');
    machine.start();
    assert.deepEqual(port.take(), ['start E 500', 'start F 32000', 'send request']);
    assert.equal(machine.state, 'trying');
  });

  test('§17.1.2.2 E is not set on a reliable transport, F is on any', () => {
    const { machine, port } = inState('idle', true);
    machine.start();
    assert.deepEqual(port.take(), ['start F 32000', 'send request']);
  });

  test('§17.1.2.2 when E fires in trying, the request goes out again and E is MIN(2*E, T2)', () => {
    const { port } = inState('trying');
    for (const intervalMs of [1000, 2000, 4000, 4000, 4000]) {
      port.fire('E');
      assert.deepEqual(port.take(), [`start E ${intervalMs}`, 'resend request']);
    }
  });

  test('§17.1.2.2 when F fires in trying, SHOULD inform the user of a timeout and terminate', () => {
    const { machine, port } = inState('trying');
    port.fire('F');
    assert.deepEqual(port.take(), ['stop E', 'up timeout', 'ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.1.2.2 a provisional response MUST be passed up; E and F run on', () => {
    const { machine, port } = inState('trying');
    machine.receive(100, 'trying');
    machine.receive(183, '');
    assert.deepEqual(port.take(), ['up 100 trying', 'up 183']);
    assert.equal(machine.state, 'proceeding');
    assert.deepEqual(port.armed, ['E', 'F']);
  });

  test('§17.1.2.2 when E fires in proceeding, MUST send the request again and reset E to T2', () => {
    const { port } = inState('proceeding');
    port.fire('E');
    assert.deepEqual(port.take(), ['start E 4000', 'resend request']);
  });

  test('§17.1.2.2 when F fires in proceeding, MUST inform the user and terminate', () => {
    const { port } = inState('proceeding', true);
    port.fire('F');
    assert.deepEqual(port.take(), ['up timeout', 'ended']);
  });

  test('§17.1.2.2 a final response MUST be passed up from trying and proceeding, K at T4', () => {
    for (const state of ['trying', 'proceeding'] as const) {
      for (const status of [200, 302, 404, 503, 699]) {
        const { machine, port } = inState(state);
        machine.receive(status, 'final');
        assert.deepEqual(port.take(), ['stop E', 'stop F', 'start K 5000', `up ${status} final`]);
        assert.equal(machine.state, 'completed');
      }
    }
  });

  test('§17.1.2.2 K is zero on a reliable transport: the final response ends the transaction', () => {
    const { machine, port } = inState('proceeding', true);
    machine.receive(200, '');
    assert.deepEqual(port.take(), ['stop F', 'up 200', 'ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.1.2.2 completed absorbs retransmitted responses and late provisional ones', () => {
    const { machine, port } = inState('completed');
    machine.receive(200, '');
    machine.receive(100, '');
    machine.transportFailed();
    assert.deepEqual(port.take(), []);
  });

  test('§17.1.2.2 when K fires, MUST terminate', () => {
    const { machine, port } = inState('completed');
    port.fire('K');
    assert.deepEqual(port.take(), ['ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.1.4 a transport error in trying or proceeding is passed up and terminates', () => {
    for (const state of ['trying', 'proceeding'] as const) {
      const { machine, port } = inState(state);
      machine.transportFailed();
      assert.deepEqual(port.take(), ['stop E', 'stop F', 'up transport-error', 'ended']);
    }
  });

  test('the user may end the transaction: timers stop and nothing is passed up', () => {
    const expected = { idle: [], trying: ['stop E', 'stop F'], proceeding: ['stop E', 'stop F'], completed: ['stop K'] };
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
    machine.transportFailed();
    for (const timer of ['E', 'F', 'K'] as const) machine.timerFired(timer);
    assert.deepEqual(port.take(), []);
  });
});

describe('§17.1.2 non-INVITE client transaction on a clock', () => {
  test('§17.1.2.2 unanswered over UDP: eleven requests, at most 4 s apart, timeout at 32 s', () => {
    const clock = new VirtualClock();
    const { port, machine } = inState('idle', false, clock);
    machine.start();
    clock.advance(60_000);
    const sent = port.take().filter((verb) => verb.includes('send'));
    const seconds = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];
    assert.deepEqual(
      sent,
      seconds.map((at) => (at === 0 ? '0s send request' : `${at}s resend request`)),
    );
    assert.equal(machine.state, 'terminated');
    assert.equal(clock.armed, 0);
  });

  test('§17.1.2.2 F: timeout at 64*T1, over UDP, over TCP, and when a 100 came', () => {
    for (const [state, reliable] of [['trying', false], ['trying', true], ['proceeding', false]] as const) {
      const clock = new VirtualClock();
      const { port } = inState(state, reliable, clock);
      clock.advance(31_999);
      assert.equal(port.endedCount, 0);
      port.take();
      clock.advance(1);
      assert.deepEqual(port.take(), [...(reliable ? [] : ['32s stop E']), '32s up timeout', '32s ended']);
    }
  });

  test('§17.1.2.2 E: after a 100 the running interval ends first, then T2 holds', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('trying', false, clock);
    clock.advance(600);
    machine.receive(100, '');
    port.take();
    clock.advance(8_900);
    assert.deepEqual(port.take(), [
      '1.5s start E 4000',
      '1.5s resend request',
      '5.5s start E 4000',
      '5.5s resend request',
      '9.5s start E 4000',
      '9.5s resend request',
    ]);
  });

  test('§17.1.2.2 K: responses are absorbed for T4, then the transaction is gone', () => {
    const clock = new VirtualClock();
    const { port, machine } = inState('completed', false, clock);
    clock.advance(4_999);
    machine.receive(200, '');
    assert.deepEqual(port.take(), []);
    clock.advance(1);
    assert.deepEqual(port.take(), ['5s ended']);
  });
});
