import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandInbox } from '../../../src/intake/command-inbox.ts';
import { CommandsTable } from '../../../src/db/tables/commands.ts';
import { Transactions } from '../../../src/db/transactions.ts';
import { withDatabase } from '../../db/embedded-database.ts';

const { db } = await withDatabase();

test('the table is the inbox of the reader, and what it has taken is what the worker finds', async () => {
  const inbox: CommandInbox = new CommandsTable(db);
  const command = { id: 'dm:5', source: 'dm', latestId: '5', authorId: '7', authorName: 'bob', text: 'list', postedAtMs: Date.UTC(2026, 10, 22) } as const;
  assert.deepEqual(await inbox.receive([command]), ['dm:5']);
  assert.deepEqual(await new Transactions(db).run(({ commands }) => commands.nextFor('7')), { ...command, state: 'received', reason: undefined, sipUser: undefined });
});
