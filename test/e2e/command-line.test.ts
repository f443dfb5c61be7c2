/** The commands on a PostgreSQL and a Redis of the operator's, given by URL, from an empty database to an empty one. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runCli, type Ended } from '../app/cli-process.ts';
import { until } from '../jobs/until.ts';
import { withBackends } from './backends.ts';
import { Stack } from './stack.ts';

const [onRedis] = await withBackends();
const { url: databaseUrl, db, redis } = onRedis!;
const cwd = await mkdtemp(join(tmpdir(), 'sipweet-e2e-'));
after(() => rm(cwd, { recursive: true, force: true }));
const env = { DATABASE_URL: databaseUrl, REDIS_URL: redis!.url.replace('redis://', 'redis://:geheim-redis@') };

const sipweet = (...args: string[]): Promise<Ended> => runCli(args, { cwd, env });
const succeeds = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await sipweet(...args);
  assert.equal(code, 0, stderr);
  return stdout;
};

describe('commands on servers given by URL', () => {
  test('a database that was never migrated: status says so, and a user is refused in one line that names the cure', async () => {
    assert.match(await succeeds('migrate', 'status'), /^Applied:\n {2}nothing\nMissing:\n {2}0001-/);
    const { code, stdout, stderr } = await sipweet('user', 'add', 'bob', '--x', 'bob_example');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^sipweet: .*`sipweet migrate latest`.*\n$/);
  });

  test('migrate latest applies all, once', async () => {
    assert.match(await succeeds('migrate', 'latest'), /^Applied:\n {2}0001-/);
    assert.equal(await succeeds('migrate', 'latest'), 'The schema is up to date\n');
    assert.match(await succeeds('migrate', 'status'), /Missing:\n {2}nothing\n$/);
  });

  test('user add, list, show, remove', async () => {
    await succeeds('user', 'add', 'alice', '--x', 'alice_example', '--password', 'secret1');
    await succeeds('user', 'add', 'bob', '--x', '@bob_example', '--password', 'secret2', '--time-zone', 'Europe/Berlin');
    assert.equal(await succeeds('user', 'list'), 'alice  @alice_example\nbob    @bob_example\n');
    assert.match(await succeeds('user', 'show', 'bob'), /^X user +@bob_example\n(.*\n)*time zone +Europe\/Berlin$/m);
    await succeeds('user', 'remove', 'bob');
    assert.equal(await succeeds('user', 'list'), 'alice  @alice_example\n');
    const { code, stderr } = await sipweet('user', 'show', 'bob');
    assert.deepEqual([code, stderr], [1, 'sipweet: There is no SIP user "bob"\n']);
  });

  test('config print names the environment as the source, and no password', async () => {
    const printed = await succeeds('config', 'print');
    assert.match(printed, /^ +url: .*# .*environment DATABASE_URL/m);
    assert.match(printed, /^ +redisUrl: .*# .*environment REDIS_URL/m);
    assert.doesNotMatch(printed, /geheim-redis/);
    assert.ok(!printed.includes(new URL(databaseUrl).password));
  });

  test('migrate rollback takes it all back', async () => {
    assert.match(await succeeds('migrate', 'rollback'), /^Taken back:\n/);
    assert.match(await succeeds('migrate', 'status'), /^Applied:\n {2}nothing\n/);
    const { rows } = await db.raw<{ rows: { name: string }[] }>("select tablename as name from pg_tables where schemaname = 'public'");
    assert.deepEqual(rows.map(({ name }) => name).filter((name) => !name.startsWith('knex_')), []);
  });

  test('no command has made a database of its own', async () => {
    assert.deepEqual(await readdir(cwd), []);
  });
});

test('a second sipweet start in the same folder: one line at once that names the port and sip.listen; the first goes on', async (t) => {
  const stack = await Stack.start(t, { databaseUrl, db, redisUrl: redis!.url });
  const port = `udp:127.0.0.1:${stack.sipPort}`;
  for (const ownEnv of [{ DATABASE_URL: databaseUrl, REDIS_URL: redis!.url }, {}]) {
    const second = await runCli(['start', '--set', `sip.listen=${port}`], { cwd: stack.folder, env: ownEnv });
    assert.equal(second.code, 1);
    const lines = second.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Starting'));
    assert.equal(lines.length, 1, second.stderr);
    assert.ok(lines[0]!.startsWith(`sipweet: Cannot listen on ${port}`), lines[0]);
    assert.match(lines[0]!, /sip\.listen/);
  }
  assert.deepEqual((await readdir(join(stack.folder, '.sipweet'))).sort(), ['spool', 'token-key'], 'no embedded database was begun');
  await stack.addUser('alice');
  await stack.registeredPhone('alice');
  await until('the first has kept the registration', async () => (await db('location').select('ruid')).length === 1);
});
