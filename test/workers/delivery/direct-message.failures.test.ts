/** A failure of each class of `XFailure`, made by the sandbox over HTTP, at each call that the worker makes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missedCall } from '../../../src/jobs/contract/missed-call.ts';
import { AppError } from '../../../src/base/errors.ts';
import type { FaultKind } from '../../../src/x/emulator/faults.ts';
import { XFailure } from '../../../src/x/port.ts';
import { handled, missed, playOut, portOf, runningJob, SHORT_CALL_MS, stage, TIMINGS, type Stage } from './stage.ts';

const event = missed();
const LAST = missedCall.retry.attempts;
const LONGEST_SEND_MS = TIMINGS.claimMs + TIMINGS.callMs;

const rowOf = (s: Stage) => s.ledger.entries.get(event.eventId);

/** Bob's account is known, so that the next call to X is the send. */
async function bobIsKnown(s: Stage): Promise<void> {
  await playOut(s, s.processor(), missed({ eventId: 'before' }));
  assert.equal((await s.inbox()).length, 1);
}

const sentTimes = async (s: Stage) => (await s.inbox()).length - 1;

test('rate-limited: comes back when X said, burns no attempt, and is sent then', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'rate-limited', method: 'POST' });
  const outcome = await handled(s.processor(), event, LAST);
  assert.ok(typeof outcome !== 'string' && outcome.kind === 'retry-at');
  assert.ok(Math.abs(outcome.atMs - s.clock.now() - 900_000) < 5_000, `${outcome.atMs - s.clock.now()} ms`);
  assert.deepEqual([rowOf(s)?.state, rowOf(s)?.reason], ['planned', 'Too Many Requests']);
  s.clock.advance(outcome.atMs - s.clock.now());
  assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
  assert.equal(await sentTimes(s), 1);
});

test('rate-limited: until then the others wait without asking X', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  const processor = s.processor();
  await s.control.fault({ kind: 'rate-limited-day', method: 'POST' });
  await handled(processor, event);
  const before = (await s.control.requests()).length;
  const others = Array.from({ length: 20 }, (_, index) => missed({ eventId: `other ${index}` }));
  const outcomes = await Promise.all(others.map((other) => handled(processor, other)));
  assert.ok(outcomes.every((outcome) => typeof outcome !== 'string' && outcome.kind === 'retry-at' && outcome.atMs > s.clock.now() + 80_000_000));
  assert.equal((await s.control.requests()).length, before);
  assert.ok(others.every(({ eventId }) => s.ledger.entries.get(eventId)?.attempt === 0), 'none was claimed');
});

test('unavailable: burns an attempt with the reason, and was not sent', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'server-error', status: 503, method: 'POST', times: 3 });
  assert.match((await handled(s.processor(), event)) as string, /^X answered 503/);
  assert.equal(rowOf(s)?.state, 'planned');
  assert.deepEqual(await playOut(s, s.processor(), event), ['failed', 'failed', 'done']);
  assert.equal(await sentTimes(s), 1);
});

test('unavailable to the last attempt: refused, since it was certainly not sent, and a dead letter', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'server-error', status: 503, method: 'POST', times: LAST });
  const steps = await playOut(s, s.processor(), event);
  assert.deepEqual(steps, [...Array<string>(LAST - 1).fill('failed'), 'dead']);
  assert.equal(rowOf(s)?.state, 'refused');
  assert.match(rowOf(s)!.reason!, /^given up after 15 attempts: X answered 503/);
  assert.deepEqual(s.results().map(({ eventId, state }) => [eventId, state]).slice(1), [[event.eventId, 'refused']]);
  assert.equal(await sentTimes(s), 0);
});

for (const kind of ['drop-after-accept', 'cut-mid-json', 'hang-after-accept'] satisfies FaultKind[]) {
  test(`uncertain, and X has it (${kind}): found by its reference and not sent again`, async (t) => {
    const s = await stage(t, kind.startsWith('hang') ? { callMs: SHORT_CALL_MS } : {});
    await bobIsKnown(s);
    await s.control.fault({ kind, method: 'POST' });
    const steps = await playOut(s, s.processor(), event);
    assert.equal(steps[0], 'failed');
    assert.match(steps[1]!, /^wait 1[0-9]{4}$/, 'first nothing is under way any more');
    assert.deepEqual(steps.slice(2), ['done']);
    assert.equal(await sentTimes(s), 1);
    const newest = (await s.control.inbox('bob_example')).at(-1)!;
    assert.deepEqual([rowOf(s)?.state, rowOf(s)?.remoteId], ['done', newest.id]);
    assert.deepEqual(s.results().at(-1)?.remoteId, newest.id);
  });
}

