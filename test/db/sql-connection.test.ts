import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/db/connection.ts';
import { PooledSqlConnection } from '../../src/db/sql-connection.ts';
import { withDatabase } from './embedded-database.ts';

const database = await withDatabase();
const counters = new Counters();
const db = openDatabase({
  url: database.url,
  applicationName: 'scripts',
  logger: silentLogger,
  poolSize: 1,
  statementTimeoutMs: 500,
});
const sql = new PooledSqlConnection({ db, logger: silentLogger, counters, maxRows: 5 });
after(() => db.destroy());

test('a result has the names of its columns, and its rows in their order', async () => {
  const result = await sql.query(`select * from (values (1, 'a'), (2, null)) as t (number, letter)`);
  assert.deepEqual(result, { columns: ['number', 'letter'], rows: [[1, 'a'], [2, null]], rowCount: 2 });
});

test('two columns of one name both come, as in Kamailio', async () => {
  assert.deepEqual(await sql.query('select 1 as x, 2 as x'), { columns: ['x', 'x'], rows: [[1, 2]], rowCount: 1 });
});

test('integers and floating point are numbers, times are seconds, the rest is text', async () => {
  const { rows } = await sql.query(`select 7::int2, -7::int4, 1.5::float8, 9007199254740993::int8, 1.10::numeric, true,
    '{"a":1}'::jsonb,
    timestamp '2026-01-01 00:00:01.9', timestamptz '2026-01-01 02:00:01+02', date '1970-01-02', timestamptz 'infinity'`);
  const texts = ['9007199254740993', '1.10', 't', '{"a": 1}'];
  assert.deepEqual(rows, [[7, -7, 1.5, ...texts, 1767225601, 1767225601, 86400, 'infinity']]);
});

test('a change returns no columns and the number of rows', async () => {
  const insert = `insert into dm_results (event_id, state) values ('a', 'done'), ('b', 'refused')`;
  assert.deepEqual(await sql.query(insert), { columns: [], rows: [], rowCount: 2 });
  const nobody = await sql.query('delete from dm_results where event_id = $1', ['nobody']);
  assert.deepEqual(nobody, { columns: [], rows: [], rowCount: 0 });
  const all = await sql.query('delete from dm_results returning event_id');
  assert.deepEqual(all, { columns: ['event_id'], rows: [['a'], ['b']], rowCount: 2 });
});

test('a parameter is a value whatever is in it', async () => {
  const hostile = `x'or'1'='1'; drop table dm_results; --`;
  assert.deepEqual((await sql.query('select $1::text', [hostile])).rows, [[hostile]]);
  assert.equal((await sql.query('select 1 from sipweetusers where sipuser = $1', [hostile])).rowCount, 0);
});

test('a second statement behind a semicolon is refused, and nothing of either happens', async () => {
  await assert.rejects(sql.query(`delete from version; delete from version`), { code: '42601' });
  assert.ok((await sql.query('select 1 from version limit 1')).rowCount > 0);
});

test('a result is cut behind maxRows, and that is counted', async () => {
  const cut = counters.define('sqlops.cut', '');
  assert.equal((await sql.query('select generate_series(1, 5)')).rows.length, 5);
  assert.equal(cut.value, 0);
  const result = await sql.query('select generate_series(1, 20000)');
  assert.deepEqual([result.rows.length, result.rowCount, cut.value], [5, 20000, 1]);
});

test('a statement that fails or runs too long rejects, and the connection goes back to the pool', async () => {
  await assert.rejects(sql.query('select * from nowhere'), { code: '42P01' });
  await assert.rejects(sql.query('selec'), { code: '42601' });
  await assert.rejects(sql.query('select $1::int', ['x']), { code: '22P02' });
  await assert.rejects(sql.query('select pg_sleep(60)'), { code: '57014' });
  assert.deepEqual((await sql.query('select 1 as one')).rows, [[1]]);
});

test('a connection that breaks under a statement rejects it, and the next one gets a new connection', async () => {
  await assert.rejects(sql.query('select pg_terminate_backend(pg_backend_pid())'));
  assert.deepEqual((await sql.query('select 1 as one')).rows, [[1]]);
});

test('an empty text gives an empty result', async () => {
  assert.deepEqual(await sql.query(''), { columns: [], rows: [], rowCount: 0 });
});
