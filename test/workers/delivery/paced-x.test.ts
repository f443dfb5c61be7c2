import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { PacedX, type XSending } from '../../../src/workers/delivery/paced-x.ts';
import { XFailure } from '../../../src/x/port.ts';

const LOOK = { participantId: '1', sinceMs: 0, limit: 1 };
const MESSAGE = { recipientId: '1', text: 'x' };

/** An X that refuses the calls named in `limited` until the time it names. */
function setUp() {
  const clock = new VirtualClock();
  const limited = new Map<string, number>();
  const calls: string[] = [];
  const answer = <Result>(call: string, result: Result): Promise<Result> => {
    calls.push(call);
    const retryAtMs = limited.get(call);
    if (retryAtMs === undefined) return Promise.resolve(result);
    return Promise.reject(new XFailure('rate-limited', 'Too Many Requests', { retryAtMs, status: 429 }));
  };
  const x: XSending = {
    findUserByName: () => answer('lookup', undefined),
    sendDirectMessage: () => answer('send', { eventId: '1', conversationId: '1-9' }),
    findDirectMessages: () => answer('list', []),
    reply: () => answer('reply', { postId: '2' }),
  };
  return { clock, limited, calls, paced: new PacedX(x, clock) };
}

const RATE_LIMITED = { class: 'rate-limited' };

test('until the time that X gave, calls of that kind fail with it and do not reach X', async () => {
  const { clock, limited, calls, paced } = setUp();
  const retryAtMs = clock.now() + 60_000;
  limited.set('list', retryAtMs);
  await assert.rejects(paced.findDirectMessages(LOOK), RATE_LIMITED);
  limited.clear();
  clock.advance(59_999);
  await assert.rejects(paced.findDirectMessages(LOOK), { class: 'rate-limited', retryAtMs });
  assert.deepEqual(calls, ['list']);
  clock.advance(1);
  assert.deepEqual(await paced.findDirectMessages(LOOK), []);
});

test('X counts its calls apart, so the others go on', async () => {
  const { clock, limited, calls, paced } = setUp();
  limited.set('send', clock.now() + 60_000);
  await assert.rejects(paced.sendDirectMessage(MESSAGE), RATE_LIMITED);
  await paced.findDirectMessages(LOOK);
  await paced.findUserByName('bob');
  assert.deepEqual(calls, ['send', 'list', 'lookup']);
});

test('whether sending is held can be asked without a call', async () => {
  const { clock, limited, paced } = setUp();
  assert.equal(await paced.holdOn('send'), undefined);
  limited.set('send', clock.now() + 60_000);
  await assert.rejects(paced.sendDirectMessage(MESSAGE), RATE_LIMITED);
  assert.equal((await paced.holdOn('send'))?.untilMs, clock.now() + 60_000);
  assert.equal(await paced.holdOn('reply'), undefined);
  clock.advance(60_000);
  assert.equal(await paced.holdOn('send'), undefined);
});

test('failures of other classes hold nothing', async () => {
  const { clock, paced } = setUp();
  const failing = new PacedX({ findUserByName: () => Promise.reject(new XFailure('unavailable', '503')) } as unknown as XSending, clock);
  await assert.rejects(failing.findUserByName('bob'), { class: 'unavailable' });
  await assert.rejects(failing.findUserByName('bob'), { class: 'unavailable' });
  assert.equal(await paced.findUserByName('bob'), undefined);
});