for (const kind of ['drop', 'hang', 'bad-gateway-html'] satisfies FaultKind[]) {
  test(`uncertain, and X does not have it (${kind}): sent again only after two looks`, async (t) => {
    const s = await stage(t, kind.startsWith('hang') ? { callMs: SHORT_CALL_MS } : {});
    await bobIsKnown(s);
    await s.control.fault({ kind, method: 'POST' });
    const startMs = s.clock.now();
    const steps = await playOut(s, s.processor(), event);
    assert.equal(steps[0], 'failed');
    assert.deepEqual(steps.slice(2), [`wait ${TIMINGS.settleMs}`, 'done']);
    assert.ok(s.clock.now() - startMs >= LONGEST_SEND_MS + TIMINGS.settleMs);
    const looks = (await s.control.requests()).filter(({ target }) => target.includes('dm_events'));
    assert.equal(looks.length, 2);
    assert.equal(await sentTimes(s), 1);
    assert.equal(rowOf(s)?.state, 'done');
  });
}

test('uncertain, and X lists it late: the second look finds it', async (t) => {
  const s = await stage(t, { callMs: SHORT_CALL_MS });
  await bobIsKnown(s);
  let looks = 0;
  const late = portOf(s, {
    findDirectMessages: (query) => (++looks === 1 ? Promise.resolve([]) : s.x.findDirectMessages(query)),
  });
  await s.control.fault({ kind: 'hang-after-accept', method: 'POST' });
  const steps = await playOut(s, s.processor({ x: late }), event);
  assert.deepEqual([steps[0], steps.at(-2), steps.at(-1)], ['failed', `wait ${TIMINGS.settleMs}`, 'done']);
  assert.deepEqual([looks, await sentTimes(s), rowOf(s)?.state], [2, 1, 'done']);
});

test('uncertain each time: every send burns an attempt, the last is only looked for, and X having nothing it is refused', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'bad-gateway-html', method: 'POST', times: 100 });
  const steps = await playOut(s, s.processor(), event);
  assert.equal(steps.filter((step) => step === 'failed').length, LAST - 1);
  assert.equal(steps.at(-1), 'dead');
  const sends = (await s.control.requests()).filter(({ method, fault }) => method === 'POST' && fault !== undefined);
  assert.equal(sends.length, LAST - 1);
  assert.equal(rowOf(s)?.state, 'refused');
  assert.match(rowOf(s)!.reason!, /does not have the message$/);
});

test('uncertain at the last attempt, after as long as a send may take: looked for all the same', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  const slow = portOf(s, {
    async sendDirectMessage(message) {
      await s.x.sendDirectMessage(message);
      s.clock.advance(LONGEST_SEND_MS);
      throw new XFailure('uncertain', 'X did not answer in time');
    },
  });
  const outcome = await handled(s.processor({ x: slow }), event, LAST);
  assert.ok(typeof outcome !== 'string' && outcome.kind === 'retry-at');
  assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
  assert.deepEqual([rowOf(s)?.state, await sentTimes(s)], ['done', 1]);
});

test('uncertain, and a message of theirs that quotes ours does not count', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'drop', method: 'POST' });
  await handled(s.processor(), event);
  await s.control.sendAs({ from: 'bob_example', to: 'sipweet', text: rowOf(s)!.content });
  await playOut(s, s.processor(), event);
  assert.equal(await sentTimes(s), 1);
});

test('uncertain, and another call of the same minute with the same text does not count', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'drop', method: 'POST' });
  await handled(s.processor(), event);
  await playOut(s, s.processor(), missed({ eventId: 'twin' }));
  await playOut(s, s.processor(), event);
  assert.equal(await sentTimes(s), 2);
});

test('uncertain, and the list cannot be read for its rate: waits for it, and never sends meanwhile', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'drop-after-accept', method: 'POST' });
  await s.control.fault({ kind: 'rate-limited', method: 'GET', times: 1 });
  const steps = await playOut(s, s.processor(), event);
  assert.deepEqual([steps[0], steps.length, steps.at(-1)], ['failed', 4, 'done']);
  assert.match(steps[2]!, /^wait [89][0-9]{5}$/);
  assert.equal(await sentTimes(s), 1);
});

