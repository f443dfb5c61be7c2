/** Workers that die at each step of quiet hours: of holding back, closing and telling. Each message is told once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DigestTable } from '../../../src/db/tables/digests.ts';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import type { NewJob } from '../../../src/jobs/queue.ts';
import type { Digests, Ledger } from '../../../src/workers/delivery/ports.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { deathsAt, dying } from './death.ts';
import { noticeJob, noticeStage, quietFor } from './notice-stage.ts';
import { handled, missed, playOut, portOf, type Change, type Processor } from './stage.ts';

const { db } = await withDatabase();

const DEATHS = deathsAt(['hold', 'plan', 'members', 'close', 'claim', 'sendDirectMessage', 'finish', 'addBatch']);

/** On PostgreSQL, since it is the statements that have to hold. */
async function night(t: Parameters<typeof noticeStage>[0]) {
  const s = await noticeStage(t);
  await db('ledger').delete();
  const ledger: Ledger = new LedgerTable(db);
  const digests: Digests = new DigestTable(db);
  s.users.put('bob', { xUserId: s.bobId, ...quietFor(s.clock.now(), 10) });
  return { s, ledger, digests };
}

const EVENTS = ['1', '2', '3'].map((id) => missed({ eventId: `missed-call:${id}`, caller: `caller${id}@example.com`, callId: id }));

for (const death of DEATHS) {
  test(`a worker that dies ${death.when} ${death.at}, whatever it is about: three calls, one message, three results`, async (t) => {
    const { s, ledger, digests } = await night(t);
    const mortal = (reach: () => void): Change => ({
      ledger: dying(ledger, death, reach),
      digests: dying(digests, death, reach),
      jobs: dying(s.queue, death, reach),
      x: dying(portOf(s, {}), death, reach),
    });
    /** Lets a worker that may die have the job first, then one that does not. */
    const play = async (make: (change: Change) => Processor, job: NewJob | ReturnType<typeof missed>) => {
      await new Promise<void>((resolve) => {
        void handled(make(mortal(resolve)), job).then(() => resolve());
      });
      await age(120_000);
      s.clock.advance(1);
      await playOut(s, make({ ledger, digests }), job);
    };
    /** Time goes on for the rows as well, which are on the database's clock. */
    const age = (ms: number) => db.raw('update ledger set updated_at = updated_at - make_interval(secs => ?)', [ms / 1000]);

    for (const event of EVENTS) await play((change) => s.processor(change), event);
    const digestId = (await db('ledger').where({ kind: 'digest' }).first<{ id: string }>())!.id;
    assert.deepEqual(await s.inbox(), []);
    s.users.put('bob', { xUserId: s.bobId });
    s.clock.advance(11 * 60_000);
    await play((change) => s.notices(change), noticeJob(digestId));

    const inbox = await s.inbox();
    assert.equal(inbox.length, 1);
    assert.match(inbox[0]!, /^3 missed calls from 3 callers:/);
    const rows = await db<{ id: string; state: string; remote_id: string; digest_id: string }>('ledger').orderBy('id');
    assert.deepEqual(rows.map(({ state }) => state), ['done', 'done', 'done', 'done']);
    assert.equal(new Set(rows.map(({ remote_id }) => remote_id)).size, 1);
    assert.deepEqual(s.results().map(({ eventId, state }) => `${eventId} ${state}`).sort(), EVENTS.map(({ eventId }) => `${eventId} done`));
  });
}

test('five workers on each of thirty calls of a storm, and on its digest: nothing twice, nothing lost', async (t) => {
  const { s, ledger, digests } = await night(t);
  s.users.put('bob', { xUserId: s.bobId });
  const storm = { messages: 4, windowMs: 900_000 };
  const events = Array.from({ length: 30 }, (_, index) => missed({ eventId: `missed-call:${index}`, callId: `${index}` }));
  const make = () => s.processor({ ledger, digests, storm });
  await Promise.all(events.flatMap((event) => Array.from({ length: 5 }, () => handled(make(), event))));
  for (const event of events) await playOut(s, make(), event);
  const rows = await db<{ id: string; kind: string; digest_id: string | null }>('ledger').where({ kind: 'direct-message' });
  const alone = rows.filter(({ digest_id }) => digest_id === null).length;
  assert.ok(alone >= 1 && alone <= 4, String(alone));
  assert.equal((await s.inbox()).length, alone);
  const all = await db<{ id: string; kind: string }>('ledger').where({ kind: 'digest' });
  s.clock.advance(1_800_000);
  await Promise.all(all.flatMap(({ id }) => Array.from({ length: 5 }, () => handled(s.notices({ ledger, digests, storm }), noticeJob(id)))));
  for (const { id } of all) await playOut(s, s.notices({ ledger, digests, storm }), noticeJob(id));
  assert.equal((await s.inbox()).length, alone + all.length);
  assert.equal((await db('ledger').whereNot({ state: 'done' })).length, 0);
  assert.equal(s.results().length, 30);
});
