/** Planned messages: which way they go, and who gets them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notice } from '../../../src/jobs/contract/notice.ts';
import { bearsReference } from '../../../src/workers/render/reference.ts';
import { XFailure } from '../../../src/x/port.ts';
import { noticeJob, noticeStage, statesOf, withWebhook } from './notice-stage.ts';
import { ONLY_X, handled, missed, playOut, portOf, SHORT_CALL_MS, TIMINGS } from './stage.ts';
import { json, startReceiver } from './channels/receiver.ts';

const LAST = notice.retry.attempts;

test('an answer to a post stands under it, with its reference, and the row says so', async (t) => {
  const s = await noticeStage(t);
  const job = await s.plan({ replyTo: s.mention });
  assert.deepEqual(await playOut(s, s.notices(), job), ['done']);
  const [reply, ...others] = await s.replies();
  assert.deepEqual(others, []);
  assert.ok(reply!.startsWith('Calling @alice') && bearsReference(reply!, 'answer:1'));
  const row = s.ledger.entries.get('answer:1')!;
  assert.deepEqual([row.state, row.channel, row.reason, row.remoteId], ['done', 'reply', undefined, (await s.control.posts()).at(-1)!.id]);
  assert.deepEqual(await s.inbox(), []);
  assert.deepEqual(s.results(), [], 'the script has not produced it and is told nothing');
});

test('an answer to a direct message is one', async (t) => {
  const s = await noticeStage(t);
  assert.deepEqual(await playOut(s, s.notices(), await s.plan()), ['done']);
  assert.deepEqual([(await s.inbox()).length, await s.replies(), statesOf(s)], [1, [], { 'answer:1': 'done by dm' }]);
});

test('an answer that may not stand under the post goes as a direct message, and the refusal is kept', async (t) => {
  const s = await noticeStage(t);
  const job = await s.plan({ replyTo: s.other });
  assert.deepEqual(await playOut(s, s.notices(), job), ['done']);
  const row = s.ledger.entries.get('answer:1')!;
  assert.deepEqual([row.state, row.channel], ['done', 'dm']);
  assert.match(row.refusals['reply']!, /^Reply to this conversation is not allowed because/);
  assert.match(row.reason!, /^refused before: reply: Reply to this conversation/);
  assert.equal((await s.inbox()).length, 1);
});

const PRIVATE = [
  ['outcome', 'Alice was busy'],
  ['reminder', 'call mum about the tests'],
] as const;

for (const [kind, content] of PRIVATE) {
  test(`${kind}: a direct message; when X refuses it, a hint under the post that gives nothing away`, async (t) => {
    const s = await noticeStage(t);
    assert.deepEqual(await playOut(s, s.notices(), await s.plan({ id: 'one', kind, content, replyTo: s.mention })), ['done']);
    assert.ok((await s.inbox())[0]!.startsWith(content));

    await s.control.putUser({ username: 'bob_example', acceptsDms: false });
    assert.deepEqual(await playOut(s, s.notices(), await s.plan({ id: 'two', kind, content, replyTo: s.mention })), ['done']);
    const [hint, ...others] = await s.replies();
    assert.deepEqual([others, statesOf(s)['two']], [[], 'done by reply']);
    assert.match(hint!, /^I have news for you, but X does not let me send you a direct message\./);
    for (const word of content.split(' ')) assert.equal(hint!.split(/[\s.,]+/).includes(word) && word.length > 3, false, word);
  });
}

test('a hint is in the language of its reader, and two hints are not the same text', async (t) => {
  const s = await noticeStage(t);
  s.users.put('bob', { xUserId: s.bobId, linkedAt: new Date(0), locale: 'de' });
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  for (const id of ['one', 'two']) await playOut(s, s.notices(), await s.plan({ id, kind: 'outcome', replyTo: s.mention }));
  const hints = await s.replies();
  assert.match(hints[0]!, /^Ich habe etwas für dich/);
  assert.deepEqual([hints.length, new Set(hints).size], [2, 2]);
});

test('what X does not take at all goes to the webhook, whole, with what the other ways said', async (t) => {
  const s = await noticeStage(t);
  const { receiver, settings } = await withWebhook(t);
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  const job = await s.plan({ kind: 'reminder', content: 'call mum', replyTo: s.other });
  assert.deepEqual(await playOut(s, s.notices({ settings }), job), ['done']);
  const { data } = JSON.parse(receiver.received[0]!.body) as { data: { text: string; refusals: Record<string, string> } };
  assert.deepEqual([data.text, Object.keys(data.refusals)], ['call mum', ['dm', 'reply']]);
  assert.deepEqual([receiver.received.length, statesOf(s)], [1, { 'answer:1': 'done by webhook' }]);
});

test('Mastodon comes before the webhook, for who has named an account', async (t) => {
  const s = await noticeStage(t);
  const { receiver, settings } = await withWebhook(t);
  const mastodon = await startReceiver(t);
  mastodon.answer = json(200, { id: '55', mentions: [{ acct: 'bob' }] });
  const all = { ...settings, mastodonUrl: mastodon.url, mastodonToken: 'secret' };
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  await playOut(s, s.notices({ settings: all }), await s.plan({ id: 'one', kind: 'outcome' }));
  s.users.put('bob', { xUserId: s.bobId, linkedAt: new Date(0), mastodon: 'bob@social.example' });
  await playOut(s, s.notices({ settings: all }), await s.plan({ id: 'two', kind: 'outcome' }));
  assert.deepEqual(statesOf(s), { one: 'done by webhook', two: 'done by mastodon' });
  assert.deepEqual([receiver.received.length, mastodon.received.length, s.ledger.entries.get('two')?.remoteId], [1, 1, '55']);
});

test('refused on every way: the end, with each reason', async (t) => {
  const s = await noticeStage(t);
  const { receiver, settings } = await withWebhook(t);
  receiver.answer = json(410, {});
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  assert.deepEqual(await playOut(s, s.notices({ settings }), await s.plan({ replyTo: s.other })), ['done']);
  const { state, reason } = s.ledger.entries.get('answer:1')!;
  assert.equal(state, 'refused');
  assert.match(reason!, /^dm: You do not have permission .*; reply: Reply to this .*; webhook: 127\.0\.0\.1:\d+ answered 410$/);
});

test('a webhook that is away is tried again, without asking X once more', async (t) => {
  const s = await noticeStage(t);
  const { receiver, settings } = await withWebhook(t);
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  receiver.answer = json(503, {});
  const job = await s.plan({ kind: 'outcome' });
  assert.equal(await handled(s.notices({ settings }), job), `${new URL(receiver.url).host} answered 503`);
  const asked = (await s.control.requests()).length;
  receiver.answer = json(200, {});
  assert.deepEqual(await playOut(s, s.notices({ settings }), job), ['done']);
  assert.equal((await s.control.requests()).length, asked);
  assert.deepEqual(receiver.received.map(({ headers }) => headers['webhook-id']), ['answer:1', 'answer:1']);
});

test('X away to the last attempt: the ways left are tried once each', async (t) => {
  const s = await noticeStage(t);
  const { receiver, settings } = await withWebhook(t);
  await s.control.fault({ kind: 'server-error', status: 503, method: 'POST', times: 100 });
  const steps = await playOut(s, s.notices({ settings }), await s.plan({ replyTo: s.mention }));
  assert.deepEqual(steps, [...Array<string>(LAST - 1).fill('failed'), 'done']);
  const { state, channel, refusals } = s.ledger.entries.get('answer:1')!;
  assert.deepEqual([state, channel, receiver.received.length], ['done', 'webhook', 1]);
  assert.match(refusals['reply']!, /^given up after 15 attempts: X answered 503/);
  assert.match(refusals['dm']!, /^given up after 15 attempts: X answered 503/);
});

test('everything away to the last attempt: refused with all reasons, and a dead letter', async (t) => {
  const s = await noticeStage(t);
  const { receiver, settings } = await withWebhook(t);
  receiver.answer = json(500, {});
  await s.control.fault({ kind: 'server-error', status: 503, method: 'POST', times: 100 });
  const steps = await playOut(s, s.notices({ settings }), await s.plan({ replyTo: s.mention }));
  assert.deepEqual([steps.length, steps.at(-1)], [LAST, 'dead']);
  assert.deepEqual([statesOf(s), receiver.received.length], [{ 'answer:1': 'refused by webhook' }, 1]);
});

for (const kind of ['drop-after-accept', 'hang-after-accept'] as const) {
  test(`a reply of unknown fate that X has (${kind}): sent again, X knows it, one reply`, async (t) => {
    const s = await noticeStage(t, { callMs: kind.startsWith('hang') ? SHORT_CALL_MS : 10_000 });
    await s.control.fault({ kind, method: 'POST', path: '/2/tweets' });
    const steps = await playOut(s, s.notices(), await s.plan({ replyTo: s.mention }));
    assert.equal(steps[0], 'failed');
    assert.deepEqual([steps.at(-1), (await s.replies()).length, statesOf(s)], ['done', 1, { 'answer:1': 'done by reply' }]);
    assert.deepEqual(await s.inbox(), []);
  });
}

test('a reply of unknown fate that X does not have: sent again, no sooner than any send may last and settle', async (t) => {
  const s = await noticeStage(t);
  await s.control.fault({ kind: 'drop', method: 'POST', path: '/2/tweets' });
  const startMs = s.clock.now();
  await playOut(s, s.notices(), await s.plan({ replyTo: s.mention }));
  assert.equal((await s.replies()).length, 1);
  assert.ok(s.clock.now() - startMs >= TIMINGS.claimMs + TIMINGS.callMs + TIMINGS.settleMs);
});

test('a reply of unknown fate too long ago: parked, since X may have forgotten it', async (t) => {
  const s = await noticeStage(t);
  await s.control.fault({ kind: 'drop-after-accept', method: 'POST', path: '/2/tweets' });
  const job = await s.plan({ replyTo: s.mention });
  await handled(s.notices(), job);
  s.clock.advance(3_700_000);
  assert.deepEqual(await playOut(s, s.notices(), job), ['done']);
  const { state, reason } = s.ledger.entries.get('answer:1')!;
  assert.deepEqual([state, reason], ['parked', 'nobody knows whether it was sent: it is too long ago to send it again']);
});

test('a way that is not set up any more while a message is on it: parked', async (t) => {
  const s = await noticeStage(t);
  const { settings } = await withWebhook(t);
  await s.control.putUser({ username: 'bob_example', acceptsDms: false });
  const job = await s.plan({ kind: 'outcome' });
  const { finish } = s.ledger;
  s.ledger.finish = () => Promise.reject(new Error('a bug'));
  await handled(s.notices({ settings }), job);
  s.ledger.finish = finish;
  assert.equal(s.ledger.entries.get('answer:1')?.state, 'sending');
  s.clock.advance(120_000);
  await playOut(s, s.notices({ settings: ONLY_X }), job);
  assert.equal(s.ledger.entries.get('answer:1')?.reason, 'nobody knows whether it was sent: "webhook" is not set up any more');
});

test('a text that is too long for a post is cut and keeps its reference', async (t) => {
  const s = await noticeStage(t);
  await playOut(s, s.notices(), await s.plan({ replyTo: s.mention, content: 'word '.repeat(200) }));
  const [reply] = await s.replies();
  assert.ok([...reply!].length <= 280 && bearsReference(reply!, 'answer:1'));
});

const UNTOLD = [
  ['outcome', { linkedAt: undefined }, '"bob" is not linked to that X account any more'],
  ['reminder', { linkedAt: undefined }, '"bob" is not linked to that X account any more'],
  ['reminder', { xUserId: '4711' }, '"bob" is not linked to that X account any more'],
  ['direct-message', { notify: false }, '"bob" wants no messages about missed calls'],
  ['instant-message', { notify: false }, '"bob" wants no messages about missed calls'],
  ['digest', { notify: false }, '"bob" wants no messages about missed calls'],
] as const;

for (const [kind, change, reason] of UNTOLD) {
  test(`${kind}: nothing to who is ${JSON.stringify(change)} when it would be sent`, async (t) => {
    const s = await noticeStage(t);
    const { receiver, settings } = await withWebhook(t);
    const job = await s.plan({ kind });
    s.users.put('bob', { xUserId: s.bobId, linkedAt: new Date(0), ...change });
    assert.deepEqual(await playOut(s, s.notices({ settings }), job), ['done']);
    assert.deepEqual([s.ledger.entries.get('answer:1')?.state, s.ledger.entries.get('answer:1')?.reason], ['refused', reason]);
    assert.deepEqual([await s.inbox(), receiver.received.length], [[], 0]);
  });
}

for (const kind of ['answer', 'farewell']) {
  test(`${kind}: told to who is not linked, or nobody of ours: it answers his own words`, async (t) => {
    const s = await noticeStage(t);
    s.users.put('bob', { xUserId: s.bobId, notify: false });
    await playOut(s, s.notices(), await s.plan({ id: 'one', kind }));
    s.users.rows.clear();
    await s.ledger.plan({ id: 'two', kind, recipient: s.bobId, content: 'Who are you?' });
    await playOut(s, s.notices(), noticeJob('two'));
    assert.equal((await s.inbox()).length, 2);
  });
}

test('who wants no missed calls is still told what he has asked for', async (t) => {
  const s = await noticeStage(t);
  s.users.put('bob', { xUserId: s.bobId, linkedAt: new Date(0), notify: false });
  await playOut(s, s.notices(), await s.plan({ kind: 'reminder' }));
  assert.equal((await s.inbox()).length, 1);
});

test('held at the gate: the row says why and until when, and nothing is claimed', async (t) => {
  const s = await noticeStage(t);
  const untilMs = s.clock.now() + 30_000;
  const job = await s.plan();
  const outcome = await handled(s.notices({ gate: { held: async () => ({ untilMs, reason: 'the budget is spent' }) } }), job, LAST);
  assert.deepEqual(outcome, { kind: 'retry-at', atMs: untilMs, reason: 'the budget is spent' });
  const row = s.ledger.entries.get('answer:1')!;
  assert.deepEqual([row.state, row.attempt, row.reason, row.notBefore?.getTime()], ['planned', 0, 'the budget is spent', untilMs]);
  assert.deepEqual(await playOut(s, s.notices(), job), ['wait 30000', 'done']);
});

test('a missed call behind a closed gate asks X for nothing, not even who that is', async (t) => {
  const s = await noticeStage(t);
  const gate = { held: async () => ({ untilMs: s.clock.now() + 30_000, reason: 'switched off' }) };
  s.users.put('bob');
  const before = (await s.control.requests()).length;
  const outcome = await handled(s.processor({ gate }), missed(), LAST);
  assert.ok(typeof outcome !== 'string' && outcome.kind === 'retry-at');
  assert.equal((await s.control.requests()).length, before);
});

test('a spent budget stops an answer and lets the farewell through', async (t) => {
  const s = await noticeStage(t);
  const gate = {
    held: async ({ essential = false } = {}) => (essential ? undefined : { untilMs: s.clock.now() + 30_000, reason: 'spent' }),
  };
  const answer = await handled(s.notices({ gate }), await s.plan({ id: 'one' }));
  assert.ok(typeof answer !== 'string' && answer.kind === 'retry-at');
  s.clock.advance(1);
  await s.plan({ id: 'two', kind: 'farewell', content: 'You will not hear from me again' });
  assert.deepEqual(await handled(s.notices({ gate }), noticeJob('two')), { kind: 'done' });
  assert.deepEqual((await s.inbox()).map((text) => text.slice(0, 8)), ['You will']);
});

test('answers to one person go in the order in which they were planned, whichever job comes first', async (t) => {
  const s = await noticeStage(t);
  const jobs = [];
  for (const id of ['c', 'b', 'a']) jobs.push(await s.plan({ id, content: `answer ${id}` }));
  const processor = s.notices();
  const left = new Set(jobs.reverse());
  for (let rounds = 0; left.size > 0 && rounds < 10; rounds += 1) {
    for (const job of left) {
      const outcome = await handled(processor, job);
      if (typeof outcome !== 'string' && outcome.kind === 'done') left.delete(job);
    }
    s.clock.advance(500);
  }
  assert.deepEqual((await s.inbox()).map((text) => text.slice(0, 8)), ['answer c', 'answer b', 'answer a']);
});

test('an answer that was put off goes before the next one when the time has come, whichever job is first', async (t) => {
  const s = await noticeStage(t);
  const untilMs = s.clock.now() + 30_000;
  const gate = { held: async () => (s.clock.now() < untilMs ? { untilMs, reason: 'the budget of the day is spent' } : undefined) };
  const [first, second] = [await s.plan({ id: 'first', content: 'answer 1' }), await s.plan({ id: 'second', content: 'answer 2' })];
  const processor = s.notices({ gate });
  await handled(processor, first);
  assert.deepEqual(await handled(processor, second), { kind: 'retry-at', atMs: untilMs, reason: 'after first' }, 'it does not ask every half second');
  s.clock.advance(30_000);
  assert.equal((await handled(processor, second) as { kind: string }).kind, 'retry-at');
  assert.deepEqual(await handled(processor, first), { kind: 'done' });
  s.clock.advance(500);
  assert.deepEqual(await handled(processor, second), { kind: 'done' });
  assert.deepEqual((await s.inbox()).map((text) => text.slice(0, 8)), ['answer 1', 'answer 2']);
});

test('an answer that is stuck holds the next one up for a quarter of an hour and no longer', async (t) => {
  const s = await noticeStage(t);
  await s.plan({ id: 'stuck' });
  const next = await s.plan({ id: 'next' });
  const startMs = s.clock.now();
  for (let outcome = await handled(s.notices(), next); typeof outcome !== 'string' && outcome.kind === 'retry-at'; outcome = await handled(s.notices(), next)) {
    s.clock.advance(60_000);
  }
  assert.deepEqual([statesOf(s)['next'], s.clock.now() - startMs], ['done by dm', 900_000]);
});

test('an answer does not wait for one to somebody else, nor for a message that is none', async (t) => {
  const s = await noticeStage(t);
  await s.plan({ id: 'other', recipient: '4711' });
  await s.plan({ id: 'outcome', kind: 'outcome' });
  assert.deepEqual(await handled(s.notices(), await s.plan({ id: 'own' })), { kind: 'done' });
});

test('a job whose row is not there is a dead letter that says so; rubbish is one too', async (t) => {
  const s = await noticeStage(t);
  assert.deepEqual(await handled(s.notices(), noticeJob('unknown')), { kind: 'dead', reason: 'there is no such row in the ledger' });
  for (const data of ['', '{}', '{"id":"x\\u0000"}']) assert.equal(((await handled(s.notices(), { ...noticeJob('x'), data })) as { kind: string }).kind, 'dead');
});

test('a job that comes again when all is over sends nothing', async (t) => {
  const s = await noticeStage(t);
  const job = await s.plan({ replyTo: s.mention });
  for (let times = 0; times < 3; times += 1) await playOut(s, s.notices(), job);
  assert.equal((await s.replies()).length, 1);
});

test('no credits pause the queue of the notices', async (t) => {
  const s = await noticeStage(t);
  const paused: string[] = [];
  const x = portOf(s, { sendDirectMessage: () => Promise.reject(new XFailure('payment', 'no credits')) });
  const outcome = await handled(s.notices({ x, pause: { pause: async (reason) => void paused.push(reason) } }), await s.plan());
  assert.deepEqual([outcome, paused, statesOf(s)], [{ kind: 'release' }, ['no credits'], { 'answer:1': 'planned by dm' }]);
});
