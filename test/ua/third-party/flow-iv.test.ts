import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FlowIv } from '../../../src/ua/third-party/flow-iv.ts';
import { MEDIALESS_OFFER } from '../../../src/ua/session-description.ts';
import { RecordingFlowPort, brings, sdp } from './recording-flow-port.ts';

function started(canFallBack: boolean) {
  const port = new RecordingFlowPort();
  const flow = new FlowIv(port, canFallBack ? { limitMs: 30_000 } : undefined);
  flow.start();
  assert.deepEqual(port.take(), ['invite caller: no media']);
  return { port, flow };
}

describe('RFC 3725 §4.4', () => {
  test('the offer of the callee goes to the caller, his answer to the callee, in the order of the figure', () => {
    const { port, flow } = started(false);
    flow.accepted('caller', brings(MEDIALESS_OFFER));
    assert.deepEqual(port.take(), ['ack caller: nothing', 'answered', 'invite callee: nothing']);
    flow.accepted('callee', brings(sdp('offer2')));
    assert.deepEqual(port.take(), ['reinvite caller: offer2']);
    flow.accepted('caller', brings(sdp('answer2')));
    assert.deepEqual(port.take(), ['ack caller: nothing', 'ack callee: answer2', 'connected']);
  });

  test('a callee who answers without media: the call fails, nobody is asked to renegotiate', () => {
    const { port, flow } = started(false);
    flow.accepted('caller', brings(MEDIALESS_OFFER));
    port.take();
    flow.accepted('callee', brings(''));
    assert.deepEqual(port.take(), ['failed callee 0 media']);
  });

  test('a caller whose answer has no media is acknowledged, and the call fails on his side', () => {
    const { port, flow } = started(false);
    flow.accepted('caller', brings(MEDIALESS_OFFER));
    flow.accepted('callee', brings(sdp('offer2')));
    port.take();
    flow.accepted('caller', brings(MEDIALESS_OFFER));
    assert.deepEqual(port.take(), ['ack caller: nothing', 'failed caller 0 media']);
  });

  test('a refused re-INVITE fails the call with its status', () => {
    const { port, flow } = started(true);
    flow.accepted('caller', brings(MEDIALESS_OFFER));
    flow.accepted('callee', brings(sdp('offer2')));
    port.take();
    flow.refused('caller', 488);
    assert.deepEqual(port.take(), ['failed caller 488']);
  });
});

describe('a phone that cannot make anything of an offer without media', () => {
  for (const status of [400, 415, 488, 500, 606]) {
    test(`${status}: it is rung again by flow I`, () => {
      const { port, flow } = started(true);
      flow.refused('caller', status);
      assert.deepEqual(port.take(), ['become FlowI', 'invite caller: nothing']);
    });
  }

  for (const status of [408, 480, 486, 603]) {
    test(`${status} says something else: no second ring`, () => {
      const { port, flow } = started(true);
      flow.refused('caller', status);
      assert.deepEqual(port.take(), [`failed caller ${status}`]);
    });
  }

  test('where flow IV is demanded the refusal is the end', () => {
    const { port, flow } = started(false);
    flow.refused('caller', 488);
    assert.deepEqual(port.take(), ['failed caller 488']);
  });

  for (const [what, description] of [['no description', ''], ['media lines that were not offered (RFC 3264 §6)', sdp('wrong')]] as const) {
    test(`a 200 with ${what}: flow I goes on in the same dialog, nobody is rung twice`, () => {
      const { port, flow } = started(true);
      flow.accepted('caller', brings(description));
      assert.deepEqual(port.take(), ['ack caller: nothing', 'answered', 'reinvite caller: nothing', 'become FlowI']);
      port.flow!.accepted('caller', brings(sdp('offer1')));
      assert.deepEqual(port.take(), ['invite callee: offer1 within 30000']);
      port.flow!.accepted('callee', brings(sdp('answer1')));
      assert.deepEqual(port.take(), ['ack callee: nothing', 'ack caller: answer1', 'connected']);
    });
  }
});
