import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { silentLogger, type Logger } from '../../src/base/logger.ts';
import { asUnreachable, checkDatabase, describeDatabaseUrl, openDatabase, sqlState } from '../../src/db/connection.ts';
import { withDatabase } from './embedded-database.ts';

const database = await withDatabase({ migrated: false });
const open = (changes: Partial<Parameters<typeof openDatabase>[0]> = {}) =>
  openDatabase({ url: database.url, applicationName: 'sipweet connection test', logger: silentLogger, ...changes });

test('the server sees which part of the service is connected', async () => {
  const db = open();
  const { rows } = await db.raw('select application_name from pg_stat_activity where pid = pg_backend_pid()');
  assert.equal(rows[0].application_name, 'sipweet connection test');
  await db.destroy();
});

test('a statement that runs longer than the timeout is cancelled, and the pool goes on', async () => {
  const db = open({ statementTimeoutMs: 50, poolSize: 1 });
  await assert.rejects(db.raw('select pg_sleep(60)'), { code: '57014' });
  await checkDatabase(db);
  await db.destroy();
});

test('a transaction that somebody frozen holds ends by itself, and its locks with it', async () => {
  const db = open();
  const { rows } = await db.raw('show idle_in_transaction_session_timeout');
  assert.equal(rows[0].idle_in_transaction_session_timeout, '150s');
  await db.destroy();
});

test('connections that the server ends are told to the log, and replaced', async () => {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  const db = open({ logger, poolSize: 1 });
  const pid = (await db.raw('select pg_backend_pid() as pid')).rows[0].pid as number;
  await database.db.raw('select pg_terminate_backend(?, 5000)', [pid]);
  // The news may still be on its way to the idle connection: what counts is that it settles by itself.
  const settled = await Promise.any([checkDatabase(db), checkDatabase(db).catch(() => checkDatabase(db))]);
  assert.equal(settled, undefined);
  assert.notEqual((await db.raw('select pg_backend_pid() as pid')).rows[0].pid, pid);
  assert.match(warnings.join('\n'), /a database connection broke/);
  await db.destroy();
});

test('a pool that is used up fails after its acquire timeout instead of waiting for ever', async () => {
  // The first connection counts too: it takes some 50 ms where the processor is shared.
  const db = open({ poolSize: 1, acquireTimeoutMs: 500 });
  const holder = await db.transaction();
  await assert.rejects(checkDatabase(db), { code: 'db.unreachable' });
  await holder.rollback();
  await checkDatabase(db);
  await db.destroy();
});

test('a server that is not there is db.unreachable, with its address and without the password', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  const db = open({ url: `postgres://user:s3cret@127.0.0.1:${port}/sipweet` });
  await assert.rejects(checkDatabase(db), (thrown: Error & { code?: string }) => {
    assert.equal(thrown.code, 'db.unreachable');
    assert.match(thrown.message, new RegExp(`^PostgreSQL at 127\\.0\\.0\\.1:${port}/sipweet does not answer: .*ECONNREFUSED`));
    assert.doesNotMatch(thrown.message, /s3cret|\n/);
    return true;
  });
  await db.destroy();
});

test('a wrong password and a database that does not exist are db.unreachable too', async () => {
  for (const change of [{ password: 'wrong' }, { pathname: '/nowhere' }]) {
    const url = new URL(database.url);
    Object.assign(url, change);
    const db = open({ url: url.href });
    await assert.rejects(checkDatabase(db), { code: 'db.unreachable' });
    await db.destroy();
  }
});

test('a wrong statement is not unreachable; its SQLSTATE is there to be asked', async () => {
  const thrown = await database.db.raw('select * from nowhere').then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.equal(asUnreachable(thrown, 'here'), undefined);
  assert.equal(sqlState(thrown), '42P01');
  assert.equal(sqlState(new Error('x')), undefined);
});

test('a URL is described without its user and password', () => {
  assert.equal(describeDatabaseUrl('postgres://u:p@db.example/sipweet'), 'db.example:5432/sipweet');
  assert.equal(describeDatabaseUrl('postgres://u:p@[2001:db8::1]:6000/x'), '[2001:db8::1]:6000/x');
  assert.equal(describeDatabaseUrl('not a url with p@ssword'), 'an unreadable URL');
});
