import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowI } from '../../../src/ua/third-party/flow-i.ts';
import { RecordingFlowPort, brings, sdp } from './recording-flow-port.ts';

function started() {
  const port = new RecordingFlowPort();
  const flow = new FlowI(port, 30_000);
  flow.start();
  assert.deepEqual(port.take(), ['invite caller: nothing']);
  return { port, flow };
}

test("RFC 3725 §4.1 the caller's offer goes to the callee, whose answer is in the ACK of the caller", () => {
  const { port, flow } = started();
  flow.accepted('caller', brings(sdp('offer1')));
  assert.deepEqual(port.take(), ['answered', 'invite callee: offer1 within 30000'], 'no ACK yet: it has to carry the answer');
  flow.accepted('callee', brings(sdp('answer1')));
  assert.deepEqual(port.take(), ['ack callee: nothing', 'ack caller: answer1', 'connected']);
});

test('a caller who offers nothing: the callee is not rung', () => {
  const { port, flow } = started();
  flow.accepted('caller', brings(''));
  assert.deepEqual(port.take(), ['answered', 'failed caller 0 media']);
});

test('a callee who answers without media is acknowledged, and the call fails on his side', () => {
  const { port, flow } = started();
  flow.accepted('caller', brings(sdp('offer1')));
  port.take();
  flow.accepted('callee', brings(''));
  assert.deepEqual(port.take(), ['ack callee: nothing', 'failed callee 0 media']);
});

test('a refusal of either side ends it', () => {
  const first = started();
  first.flow.refused('caller', 486);
  assert.deepEqual(first.port.take(), ['failed caller 486']);
  const second = started();
  second.flow.accepted('caller', brings(sdp('offer1')));
  second.port.take();
  second.flow.refused('callee', 603);
  assert.deepEqual(second.port.take(), ['failed callee 603']);
});
