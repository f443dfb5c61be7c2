import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FlowRefer } from '../../../src/ua/third-party/flow-refer.ts';
import { RecordingFlowPort, brings, sdp } from './recording-flow-port.ts';

function answered(takesRefer = true) {
  const port = new RecordingFlowPort();
  const flow = new FlowRefer(port);
  flow.start();
  assert.deepEqual(port.take(), ['invite caller: hold']);
  flow.accepted('caller', brings(sdp('held'), takesRefer));
  return { port, flow };
}

describe('RFC 3515', () => {
  test('the phone that answers is asked; its NOTIFYs tell how it goes', () => {
    const { port, flow } = answered();
    assert.deepEqual(port.take(), ['ack caller: nothing', 'answered', 'refer']);
    flow.referred(202);
    flow.notified(100, false);
    flow.notified(180, false);
    assert.deepEqual(port.take(), []);
    flow.notified(200, true);
    assert.deepEqual(port.take(), ['connected', 'left']);
  });

  test('a failure of its call is the failure of ours', () => {
    const { port, flow } = answered();
    flow.referred(202);
    port.take();
    flow.notified(486, true);
    assert.deepEqual(port.take(), ['failed callee 486']);
    flow.notified(200, true);
    assert.deepEqual(port.take(), [], 'once');
  });

  test('a NOTIFY that overtakes the 202 counts', () => {
    const { port, flow } = answered();
    port.take();
    flow.notified(200, true);
    flow.referred(202);
    assert.deepEqual(port.take(), ['connected', 'left']);
  });

  test('a subscription that ends with nothing known is a call that we are not needed for', () => {
    const { port, flow } = answered();
    flow.referred(202);
    port.take();
    flow.notified(100, true);
    assert.deepEqual(port.take(), ['connected', 'left']);
  });

  test('a phone that hangs up while it calls is waited for; before, it is not', () => {
    const { flow } = answered();
    assert.equal(flow.hungUp(), false);
    flow.referred(202);
    assert.equal(flow.hungUp(), true);
  });

  test('603 to the REFER: the phone will not', () => {
    const { port, flow } = answered();
    port.take();
    flow.referred(603);
    assert.deepEqual(port.take(), ['failed caller 603 refused']);
  });
});

describe('a phone without REFER is connected by re-INVITE (RFC 3725 §4.2)', () => {
  const bridging = (port: RecordingFlowPort) => {
    port.flow!.accepted('callee', brings(sdp('offer2')));
    assert.deepEqual(port.take(), ['reinvite caller: offer2']);
    port.flow!.accepted('caller', brings(sdp('answer2')));
    assert.deepEqual(port.take(), ['ack caller: nothing', 'ack callee: answer2', 'connected']);
  };

  test('its Allow says so', () => {
    const { port } = answered(false);
    assert.deepEqual(port.take(), ['ack caller: nothing', 'answered', 'become FlowIv', 'invite callee: nothing']);
    bridging(port);
  });

  for (const status of [405, 501]) {
    test(`its ${status} says so`, () => {
      const { port, flow } = answered();
      port.take();
      flow.referred(status);
      assert.deepEqual(port.take(), ['become FlowIv', 'invite callee: nothing']);
      bridging(port);
    });
  }
});
