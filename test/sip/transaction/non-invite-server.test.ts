import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NonInviteServer, type NonInviteServerState } from '../../../src/sip/transaction/non-invite-server.ts';
import { RFC_TIMINGS } from '../../../src/sip/transaction/timings.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { RecordingPort } from './recording-port.ts';

function inState(state: NonInviteServerState, reliable = false, clock?: VirtualClock) {
  const port = new RecordingPort(clock);
  const machine = new NonInviteServer<string>(port, RFC_TIMINGS, reliable);
  port.machine = machine;
  if (state === 'proceeding') machine.respond(100, '100');
  if (state === 'completed') machine.respond(200, '200');
  if (state === 'terminated') machine.terminate();
  assert.equal(machine.state, state);
  port.take();
  return { machine, port };
}

describe('§17.2.2 non-INVITE server transaction', () => {
  test('§17.2.2 in trying a retransmitted request is discarded', () => {
    const { machine, port } = inState('trying');
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), []);
    assert.equal(machine.state, 'trying');
  });

  test('§17.2.2 a provisional response MUST be sent, and so MUST those after it', () => {
    const { machine, port } = inState('trying');
    machine.respond(100, '100');
    machine.respond(183, '183');
    assert.deepEqual(port.take(), ['send 100', 'send 183']);
    assert.equal(machine.state, 'proceeding');
  });

  test('§17.2.2 in proceeding a retransmitted request MUST be answered with the most recent provisional response', () => {
    const { machine, port } = inState('proceeding');
    machine.respond(183, '183');
    port.take();
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), ['resend 183']);
  });

  test('§17.2.2 a final response MUST be sent from trying and proceeding, J at 64*T1', () => {
    for (const state of ['trying', 'proceeding'] as const) {
      for (const status of [200, 302, 404, 503, 699]) {
        const { machine, port } = inState(state);
        machine.respond(status, `${status}`);
        assert.deepEqual(port.take(), ['start J 32000', `send ${status}`]);
        assert.equal(machine.state, 'completed');
      }
    }
  });

  test('§17.2.2 J is zero on a reliable transport: the final response ends the transaction', () => {
    for (const state of ['trying', 'proceeding'] as const) {
      const { machine, port } = inState(state, true);
      machine.respond(200, '200');
      assert.deepEqual(port.take(), ['send 200', 'ended']);
      assert.equal(machine.state, 'terminated');
    }
  });

  test('§17.2.2 in completed a retransmitted request MUST be answered with the final response', () => {
    const { machine, port } = inState('completed');
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), ['resend 200']);
  });

  test('§17.2.2 in completed any other response of the user MUST be discarded', () => {
    const { machine, port } = inState('completed');
    machine.respond(100, '100');
    machine.respond(500, '500');
    assert.deepEqual(port.take(), []);
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), ['resend 200']);
  });

  test('§17.2.2 when J fires, MUST terminate', () => {
    const { machine, port } = inState('completed');
    port.fire('J');
    assert.deepEqual(port.take(), ['ended']);
    assert.equal(machine.state, 'terminated');
  });

  test('§17.2.4 a transport error is passed up and terminates', () => {
    const proceeding = inState('proceeding');
    proceeding.machine.transportFailed();
    assert.deepEqual(proceeding.port.take(), ['up transport-error', 'ended']);
    const completed = inState('completed');
    completed.machine.transportFailed();
    assert.deepEqual(completed.port.take(), ['stop J', 'up transport-error', 'ended']);
  });

  test('in trying nothing was sent, so a transport error is not this transaction\'s', () => {
    const { machine, port } = inState('trying');
    machine.transportFailed();
    assert.deepEqual(port.take(), []);
    assert.equal(machine.state, 'trying');
  });

  test('the user may end the transaction: timers stop and nothing is passed up', () => {
    const expected = { trying: [], proceeding: [], completed: ['stop J'] };
    for (const [state, stops] of Object.entries(expected)) {
      const { machine, port } = inState(state as keyof typeof expected);
      machine.terminate();
      machine.terminate();
      assert.deepEqual(port.take(), [...stops, 'ended']);
    }
  });

  test('after the end everything is ignored', () => {
    const { machine, port } = inState('terminated');
    machine.respond(100, '');
    machine.respond(200, '');
    machine.receiveRetransmission();
    machine.transportFailed();
    machine.timerFired('J');
    assert.deepEqual(port.take(), []);
  });
});

describe('§17.2.2 non-INVITE server transaction on a clock', () => {
  test('§17.2.2 J: requests are answered again for 64*T1 over UDP, then the transaction is gone', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('completed', false, clock);
    clock.advance(31_999);
    machine.receiveRetransmission();
    clock.advance(1);
    machine.receiveRetransmission();
    assert.deepEqual(port.take(), ['31.999s resend 200', '32s ended']);
    assert.equal(clock.armed, 0);
  });

  test('§17.2.2 J: over TCP no timer is ever armed', () => {
    const clock = new VirtualClock();
    const { machine, port } = inState('trying', true, clock);
    machine.respond(100, '100');
    machine.respond(200, '200');
    assert.deepEqual(port.take(), ['0s send 100', '0s send 200', '0s ended']);
    assert.equal(clock.armed, 0);
  });
});
