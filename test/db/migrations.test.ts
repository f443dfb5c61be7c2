import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/db/connection.ts';
import { Migrations } from '../../src/db/migrations.ts';
import { temporaryFolder } from './cluster-folder.ts';
import { withDatabase } from './embedded-database.ts';

const database = await withDatabase({ migrated: false });
const NAMES = [
  '0001-kamailio-tables.mjs', '0002-users.mjs', '0003-ledger.mjs', '0004-links.mjs', '0005-commands.mjs', '0006-schedules.mjs',
  '0007-outbox.mjs', '0008-told-alone.mjs',
];
const OUR_TABLES = [
  'acc', 'address', 'calls', 'commands', 'dm_results', 'htable', 'leases', 'ledger', 'link_codes', 'link_failures', 'location',
  'missed_calls', 'schedule_runs', 'schedules', 'silo', 'sip_messages', 'sip_nodes', 'sipweetusers', 'spend', 'subscriber',
  'switches', 'version', 'x_cursors', 'x_tokens',
];

beforeEach(async () => {
  await database.db.raw('drop schema public cascade');
  await database.db.raw('create schema public');
});

async function tables(): Promise<string[]> {
  const rows = database.db('pg_tables').where({ schemaname: 'public' }).whereNot('tablename', 'like', 'knex_%');
  return rows.orderBy('tablename').pluck('tablename');
}

/** Everything that makes a schema: columns with types and defaults, constraints, indexes. */
async function schema(): Promise<unknown> {
  const columns = await database.db('information_schema.columns')
    .where({ table_schema: 'public' })
    .whereNot('table_name', 'like', 'knex_%')
    .orderBy(['table_name', 'ordinal_position'])
    .select('table_name', 'column_name', 'data_type', 'character_maximum_length', 'column_default', 'is_nullable');
  const indexes = await database.db('pg_indexes')
    .where({ schemaname: 'public' })
    .whereNot('tablename', 'like', 'knex_%')
    .orderBy('indexname')
    .pluck('indexdef');
  return { columns, indexes };
}

test('latest, rollback of everything and latest again end with the same schema', async () => {
  const migrations = new Migrations(database.db);
  assert.deepEqual(await migrations.latest(), NAMES);
  assert.deepEqual(await tables(), OUR_TABLES);
  const first = await schema();
  assert.deepEqual(await migrations.rollback({ all: true }), [...NAMES].reverse());
  assert.deepEqual(await tables(), []);
  assert.deepEqual(await migrations.latest(), NAMES);
  assert.deepEqual(await schema(), first);
});

test('latest on a migrated database does nothing', async () => {
  const migrations = new Migrations(database.db);
  await migrations.latest();
  assert.deepEqual(await migrations.latest(), []);
});

test('status looks without writing, also at a database that was never migrated', async () => {
  const migrations = new Migrations(database.db);
  assert.deepEqual(await migrations.status(), { applied: [], pending: NAMES });
  assert.deepEqual(await database.db('pg_tables').where({ schemaname: 'public' }), []);
  await migrations.latest();
  assert.deepEqual(await migrations.status(), { applied: NAMES, pending: [] });
});

test('many that migrate at once: one does it, all succeed', async () => {
  const options = { url: database.url, applicationName: 'node', logger: silentLogger };
  const pools = Array.from({ length: 4 }, () => openDatabase(options));
  const results = await Promise.all(pools.map((pool) => new Migrations(pool).latest()));
  assert.deepEqual(results.filter((names) => names.length > 0), [NAMES]);
  for (const pool of pools) await pool.destroy();
});

test('a lock that a killed process left in knex\'s table does not block', async () => {
  const migrations = new Migrations(database.db);
  await migrations.latest();
  await database.db('knex_migrations_lock').update({ is_locked: 1 });
  assert.deepEqual((await migrations.rollback()).length, NAMES.length);
  assert.deepEqual(await migrations.latest(), NAMES);
});

test('a database of a newer version is refused, not touched', async () => {
  const migrations = new Migrations(database.db);
  await migrations.latest();
  await database.db('knex_migrations').insert({ name: '9999-future.mjs', batch: 2, migration_time: new Date() });
  await assert.rejects(migrations.latest(), { code: 'db.migration', message: /newer or another version of sipweet/ });
});

test('version has the table versions that Kamailio 5.6 expects', async () => {
  await new Migrations(database.db).latest();
  const rows = await database.db('version').orderBy('table_name').select('table_name', 'table_version');
  assert.deepEqual(Object.fromEntries(rows.map((row) => [row.table_name, row.table_version])), {
    acc: 5, address: 6, htable: 2, location: 9, missed_calls: 4, silo: 8, subscriber: 7, version: 1,
  });
});

test('the talk\'s two columns: varchar(64), not null, each unique', async () => {
  await new Migrations(database.db).latest();
  const { db } = database;
  const columns = await db('information_schema.columns')
    .where({ table_name: 'sipweetusers' })
    .whereIn('column_name', ['sipuser', 'twuser']);
  for (const column of columns) {
    assert.deepEqual([column.data_type, column.character_maximum_length, column.is_nullable], ['character varying', 64, 'NO']);
  }
  assert.equal(columns.length, 2);
  await db('sipweetusers').insert({ sipuser: 'bob', twuser: 'bob_example' });
  for (const [row, constraint] of [
    [{ sipuser: 'bob', twuser: 'b' }, 'sipweetusers_sipuser_unique'],
    [{ sipuser: 'b', twuser: 'bob_example' }, 'sipweetusers_twuser_unique'],
    [{ sipuser: 'b', twuser: 'BOB_example' }, 'sipweetusers_twuser_folded'],
  ] as const) {
    await assert.rejects(db('sipweetusers').insert(row), { code: '23505', constraint });
  }
});

describe('a folder of migrations', () => {
  let folder: string | undefined;
  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  test('a migration that fails takes the whole batch back and says why in one line', async () => {
    folder = await temporaryFolder();
    const broken = join(folder, 'broken');
    await mkdir(broken);
    const module = (up: string) => `export const up = (knex) => ${up};\nexport const down = up;\n`;
    await writeFile(join(broken, '1-good.mjs'), module(`knex.schema.createTable('good', (t) => t.increments())`));
    await writeFile(join(broken, '2-bad.mjs'), module(`knex.raw('select * from nowhere')`));
    await assert.rejects(new Migrations(database.db, broken).latest(), {
      code: 'db.migration',
      message: 'The database cannot be migrated: relation "nowhere" does not exist',
    });
    assert.deepEqual(await tables(), []);
  });

  test('a folder that is not there is an error, not an empty list', async () => {
    const refusal = { code: 'db.migration', message: /\/nowhere\/at\/all/ };
    await assert.rejects(new Migrations(database.db, '/nowhere/at/all').status(), refusal);
  });
});
