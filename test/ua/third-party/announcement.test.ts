import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnnouncementFlow } from '../../../src/ua/third-party/announcement.ts';
import { RecordingFlowPort, brings, sdp } from './recording-flow-port.ts';
import { FakeAnnouncer, settled } from './fake-announcer.ts';

function announcement() {
  const port = new RecordingFlowPort();
  const announcer = new FakeAnnouncer();
  const flow = new AnnouncementFlow(port, announcer);
  flow.start();
  return { port, announcer, flow };
}

test("the announcer's offer rings the phone; it speaks to where the answer says, then we leave", async () => {
  const { port, announcer, flow } = announcement();
  assert.deepEqual(port.take(), []);
  await announcer.opens();
  assert.deepEqual(port.take(), ['invite caller: announcement']);
  flow.accepted('caller', brings(sdp('answer')));
  assert.deepEqual(port.take(), ['ack caller: nothing', 'answered', 'connected']);
  assert.deepEqual(announcer.played, [sdp('answer')]);
  await announcer.hasPlayed();
  assert.deepEqual(port.take(), ['left']);
});

test('no socket to speak from: it fails before anybody is rung', async () => {
  const { port, announcer } = announcement();
  await announcer.failsToOpen();
  assert.deepEqual(port.take(), ['failed caller 0 internal']);
});

test('an answer without audio, or that cannot be spoken to, fails it', async () => {
  const first = announcement();
  await first.announcer.opens();
  first.port.take();
  first.flow.accepted('caller', brings(''));
  assert.deepEqual(first.port.take(), ['ack caller: nothing', 'answered', 'failed caller 0 media']);
  const second = announcement();
  await second.announcer.opens();
  second.flow.accepted('caller', brings(sdp('answer')));
  second.port.take();
  await second.announcer.failsToPlay();
  assert.deepEqual(second.port.take(), ['failed caller 0 media']);
});

test('given up: the session is closed, also one that opens only afterwards, and nothing more happens', async () => {
  const first = announcement();
  await first.announcer.opens();
  first.port.take();
  first.flow.over();
  assert.equal(first.announcer.closed, 1);
  const second = announcement();
  second.flow.over();
  await second.announcer.opens();
  assert.deepEqual([second.announcer.closed, second.port.take()], [1, []]);
});

test('the end of a call that was hung up meanwhile is no second end', async () => {
  const { port, announcer, flow } = announcement();
  await announcer.opens();
  flow.accepted('caller', brings(sdp('answer')));
  port.take();
  flow.over();
  await announcer.hasPlayed();
  await settled();
  assert.deepEqual(port.take(), []);
});
