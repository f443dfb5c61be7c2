import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import { UsersTable } from '../../../src/db/tables/users.ts';
import { missedCall } from '../../../src/jobs/contract/missed-call.ts';
import { DigestTable } from '../../../src/db/tables/digests.ts';
import { setUpChannels } from '../../../src/workers/delivery/channels/set-up.ts';
import type { DeliveryWorkerOptions } from '../../../src/workers/delivery/delivery-worker.ts';
import { DirectMessageWorker } from '../../../src/workers/delivery/direct-message-worker.ts';
import { PacedX, type XSending } from '../../../src/workers/delivery/paced-x.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { until } from '../../jobs/until.ts';
import { jobOf, missed, NO_STORM, ONLY_X, portOf, stage, TIMINGS, type Stage } from './stage.ts';

const { db } = await withDatabase();

function start(t: TestContext, s: Stage, { x: port = s.x, ...change }: Partial<Omit<DeliveryWorkerOptions, 'x'>> & { x?: XSending } = {}): DirectMessageWorker {
  const x = new PacedX(port, s.clock);
  const worker = new DirectMessageWorker({
    queue: s.queue,
    ledger: s.ledger,
    digests: s.ledger,
    users: s.users,
    x,
    channels: setUpChannels({ x, settings: ONLY_X, timeoutMs: 10_000, clock: s.clock }),
    meter: { attribute: (_id, work) => work() },
    storm: NO_STORM,
    clock: s.clock,
    logger: silentLogger,
    counters: new Counters(),
    concurrency: 5,
    stopMs: 1_000,
    timeZone: 'UTC',
    timings: TIMINGS,
    ...change,
  });
  worker.start();
  t.after(() => worker.stop());
  return worker;
}

const completed = async (s: Stage) => (await s.queue.counts(missedCall.name)).completed;

test('fifty events, three workers on PostgreSQL: fifty messages and results, none twice', async (t) => {
  const s = await stage(t);
  const users = new UsersTable(db);
  await users.add({ sipUser: 'bob', xUser: 'bob_example' });
  await users.add({ sipUser: 'carol', xUser: 'carol_example' });
  const events = Array.from({ length: 50 }, (_, index) =>
    missed({ eventId: `missed-call:${index}`, callee: index % 2 === 0 ? 'bob' : 'carol' }),
  );
  for (let index = 0; index < 3; index += 1) start(t, s, { ledger: new LedgerTable(db), digests: new DigestTable(db), users });
  await s.queue.addBatch(events.map(jobOf));
  await until('all are through', async () => (await completed(s)) === 50);

  const texts = [...(await s.inbox('bob_example')), ...(await s.inbox('carol_example'))];
  assert.deepEqual([texts.length, new Set(texts).size], [50, 50]);
  const rows = await new LedgerTable(db).listByState('done');
  assert.deepEqual(new Set(rows.map(({ content }) => content)), new Set(texts));
  assert.equal(new Set(rows.map(({ remoteId }) => remoteId)).size, 50);
  assert.deepEqual(s.results().map(({ eventId }) => eventId).sort(), events.map(({ eventId }) => eventId).sort());
});

test('an outage of X: all wait, and each is sent once when it is over', async (t) => {
  const s = await stage(t);
  await s.control.fault({ kind: 'server-error', status: 503, times: 24 });
  start(t, s);
  await s.queue.addBatch(Array.from({ length: 8 }, (_, index) => jobOf(missed({ eventId: `${index}` }))));
  await until('all are through', async () => {
    const { active, waiting, completed } = await s.queue.counts(missedCall.name);
    if (active + waiting === 0) s.clock.advance(10_000);
    return completed === 8;
  });
  assert.equal((await s.inbox()).length, 8);
});

test('no credits: the queue is paused, nothing is tried meanwhile, then all go out', async (t) => {
  const s = await stage(t);
  s.users.put('bob', { xUserId: (await s.control.putUser({ username: 'bob_example' })).id });
  await s.control.fault({ kind: 'payment-required', method: 'POST', times: 1 });
  start(t, s, { concurrency: 1 });
  await s.queue.addBatch(Array.from({ length: 5 }, (_, index) => jobOf(missed({ eventId: `${index}` }))));
  await until('it is paused', () => s.queue.isPaused(missedCall.name));
  await until('the job is back', async () => (await s.queue.counts(missedCall.name)).active === 0);
  assert.equal((await s.queue.counts(missedCall.name)).waiting, 5);
  assert.equal((await s.control.requests()).length, 1);
  s.clock.advance(TIMINGS.pauseMs);
  await until('all are through', async () => (await completed(s)) === 5);
  assert.equal((await s.inbox()).length, 5);
});

test('a worker that starts ends the pause that another one left behind', async (t) => {
  const s = await stage(t);
  await s.queue.pause(missedCall.name);
  await s.queue.addBatch([jobOf(missed())]);
  start(t, s);
  await until('it is through', async () => (await completed(s)) === 1);
});

test('what is not a missed call is a dead letter, and the queue goes on', async (t) => {
  const s = await stage(t);
  start(t, s, { concurrency: 1 });
  await s.queue.addBatch([{ ...jobOf(missed()), id: 'bad', data: 'bad' }, jobOf(missed())]);
  await until('the good one is through', async () => (await completed(s)) === 1);
  const [letter] = await s.queue.deadLetters(missedCall.name, 10);
  assert.equal(letter?.id, 'bad');
  assert.match(letter!.reason, /^payload: not JSON/);
});

test('stop ends the message that is being sent, takes no other, and leaves it to the next worker', async (t) => {
  const s = await stage(t);
  s.users.put('bob', { xUserId: (await s.control.putUser({ username: 'bob_example' })).id });
  let letGo!: () => void;
  let sending = false;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const slow = portOf(s, {
    async sendDirectMessage(message) {
      sending = true;
      await gate;
      return s.x.sendDirectMessage(message);
    },
  });
  const worker = start(t, s, { x: slow, concurrency: 1 });
  await s.queue.addBatch([jobOf(missed({ eventId: 'one' })), jobOf(missed({ eventId: 'two' }))]);
  await until('it is being sent', () => sending);
  const stopped = worker.stop();
  letGo();
  await stopped;
  assert.deepEqual([s.ledger.entries.get('one')?.state, s.ledger.entries.has('two')], ['done', false]);
  assert.equal(s.results().length, 1);
  start(t, s);
  await until('the other is through', async () => (await completed(s)) === 2);
  assert.equal((await s.inbox()).length, 2);
});