test('uncertain, and the list cannot be read to the last attempt: parked with the reason', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'drop-after-accept', method: 'POST' });
  await s.control.fault({ kind: 'server-error', status: 503, method: 'GET', times: 100 });
  const steps = await playOut(s, s.processor(), event);
  assert.equal(steps.at(-1), 'dead');
  assert.equal(rowOf(s)?.state, 'parked');
  assert.match(rowOf(s)!.reason!, /^given up after 15 attempts: X answered 503/);
  assert.equal(s.results().at(-1)?.state, 'parked');
  assert.equal(await sentTimes(s), 1);
});

test('uncertain, and X does not let us look: parked at once', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'drop', method: 'POST' });
  await s.control.fault({ kind: 'forbidden', method: 'GET', detail: 'You may not read this.' });
  const steps = await playOut(s, s.processor(), event);
  assert.deepEqual([steps.at(-1), rowOf(s)?.state], ['done', 'parked']);
  assert.equal(rowOf(s)?.reason, 'nobody knows whether it was sent: You may not read this.');
});

test('uncertain, and the conversation is longer than can be read: parked', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'drop', method: 'POST' });
  await handled(s.processor(), event);
  for (let index = 0; index < 500; index += 1) await s.control.sendAs({ from: 'bob_example', to: 'sipweet', text: `chat ${index}` });
  await playOut(s, s.processor(), event);
  assert.equal(rowOf(s)?.state, 'parked');
  assert.match(rowOf(s)!.reason!, /more than 500 messages/);
});

test('refused (closed messages): final, with X\'s own sentence in ledger and result', async (t) => {
  const s = await stage(t);
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
  assert.deepEqual([rowOf(s)?.state, rowOf(s)?.reason], ['refused', 'You do not have permission to DM one or more participants.']);
  assert.equal(s.results()[0]?.reason, 'You do not have permission to DM one or more participants.');
});

test('invalid: final, with the reason', async (t) => {
  const s = await stage(t);
  s.users.put('bob', { xUserId: 'not-an-id' });
  assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
  assert.deepEqual([rowOf(s)?.state, rowOf(s)?.reason], ['refused', 'Not an id of X: "not-an-id"']);
});

for (const [failureClass, kind] of [['payment', 'payment-required'], ['unauthorized', 'unauthorized']] as const) {
  test(`${failureClass}: pauses the queue, gives the job back unburnt, and goes on by itself later`, async (t) => {
    const s = await stage(t);
    await bobIsKnown(s);
    await s.control.fault({ kind, method: 'POST' });
    const processor = s.processor();
    assert.deepEqual(await handled(processor, event, LAST), { kind: 'release' });
    assert.equal(rowOf(s)?.state, 'planned');
    assert.equal(await s.queue.isPaused(missedCall.name), true);
    s.clock.advance(TIMINGS.pauseMs - 1);
    assert.equal(await s.queue.isPaused(missedCall.name), true);
    s.clock.advance(1);
    assert.equal(await s.queue.isPaused(missedCall.name), false);
    assert.deepEqual(await playOut(s, processor, event), ['done']);
    assert.equal(await sentTimes(s), 1);
  });
}

test('a queue that cannot be paused: the message waits as long by itself', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  await s.control.fault({ kind: 'payment-required', method: 'POST' });
  s.queue.down = true;
  const outcome = await handled(s.processor(), event, LAST);
  assert.ok(typeof outcome !== 'string' && outcome.kind === 'retry-at');
  assert.equal(outcome.atMs - s.clock.now(), TIMINGS.pauseMs);
});

const LOOKUP_FAULTS = [
  ['rate-limited', 'retry-at'],
  ['server-error', 'failed'],
  ['hang', 'failed'],
  ['payment-required', 'release'],
  ['unauthorized', 'release'],
] as const;

for (const [kind, expected] of LOOKUP_FAULTS) {
  test(`the look-up of the X user fails with ${kind}: ${expected}, and later the message is sent`, async (t) => {
    const s = await stage(t, kind === 'hang' ? { callMs: SHORT_CALL_MS } : {});
    await s.control.fault({ kind, method: 'GET' });
    const outcome = await handled(s.processor(), event);
    assert.equal(typeof outcome === 'string' ? 'failed' : outcome.kind, expected);
    s.clock.advance(900_000);
    assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
    assert.equal((await s.inbox()).length, 1);
  });
}

