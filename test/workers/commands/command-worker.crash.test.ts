import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Command } from '../../../src/commands/command.ts';
import { Transactions } from '../../../src/db/transactions.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { Crash, CrashingTransactions } from './crashing.ts';
import { at } from './fixtures.ts';
import { CommandStage, emptied } from './stage.ts';

const { db } = await withDatabase();
const real = new Transactions(db);
const AT_MS = Date.UTC(2030, 0, 1);

beforeEach(() => emptied(db));

const COMMANDS: readonly Command[] = [
  { verb: 'call', target: { kind: 'handle', handle: 'alice_example' } },
  { verb: 'call', target: { kind: 'handle', handle: 'alice_example' }, when: at(AT_MS) },
  { verb: 'remind', about: 'mum', when: at(AT_MS), ring: true },
  { verb: 'message', target: { kind: 'user', user: 'alice' }, text: 'hi' },
  { verb: 'profile', setting: { name: 'dnd', on: true } },
  { verb: 'unlink' },
];

/** What is in the database and in the queue, without what differs from run to run. */
async function traces(stage: CommandStage) {
  return {
    commands: await db('commands').select('id', 'state', 'reason', 'sipuser'),
    calls: await db('calls').select('id', 'state', 'sipuser', 'target'),
    schedules: await db('schedules').select('number', 'state', 'kind', 'target', 'about'),
    messages: await db('sip_messages').select('id', 'body'),
    ledger: await db('ledger').select('id', 'content', 'state'),
    users: await db('sipweetusers').orderBy('sipuser').select('sipuser', 'dnd', 'notify', db.raw('linked_at is not null as linked')),
    jobs: [...new Set(stage.queue.added.flat().filter(({ queue }) => queue !== 'schedule-due').map((job) => job.id))].sort(),
    alarms: new Set(stage.queue.added.flat().filter(({ queue }) => queue === 'schedule-due').map((job) => job.atMs)),
  };
}

async function prepared(transactions: ConstructorParameters<typeof CommandStage>[1] = {}): Promise<CommandStage> {
  await emptied(db);
  const stage = new CommandStage(db, transactions);
  await stage.addUser('bob', '7');
  await stage.addUser('alice', '8');
  return stage;
}

for (const command of COMMANDS) {
  test(`${command.verb}${'when' in command ? ' at a time' : ''}: a crash between any two steps, and again: as if there had been none`, async () => {
    const calm = await prepared();
    const id = await calm.write('7', command);
    await calm.handle(id);
    const expected = await traces(calm);

    let crashes = 0;
    for (let step = 1; ; step += 1) {
      const transactions = new CrashingTransactions(real, step);
      const stage = await prepared({ transactions });
      await stage.write('7', command);
      const first = await stage.handle(id).catch((thrown: unknown) => thrown);
      if (!transactions.crashed) break;
      assert.ok(first instanceof Crash || (first as Error).message.startsWith('crash at step'), `step ${step}`);
      crashes += 1;
      assert.deepEqual(await stage.handle(id, 2), { kind: 'done' });
      assert.deepEqual(await traces(stage), expected, `step ${step}`);
    }
    assert.ok(crashes >= 10, `${crashes} crashes`);
  });
}

test('a command that fails again and again is given up, and does not keep those behind it waiting', async () => {
  const stage = await prepared();
  const poison = await stage.write('7', { verb: 'nonsense' } as never);
  const next = await stage.write('7', { verb: 'help' });
  for (let attempt = 1; attempt < 5; attempt += 1) await assert.rejects(stage.handle(next, attempt));
  assert.equal((await stage.rowOf(poison))['state'], 'received');
  await assert.rejects(stage.handle(next, 5));
  assert.match(String((await stage.rowOf(poison))['reason']), /^failed: /);
  assert.deepEqual(await stage.handle(next, 6), { kind: 'done' });
});
