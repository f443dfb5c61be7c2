/** Quiet hours and storms: what is held back is told once, in a digest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directMessageResult } from '../../../src/jobs/contract/direct-message-result.ts';
import { instantMessage } from '../../../src/jobs/contract/instant-message.ts';
import { notice } from '../../../src/jobs/contract/notice.ts';
import type { NewJob } from '../../../src/jobs/queue.ts';
import { noticeJob, noticeStage, quietFor, statesOf, withWebhook, type NoticeStage } from './notice-stage.ts';
import { handled, missed, playOut } from './stage.ts';

const MINUTE_MS = 60_000;
/** How long the night of these tests still lasts when they begin. */
const NIGHT_MS = 20 * MINUTE_MS;

/** Bob does not want to be disturbed for the next twenty minutes. */
async function night(...args: Parameters<typeof noticeStage>): Promise<NoticeStage> {
  const s = await noticeStage(...args);
  s.clock.advance(MINUTE_MS - (s.clock.now() % MINUTE_MS));
  s.users.put('bob', { xUserId: s.bobId, linkedAt: new Date(0), ...quietFor(s.clock.now(), 20) });
  return s;
}

const call = (eventId: string, caller = 'alice@example.com') => missed({ eventId, caller, callerName: '', callId: eventId });

function message(eventId: string, text: string): NewJob {
  const event = { v: 1, eventId, sender: 'dave@example.com', recipient: 'bob', text, at: Date.now(), callId: eventId } as const;
  return { queue: instantMessage.name, name: instantMessage.name, id: eventId, data: instantMessage.encode(event) };
}

/** The jobs that were added for digests, each id once. */
function digestJobs(s: NoticeStage): readonly NewJob[] {
  return [...new Map(s.queue.added.flat().filter(({ queue }) => queue === notice.name).map((job) => [job.id, job])).values()];
}

test('in quiet hours nothing is sent; at their end one message tells all, and each row and result has its id', async (t) => {
  const s = await night(t);
  for (const event of [call('1'), call('2', 'carol@example.com'), call('3')]) assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
  assert.deepEqual(await playOut(s, s.instantMessages(), message('4', 'see you\nat nine')), ['done']);
  assert.deepEqual([await s.inbox(), s.results()], [[], []]);

  const [job, ...others] = digestJobs(s);
  assert.deepEqual(others, []);
  assert.equal(job!.atMs, s.clock.now() + NIGHT_MS);
  const [step, ...rest] = await playOut(s, s.notices(), job!);
  assert.deepEqual([step, rest], [`wait ${NIGHT_MS}`, ['done']]);

  const [text, ...more] = await s.inbox();
  assert.deepEqual(more, []);
  assert.match(text!, /^3 missed calls from 2 callers, 1 message:\nalice@example\.com: 2, last at .*\ncarol@example\.com: 1, at .*\nFrom dave@example\.com: see you at nine · ref [0-9a-z]{8}$/);
  const { remoteId } = s.ledger.entries.get(job!.id)!;
  for (const id of ['1', '2', '3', '4']) {
    const row = s.ledger.entries.get(id)!;
    assert.deepEqual([row.state, row.channel, row.remoteId, row.digestId], ['done', 'dm', remoteId, job!.id]);
  }
  assert.deepEqual(s.results().map(({ eventId, state }) => `${eventId} ${state}`), ['1 done', '2 done', '3 done', '4 done']);
});

test('rows know the caller, so that he can be called back', async (t) => {
  const s = await noticeStage(t);
  await playOut(s, s.processor(), call('1'));
  await playOut(s, s.processor(), call('2', 'x@anonymous.invalid'));
  await playOut(s, s.instantMessages(), message('3', 'hello'));
  const rows = [...s.ledger.entries.values()].map(({ sipUser, counterparty, kind }) => [sipUser, counterparty, kind]);
  assert.deepEqual(rows, [
    ['bob', 'alice@example.com', 'direct-message'],
    ['bob', undefined, 'direct-message'],
    ['bob', 'dave@example.com', 'instant-message'],
  ]);
});

test('answers, outcomes and reminders come at any hour', async (t) => {
  const s = await night(t);
  for (const kind of ['answer', 'farewell', 'outcome', 'reminder']) await playOut(s, s.notices(), await s.plan({ id: kind, kind }));
  assert.equal((await s.inbox()).length, 4);
});

test('outside of quiet hours each is told at once', async (t) => {
  const s = await night(t);
  s.clock.advance(NIGHT_MS);
  await playOut(s, s.processor(), call('1'));
  assert.deepEqual([(await s.inbox()).length, digestJobs(s)], [1, []]);
});

test('a single message of a night is told as by day', async (t) => {
  const s = await night(t);
  await playOut(s, s.processor(), call('1'));
  await playOut(s, s.notices(), digestJobs(s)[0]!);
  assert.match((await s.inbox())[0]!, /^Missed call from alice@example\.com at .*: no answer · ref [0-9a-z]{8}$/);
});

