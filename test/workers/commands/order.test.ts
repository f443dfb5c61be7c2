import assert from 'node:assert/strict';
import { test } from 'node:test';
import { xCommand } from '../../../src/jobs/contract/x-command.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { CommandStage } from './stage.ts';

const { db } = await withDatabase();

const AUTHORS = 50;
const EACH = 20;

test('1,000 commands of 50 authors, in any order to three workers: all done in the order of each author, none twice', async () => {
  const stages = Array.from({ length: 3 }, () => new CommandStage(db, { policy: { schedulesPerUser: EACH } }));
  const [first] = stages;
  const startMs = first!.clock.now();
  await db.batchInsert('sipweetusers', Array.from({ length: AUTHORS }, (_, n) => ({ sipuser: `u${n}`, twuser: `u${n}`, x_user_id: `${500 + n}`, linked_at: new Date(startMs) })));
  const commands = Array.from({ length: AUTHORS * EACH }, (_, n) => ({
    id: `post:${10_000 + n}`,
    source: 'post' as const,
    latestId: String(10_000 + n),
    authorId: String(500 + (n % AUTHORS)),
    authorName: String(500 + (n % AUTHORS)),
    text: JSON.stringify({ verb: 'remind', about: `thing ${n}`, when: { kind: 'elapsed', zone: 'UTC', atMs: startMs + 3600_000 + n }, ring: false }),
    postedAtMs: startMs + Math.floor((n * 60_000) / (AUTHORS * EACH)),
  }));
  const ids = await first!.inbox.receive(commands);
  assert.equal(ids.length, AUTHORS * EACH);

  // A shuffle that is the same in every run.
  const waiting = ids.map((id, n) => ({ id, key: (n * 7919) % 1009 })).sort((a, b) => a.key - b.key).map(({ id }) => id);
  let busy = 0;
  const work = async (stage: CommandStage): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const outcome = await stage.worker.handle({ queue: xCommand.name, name: xCommand.name, id, data: xCommand.encode({ v: 1, id }), attempt: 1 });
      if (outcome.kind === 'done') continue;
      busy += 1;
      waiting.push(id);
    }
  };
  await Promise.all(stages.flatMap((stage) => [work(stage), work(stage)]));

  const rows = await db('commands').orderBy('posted_at').orderBy('id').select('id', 'author_id', 'state', 'handled_at');
  assert.deepEqual([...new Set(rows.map((row) => row.state))], ['done']);
  const schedules = await db('schedules').orderBy(['sipuser', 'number']).select('sipuser', 'number', 'about');
  assert.equal(schedules.length, AUTHORS * EACH);
  for (const { sipuser, number, about } of schedules) {
    const author = Number(sipuser.slice(1));
    assert.equal(about, `thing ${author + (number - 1) * AUTHORS}`);
  }
  const lastHandled = new Map<string, number>();
  for (const { author_id: author, handled_at: handledAt } of rows) {
    assert.ok(handledAt.getTime() >= (lastHandled.get(author) ?? 0));
    lastHandled.set(author, handledAt.getTime());
  }
  assert.equal((await db('ledger').count('*'))[0]!['count'], String(AUTHORS * EACH), 'each is answered once');
  assert.ok(busy < AUTHORS * EACH * 5, `${busy} waits`);
});
