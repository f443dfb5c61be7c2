import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { BatchedLedger, BatchedUsers } from '../../src/db/batched-tables.ts';
import { UsersTable } from '../../src/db/tables/users.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { until } from '../jobs/until.ts';
import { withDatabase } from './embedded-database.ts';

const { db } = await withDatabase();
/** The statements about these tables since the test began. */
let statements: string[] = [];
db.on('query', ({ sql }: { sql: string }) => {
  if (/\b(?:ledger|sipweetusers)\b/.test(sql)) statements.push(sql);
});

beforeEach(async () => {
  await db('ledger').delete();
  await db('sipweetusers').delete();
  statements = [];
});

const EFFECT = { kind: 'direct-message', recipient: '1001', content: 'text', callId: 'c@a' };
const IDS = Array.from({ length: 30 }, (_, index) => `effect ${index}`);
/** No text of PostgreSQL holds it. */
const NUL = '\0';

describe('the ledger of many jobs', () => {
  test('a step of thirty jobs at once is one statement, and each job gets the answer that is its own', async () => {
    const ledger = new BatchedLedger(db, new VirtualClock());
    const planned = await Promise.all(IDS.map((id) => ledger.plan({ ...EFFECT, id, content: `text of ${id}` })));
    assert.deepEqual(planned.map(({ id, content }) => [id, content]), IDS.map((id) => [id, `text of ${id}`]));
    assert.equal(statements.length, 1);

    const claims = await Promise.all(IDS.map((id) => ledger.claim(id, id === 'effect 7' ? 'reply' : 'dm')));
    assert.deepEqual(claims.map((claim) => [claim?.id, claim?.channel]), IDS.map((id) => [id, id === 'effect 7' ? 'reply' : 'dm']));
    assert.equal(statements.length, 2);

    const ended = await Promise.all(claims.map((claim, index) => ledger.finish(claim!, index === 7 ? { state: 'refused', reason: 'no' } : { state: 'done', remoteId: `${index}` })));
    assert.deepEqual(ended.map((entry) => [entry?.state, entry?.remoteId]), IDS.map((_, index) => (index === 7 ? ['refused', undefined] : ['done', `${index}`])));
    assert.equal(statements.length, 3);

    const found = await Promise.all(['nobody', ...IDS].map((id) => ledger.find(id)));
    assert.deepEqual(found.map((entry) => entry?.id), [undefined, ...IDS]);
    assert.equal(statements.length, 4);
  });

  test('messages of a user are counted for each of several at once, whatever the window', async () => {
    const ledger = new BatchedLedger(db, new VirtualClock());
    for (const id of ['a', 'b', 'c']) await ledger.plan({ ...EFFECT, id, sipUser: 'bob' });
    await db.raw(`update ledger set created_at = created_at - interval '2 minutes' where id = 'a'`);
    const count = (windowMs: number) => Promise.all(['a', 'b', 'c'].map((id) => ledger.countBefore(id, windowMs)));
    assert.deepEqual(await Promise.all([count(60_000), count(600_000)]), [[0, 0, 1], [0, 1, 2]]);
  });

  test('of twenty jobs that claim the same message at once one gets it', async () => {
    const ledger = new BatchedLedger(db, new VirtualClock());
    await ledger.plan({ ...EFFECT, id: 'one' });
    const claims = await Promise.all(Array.from({ length: 20 }, () => ledger.claim('one')));
    assert.equal(claims.filter((claim) => claim !== undefined).length, 1);
    assert.equal((await ledger.find('one'))?.attempt, 1);
  });

  test('what PostgreSQL refuses of one job is refused to that one only', async () => {
    const ledger = new BatchedLedger(db, new VirtualClock());
    const plans = await Promise.allSettled(['good', 'bad', 'fine'].map((id) => ledger.plan({ ...EFFECT, id, content: id === 'bad' ? NUL : id })));
    assert.deepEqual(plans.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
    assert.deepEqual((await db('ledger').select('content').orderBy('content')).map(({ content }: { content: string }) => content), ['fine', 'good']);
  });

  test('a statement that waits for a lock delays what it does, and not what comes behind it', async (t) => {
    const clock = new VirtualClock();
    const ledger = new BatchedLedger(db, clock);
    for (const id of ['held', 'free']) await ledger.plan({ ...EFFECT, id });
    const trx = await db.transaction();
    t.after(() => trx.isCompleted() || trx.rollback());
    await trx.raw(`select 1 from ledger where id = 'held' for update`);

    let held = false;
    const late = ledger.claim('held').finally(() => (held = true));
    await until('it waits', async () => (await db.raw<{ rows: unknown[] }>(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rows.length > 0);
    const next = ledger.claim('free');
    clock.advance(100);
    assert.equal((await next)?.state, 'sending');
    assert.equal(held, false);
    await trx.rollback();
    assert.equal((await late)?.state, 'sending');
  });
});

describe('the users of many jobs', () => {
  test('those whom thirty jobs ask for are one statement; who is not there is nobody', async () => {
    for (const sipUser of ['alice', 'bob']) await new UsersTable(db).add({ sipUser, xUser: `${sipUser}_x` });
    statements = [];
    const users = new BatchedUsers(db, new VirtualClock());
    const found = await Promise.all(Array.from({ length: 30 }, (_, index) => users.findBySipUser(['alice', 'nobody', 'bob'][index % 3]!)));
    assert.deepEqual(found.slice(0, 4).map((user) => user?.sipUser), ['alice', undefined, 'bob', 'alice']);
    assert.equal(statements.length, 1);
  });
});
