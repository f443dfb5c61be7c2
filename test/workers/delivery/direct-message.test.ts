import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLines } from '../../jobs/log-lines.ts';
import { handled, missed, playOut, portOf, runningJob, stage } from './stage.ts';

test('a missed call becomes one message, a ledger row with its id at X, and one result', async (t) => {
  const s = await stage(t);
  const event = missed();
  assert.deepEqual(await playOut(s, s.processor(), event), ['done']);

  const [text, ...others] = await s.inbox();
  assert.deepEqual(others, []);
  assert.match(text!, /^Missed call from "Alice" <alice@example\.com> at 14:05 UTC \(Sun 22 Nov\): no answer · ref [0-9a-z]{8}$/);
  const row = s.ledger.entries.get(event.eventId)!;
  const [message] = await s.control.inbox('bob_example');
  assert.deepEqual([row.state, row.attempt, row.content, row.remoteId, row.callId], ['done', 1, text, message!.id, 'c1@a']);
  assert.deepEqual(s.results(), [
    { v: 1, eventId: event.eventId, state: 'done', reason: '', remoteId: message!.id, at: row.updatedAt.getTime() },
  ]);
});

test('the time of a result is the time at which the message ended', async (t) => {
  const s = await stage(t);
  const slow = portOf(s, { sendDirectMessage: (message) => (s.clock.advance(2_000), s.x.sendDirectMessage(message)) });
  const startMs = s.clock.now();
  await playOut(s, s.processor({ x: slow }), missed());
  assert.equal(s.results()[0]?.at, startMs + 2_000);
});

test('the id of the X user is asked for once and kept with the mapping', async (t) => {
  const s = await stage(t);
  const processor = s.processor();
  for (const eventId of ['one', 'two', 'three']) await playOut(s, processor, missed({ eventId }));
  const lookups = (await s.control.requests()).filter(({ target }) => target.includes('/users/by/username/'));
  assert.equal(lookups.length, 1);
  const bob = (await s.control.users()).find(({ username }) => username === 'bob_example');
  assert.equal(s.users.rows.get('bob')?.xUserId, bob?.id);
});

test('the text is in the language and the time zone of its reader', async (t) => {
  const s = await stage(t);
  s.users.put('bob', { locale: 'de-AT', timeZone: 'Europe/Vienna' });
  await playOut(s, s.processor(), missed({ cause: 'busy' }));
  const [text] = await s.inbox();
  assert.match(text!, /^Verpasster Anruf von "Alice" <alice@example\.com> um 15:05 Uhr \(So, 22\.11\.\): besetzt · ref /);
});