test('who was told to be left alone during the night is', async (t) => {
  const s = await night(t);
  await playOut(s, s.processor(), call('1'));
  s.users.put('bob', { xUserId: s.bobId, notify: false });
  await playOut(s, s.notices(), digestJobs(s)[0]!);
  assert.deepEqual(await s.inbox(), []);
  assert.deepEqual(s.results().map(({ state, reason }) => [state, reason]), [['refused', '"bob" wants no messages about missed calls']]);
});

test('a digest that comes due in quiet hours, which last longer now, waits for their end', async (t) => {
  const s = await night(t);
  await playOut(s, s.processor(), call('1'));
  s.users.put('bob', { xUserId: s.bobId, ...quietFor(s.clock.now(), 50) });
  const steps = await playOut(s, s.notices(), digestJobs(s)[0]!);
  assert.deepEqual(steps, [`wait ${NIGHT_MS}`, `wait ${30 * MINUTE_MS}`, 'done']);
  assert.equal((await s.inbox()).length, 1);
});

test('a digest takes the other ways too', async (t) => {
  const s = await night(t);
  const { receiver, settings } = await withWebhook(t);
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  for (const id of ['1', '2']) await playOut(s, s.processor(), call(id));
  await playOut(s, s.notices({ settings }), digestJobs(s)[0]!);
  assert.equal(receiver.received.length, 1);
  assert.deepEqual(statesOf(s), { '1': 'done by webhook', '2': 'done by webhook', [digestJobs(s)[0]!.id]: 'done by webhook' });
});

test('a storm: the first ones by themselves, all others in one digest at the end of the window', async (t) => {
  const s = await noticeStage(t);
  const storm = { messages: 3, windowMs: 900_000 };
  s.clock.advance(900_000 - (s.clock.now() % 900_000));
  const processor = s.processor({ storm });
  for (let index = 0; index < 20; index += 1) {
    await playOut(s, processor, call(`${index}`, `caller${index % 4}@example.com`));
    s.clock.advance(1_000);
  }
  assert.equal((await s.inbox()).length, 3);
  const [job, ...others] = digestJobs(s);
  assert.deepEqual([others, job!.atMs], [[], s.clock.now() - 20_000 + 900_000]);
  await playOut(s, s.notices({ storm }), job!);
  const inbox = await s.inbox();
  assert.equal(inbox.length, 4);
  assert.match(inbox[3]!, /^17 missed calls from 4 callers:\n/);
  assert.deepEqual(s.results().map(({ eventId }) => Number(eventId)).sort((a, b) => a - b), Array.from({ length: 20 }, (_, index) => index));

  s.clock.advance(900_000);
  await playOut(s, processor, call('later'));
  assert.equal((await s.inbox()).length, 5, 'it is over');
});

test('a storm that comes all at once is one too, and calls to others are not part of it', async (t) => {
  const s = await noticeStage(t);
  const processor = s.processor({ storm: { messages: 3, windowMs: 900_000 } });
  s.users.put('carol', { xUserId: (await s.control.putUser({ username: 'carol_example' })).id });
  const events = Array.from({ length: 30 }, (_, index) => missed({ eventId: `${index}`, callee: index < 27 ? 'bob' : 'carol' }));
  const outcomes = await Promise.all(events.map((event) => handled(processor, event)));
  assert.ok(outcomes.every((outcome) => typeof outcome !== 'string' && outcome.kind === 'done'));
  assert.deepEqual([(await s.inbox()).length, (await s.inbox('carol_example')).length], [3, 3]);
});

test('a message whose digest is closed already waits for the end of the window and is told then', async (t) => {
  const s = await night(t);
  await playOut(s, s.processor(), call('1'));
  const [job] = digestJobs(s);
  await s.ledger.close(job!.id, () => 'closed too early');
  const [step, end] = await playOut(s, s.processor(), call('2'));
  assert.deepEqual([step, end], [`wait ${NIGHT_MS}`, 'done']);
  await playOut(s, s.notices(), job!);
  assert.equal((await s.inbox()).length, 2);
  assert.equal(s.ledger.entries.get('2')?.digestId, undefined);
});

test('a digest that nothing has joined says nothing', async (t) => {
  const s = await noticeStage(t);
  await s.plan({ id: 'digest:bob:1', kind: 'digest', content: '' });
  assert.deepEqual(await playOut(s, s.notices(), noticeJob('digest:bob:1')), ['done']);
  assert.deepEqual([await s.inbox(), s.ledger.entries.get('digest:bob:1')?.reason], [[], 'it has nothing to tell']);
});

test('a job of a message that is in a digest sets the alarm clock again and leaves it alone', async (t) => {
  const s = await night(t);
  await playOut(s, s.processor(), call('1'));
  s.queue.added.length = 0;
  s.clock.advance(NIGHT_MS);
  assert.deepEqual(await playOut(s, s.processor(), call('1')), ['done']);
  assert.deepEqual([digestJobs(s).length, await s.inbox()], [1, []]);
  await playOut(s, s.notices(), digestJobs(s)[0]!);
  await playOut(s, s.processor(), call('1'));
  assert.equal((await s.inbox()).length, 1);
  assert.equal(s.queue.added.flat().filter(({ queue }) => queue === directMessageResult.name).length, 2, 'the result is told again');
});
