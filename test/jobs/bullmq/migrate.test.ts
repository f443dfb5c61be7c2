import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { migrateQueueBackend } from '../../../src/jobs/bullmq/postgres-store.ts';
import { withDatabase } from '../../db/embedded-database.ts';

const { db, url } = await withDatabase({ migrated: false });

test('several processes may migrate at once, and again later', async () => {
  await Promise.all([1, 2, 3, 4].map(() => migrateQueueBackend(url)));
  await migrateQueueBackend(url);
  assert.equal(await db.schema.withSchema('bullmq').hasTable('job'), true);
});

test('the queue keeps to its own schema', async () => {
  const { rows } = await db.raw("select count(*)::int as tables from pg_tables where schemaname = 'public'");
  assert.equal(rows[0].tables, 0);
});

test('a database that is not there is a migration error, not a crash', async () => {
  const missing = new URL(url);
  missing.pathname = '/no_such_database';
  await assert.rejects(migrateQueueBackend(missing.href), (thrown) => thrown instanceof AppError && thrown.code === 'db.migration');
});