test('the time zone of the installation is for readers who never chose one', async (t) => {
  const s = await stage(t);
  s.users.put('carol', { timeZone: 'Etc/UTC' });
  const processor = s.processor({ timeZone: 'America/New_York' });
  await playOut(s, processor, missed({ eventId: 'one' }));
  await playOut(s, processor, missed({ eventId: 'two', callee: 'carol' }));
  assert.match((await s.inbox())[0]!, / at 09:05 \(/);
  assert.match((await s.inbox('carol_example'))[0]!, / at 14:05 UTC \(/);
});

const UNTOLD = [
  {
    title: 'a callee who is not mapped',
    event: missed({ callee: 'nobody' }),
    reason: 'SIP user "nobody" is not mapped to an X user',
  },
  {
    title: 'a callee who switched messages off',
    event: missed({ callee: 'quiet' }),
    reason: '"quiet" wants no messages about missed calls',
  },
  {
    title: 'an X user who does not exist',
    event: missed(),
    reason: 'X knows no user "@bob_example"',
  },
  {
    title: 'a mapping to what cannot be the name of an X user',
    event: missed({ callee: 'odd' }),
    reason: /^X does not tell who "@not a name" is: Not a handle/,
  },
];

for (const { title, event, reason } of UNTOLD) {
  test(`${title} is refused with the reason in ledger and result, and nothing is sent`, async (t) => {
    const s = await stage(t, { autoCreateUsers: false });
    s.users.put('quiet', { notify: false });
    s.users.put('odd', { xUser: 'not a name' });
    assert.deepEqual(await playOut(s, s.processor(), event), ['done']);
    const row = s.ledger.entries.get(event.eventId)!;
    assert.deepEqual([row.state, row.recipient], ['refused', `sip:${event.callee}@example.com`]);
    if (typeof reason === 'string') assert.equal(row.reason, reason);
    else assert.match(row.reason!, reason);
    assert.deepEqual(s.results().map((result) => [result.state, result.reason]), [['refused', row.reason]]);
    assert.equal((await s.control.requests()).filter(({ method }) => method === 'POST').length, 0);
  });
}

test('an X account that is mapped to another SIP user already is not written to', async (t) => {
  const s = await stage(t);
  await playOut(s, s.processor(), missed({ eventId: 'one' }));
  s.users.put('eve', { xUser: 'BOB_example' });
  await playOut(s, s.processor(), missed({ eventId: 'two', callee: 'eve' }));
  const row = s.ledger.entries.get('two')!;
  assert.equal(row.state, 'refused');
  assert.match(row.reason!, /mapped to another SIP user/);
  assert.equal((await s.inbox()).length, 1);
});

test('who is mapped to another account while a message waits gets it neither here nor there', async (t) => {
  const s = await stage(t);
  await s.control.fault({ kind: 'rate-limited', method: 'POST' });
  const first = await handled(s.processor(), missed());
  assert.equal(typeof first === 'string' ? first : first.kind, 'retry-at');
  s.users.put('bob', { xUser: 'other_bob' });
  s.clock.advance(900_000);
  await playOut(s, s.processor(), missed());
  assert.equal(s.ledger.entries.get(missed().eventId)?.state, 'refused');
  assert.deepEqual([await s.inbox(), await s.inbox('other_bob')], [[], []]);
});

test('who switches messages off while one waits gets none', async (t) => {
  const s = await stage(t);
  await s.control.fault({ kind: 'server-error', status: 503, method: 'POST' });
  assert.equal(typeof (await handled(s.processor(), missed())), 'string');
  s.users.put('bob', { notify: false });
  assert.deepEqual(await playOut(s, s.processor(), missed()), ['done']);
  assert.equal(s.ledger.entries.get(missed().eventId)?.reason, '"bob" wants no messages about missed calls');
  assert.deepEqual(await s.inbox(), []);
});

const RUBBISH = [
  ['{"caller":', /not JSON/],
  ['[]', /payload: /],
  [JSON.stringify({ ...missed(), cause: 'bored' }), /^cause: /],
  [JSON.stringify({ ...missed(), at: 1_700_000_000 }), /^at: not between 2020 and 2200/],
  [JSON.stringify({ ...missed(), v: 2 }), /^v: /],
  [JSON.stringify(missed({ eventId: 'nul\0' })), /NUL/],
  [JSON.stringify(missed({ callId: 'nul\0' })), /NUL/],
  ['x'.repeat(20_000), /at most 16384/],
] as const;

for (const [data, reason] of RUBBISH) {
  test(`a payload like ${data.slice(0, 40)} (${reason.source}) is a dead letter that says why`, async (t) => {
    const s = await stage(t);
    const outcome = await s.processor().handle({ ...runningJob(missed()), data });
    assert.equal(outcome.kind, 'dead');
    assert.match((outcome as { reason: string }).reason, reason);
    assert.equal(s.ledger.entries.size, 0);
    assert.deepEqual(s.results(), []);
  });
}

test('a call nobody could make up is rendered in one harmless line and arrives', async (t) => {
  const s = await stage(t);
  const callerName = 'Mum" <mum@home>\r\nat 09:00\u202e\u0000 http://evil.example/login';
  assert.deepEqual(await playOut(s, s.processor(), missed({ callerName, callee: 'bob' })), ['done']);
  const [text] = await s.inbox();
  assert.match(text!, /^Missed call from "Mum' mum@home at 09:00 http:\/\/evil\. example\/login" <alice@example\.com> at 14:05/);
});

test('log lines carry event and call, and never the text of the message', async (t) => {
  const logger = new LogLines();
  const tagged: unknown[] = [];
  logger.child = (fields?: unknown) => (tagged.push(fields), logger);
  const s = await stage(t, { logger });
  await playOut(s, s.processor(), missed());
  assert.deepEqual(tagged, [{ eventId: 'missed-call:c1@a', callId: 'c1@a' }]);
  assert.deepEqual(logger.lines, ['info Direct message sent']);
  assert.doesNotMatch(JSON.stringify(logger.fields), /Missed call from/);
});

test('the counters tell how messages ended', async (t) => {
  const s = await stage(t);
  const processor = s.processor();
  await playOut(s, processor, missed({ eventId: 'one' }));
  await playOut(s, processor, missed({ eventId: 'two', callee: 'nobody' }));
  await processor.handle({ ...runningJob(missed()), data: '' });
  const values = Object.fromEntries(s.counters.all().map(({ name, value }) => [name.split('.').pop(), value]));
  assert.deepEqual(values, { done: 1, refused: 1, parked: 0, found: 0, 'passed-on': 0, held: 0, retries: 0, waits: 0, pauses: 0, rejected: 1 });
});