test('the look-up fails to the last attempt: there is a row that says why', async (t) => {
  const s = await stage(t);
  await s.control.fault({ kind: 'server-error', status: 503, method: 'GET', times: 100 });
  const steps = await playOut(s, s.processor(), event);
  assert.equal(steps.at(-1), 'dead');
  assert.equal(rowOf(s)?.state, 'refused');
  assert.match(rowOf(s)!.reason!, /^given up after 15 attempts: X answered 503/);
  assert.equal(s.results().length, 1);
});

test('the queue is away when the result is to be told: the job waits, burns nothing, and tells it later', async (t) => {
  const s = await stage(t);
  s.queue.down = true;
  const outcome = await handled(s.processor(), event, LAST);
  assert.ok(typeof outcome !== 'string' && outcome.kind === 'retry-at');
  assert.equal(rowOf(s)?.state, 'done');
  s.queue.down = false;
  assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
  assert.deepEqual([(await s.inbox()).length, s.results().length], [1, 1]);
});

test('the database is away: the job waits and burns nothing, however long', async (t) => {
  const s = await stage(t);
  const away = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  s.ledger.find = () => Promise.reject(away);
  const outcome = await handled(s.processor(), event, LAST);
  assert.deepEqual(outcome, { kind: 'retry-at', atMs: s.clock.now() + TIMINGS.outageMs, reason: away.message });
});

test('the database goes away behind the send: the message is found, not repeated', async (t) => {
  const s = await stage(t);
  const { finish } = s.ledger;
  let times = 0;
  s.ledger.finish = (...args) =>
    ++times === 1 ? Promise.reject(new AppError('db.unreachable', 'PostgreSQL does not answer')) : finish.apply(s.ledger, args);
  const steps = await playOut(s, s.processor(), event);
  assert.deepEqual(steps, [`wait ${TIMINGS.outageMs}`, `wait ${LONGEST_SEND_MS - TIMINGS.outageMs}`, 'done']);
  assert.deepEqual([(await s.inbox()).length, rowOf(s)?.state], [1, 'done']);
});

test('an error of our own burns attempts and ends as a row with its text', async (t) => {
  const s = await stage(t);
  s.ledger.planAndClaim = () => Promise.reject(new TypeError('row is undefined'));
  const steps = await playOut(s, s.processor(), event);
  assert.deepEqual([steps.length, steps.at(-1)], [LAST, 'dead']);
  assert.deepEqual([rowOf(s)?.state, rowOf(s)?.reason], ['refused', 'given up after 15 attempts: row is undefined']);
});

test('a stopping worker sends nothing new, and ends what it has begun', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  const idle = s.processor();
  idle.stop();
  assert.deepEqual(await handled(idle, event), { kind: 'release' });
  assert.equal(rowOf(s), undefined);

  const busy = s.processor({ x: portOf(s, { sendDirectMessage: (message) => (busy.stop(), s.x.sendDirectMessage(message)) }) });
  assert.deepEqual(await busy.handle(runningJob(event)), { kind: 'done' });
  assert.equal(await sentTimes(s), 1);
});

test('a worker that was held up between claim and send gives the claim back instead of sending', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  const { planAndClaim } = s.ledger;
  s.ledger.planAndClaim = (effect, claim) => {
    const claimed = planAndClaim.call(s.ledger, effect, claim);
    s.clock.advance(TIMINGS.claimMs + 1);
    return claimed;
  };
  const outcome = await handled(s.processor(), event);
  assert.deepEqual(outcome, { kind: 'retry-at', atMs: s.clock.now(), reason: 'the worker was held up before it sent' });
  assert.deepEqual([rowOf(s)?.state, await sentTimes(s)], ['planned', 0]);
  assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
});

test('what X says is not trusted to be fit for a line', async (t) => {
  const s = await stage(t);
  await bobIsKnown(s);
  const refusing = portOf(s, {
    sendDirectMessage: () => Promise.reject(new XFailure('refused', `no\0\u202e\n${'x'.repeat(5000)}`)),
  });
  await playOut(s, s.processor({ x: refusing }), event);
  assert.match(rowOf(s)!.reason!, /^no x{496}…$/);
});
