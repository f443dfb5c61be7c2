import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { silentLogger } from '../../src/base/logger.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { findProcess } from '../../src/db/embedded/process-table.ts';
import { findServer, stopServer } from '../../src/db/embedded/server.ts';
import { temporaryFolder } from './cluster-folder.ts';

const OWNER_SCRIPT = fileURLToPath(new URL('embedded-owner.ts', import.meta.url));

let parent: string;
let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  parent = await temporaryFolder();
  folder = join(parent, 'postgres');
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  // Also when the test failed half-way, no server may stay behind.
  const server = await findServer(await readlink(join(folder, 'data')).catch(() => join(folder, 'data')));
  if (server !== undefined) await stopServer(server);
  await rm(parent, { recursive: true, force: true });
});

const start = (where = folder) => startEmbedded({ folder: where, logger: silentLogger, durable: false });

async function query(database: { readonly url: string }, text: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** Starts the database in another process; resolves when it answers. */
async function startElsewhere(): Promise<{ child: ChildProcess; url: string; owned: boolean }> {
  const child = spawn(process.execPath, ['--import', 'tsx', OWNER_SCRIPT, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { url: string; owned: boolean }) };
}

async function killHard(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function serverPid(database: { readonly url: string }): Promise<number> {
  const rows = await query(database, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int`);
  return rows[0]![0] as number;
}

test('data survives a stop and a start, under the same password', async () => {
  const first = await start();
  assert.equal(first.owned, true);
  await query(first, 'create table kept as select 42 as answer');
  await first.stop();
  await assert.rejects(query(first, 'select 1'), 'it is stopped');
  const second = await start();
  assert.deepEqual(await query(second, 'select answer from kept'), [[42]]);
  assert.equal(new URL(second.url).password, new URL(first.url).password);
  await second.stop();
  await second.stop();
});

test('it listens on 127.0.0.1 only, and nobody but the owner reads the password', async () => {
  const database = await start();
  const settings = `select current_setting('listen_addresses'), current_setting('unix_socket_directories')`;
  assert.deepEqual(await query(database, settings), [['127.0.0.1', '']]);
  assert.equal((await stat(join(folder, 'password'))).mode & 0o777, 0o600);
  const wrong = new URL(database.url);
  wrong.password = 'wrong';
  await assert.rejects(query({ url: wrong.href }, 'select 1'), { code: '28P01' });
  await database.stop();
});

test('a second start on a running folder attaches, and its stop leaves the server alone', async () => {
  const owner = await start();
  const guest = await startElsewhere();
  assert.deepEqual([guest.owned, guest.url], [false, owner.url]);
  const second = await start();
  assert.equal(second.owned, false);
  await second.stop();
  assert.deepEqual(await query(owner, 'select 1'), [[1]]);
  await owner.stop();
});

test('two processes that start on a fresh folder at once: one owns, the other attaches', async () => {
  const both = await Promise.all([startElsewhere(), startElsewhere()]);
  assert.deepEqual(both.map((database) => database.owned).sort(), [false, true]);
  assert.equal(both[0].url, both[1].url);
});

test('kill -9 of the owner: the server lives on, the next start takes it over and stops it', async () => {
  const killed = await startElsewhere();
  await query(killed, 'create table kept as select 1 as x');
  const pid = await serverPid(killed);
  await killHard(killed.child);
  const next = await start();
  assert.equal(next.owned, true);
  assert.equal(await serverPid(next), pid, 'it is the same server');
  assert.deepEqual(await query(next, 'select x from kept'), [[1]]);
  await next.stop();
  assert.equal(await findProcess(pid), undefined);
});

test('kill -9 of the owner and of the server: the next start recovers what was committed', async () => {
  const killed = await startElsewhere();
  await query(killed, 'create table kept as select 1 as x');
  const pid = await serverPid(killed);
  await killHard(killed.child);
  process.kill(pid, 'SIGKILL');
  const next = await start();
  assert.equal(next.owned, true);
  assert.deepEqual(await query(next, 'select x from kept'), [[1]]);
  await next.stop();
});

test('a lock and a postmaster.pid whose pid is somebody else\'s by now do not block', async () => {
  await (await start()).stop();
  const stranger = spawn('sleep', ['600']);
  children.push(stranger);
  await writeFile(join(folder, 'owner.lock'), JSON.stringify({ pid: stranger.pid, startedAt: 'long ago', folder }));
  const data = join(folder, 'data');
  await writeFile(join(data, 'postmaster.pid'), `${stranger.pid}\n${data}\n1\n5432\n\n127.0.0.1\n\nready\n`);
  const database = await start();
  assert.equal(database.owned, true);
  await database.stop();
});

test('a lock file with rubbish in it, or none, is no lock', async () => {
  await mkdir(folder);
  await writeFile(join(folder, 'owner.lock'), '{"pid": ');
  const database = await start();
  assert.equal(database.owned, true);
  await database.stop();
});

test('a copy of a running folder is a database of its own', async () => {
  const original = await start();
  await query(original, 'create table kept as select 1 as x');
  await query(original, 'checkpoint');
  const copy = join(parent, 'copy');
  // Without ownership, as `cp -r` by root does it.
  await promisify(execFile)('cp', ['-r', folder, copy]);
  await chmod(join(copy, 'data'), 0o700);
  const second = await start(copy);
  assert.equal(second.owned, true);
  assert.notEqual(second.port, original.port);
  await query(second, 'drop table kept');
  assert.deepEqual(await query(original, 'select x from kept'), [[1]]);
  await second.stop();
  await original.stop();
});

test('a start that was killed while initialising is begun again', async () => {
  await mkdir(join(folder, 'half-made-1', 'pgdata'), { recursive: true });
  await writeFile(join(folder, 'half-made-1', 'pgdata', 'PG_VERSION'), '18');
  const database = await start();
  await assert.rejects(stat(join(folder, 'half-made-1')), { code: 'ENOENT' });
  await database.stop();
});

test('what is in the way is told in one line', async () => {
  const oneLine = (pattern: RegExp) => (thrown: Error & { code?: string }) => {
    assert.equal(thrown.code, 'db.embedded');
    assert.match(thrown.message, pattern);
    assert.doesNotMatch(thrown.message, /\n/);
    return true;
  };
  await writeFile(join(parent, 'file'), '');
  await assert.rejects(start(join(parent, 'file', 'postgres')), oneLine(/Cannot create the data folder .*file/));

  await (await start()).stop();
  const password = await readFile(join(folder, 'password'));
  await rm(join(folder, 'password'));
  await assert.rejects(start(), oneLine(/password is missing/));
  await writeFile(join(folder, 'password'), 'wrong\n');
  await assert.rejects(start(), oneLine(/refuses its own user: password authentication failed/));
  await writeFile(join(folder, 'password'), password);
  await writeFile(join(folder, 'data', 'postgresql.conf'), 'no such setting = 1\n');
  await assert.rejects(start(), oneLine(/does not start: .*syntax error/));
});

if (process.getuid?.() === 0) {
  test('root, with a data folder that PostgreSQL\'s user cannot reach: its files stand elsewhere, linked', async () => {
    await chmod(parent, 0o700);
    const first = await start();
    const data = await readlink(join(folder, 'data'));
    try {
      assert.match(data, /^\/var\/lib\/sipweet\/[0-9a-f]{16}\/data$/);
      await query(first, 'create table kept as select 1 as x');
      await first.stop();
      const second = await start();
      assert.deepEqual(await query(second, 'select x from kept'), [[1]]);
      await second.stop();
    } finally {
      await first.stop();
      await rm(dirname(data), { recursive: true });
    }
  });
}

test('after a failed start nothing is left that runs or locks', async () => {
  await (await start()).stop();
  await writeFile(join(folder, 'password'), 'wrong\n');
  await assert.rejects(start());
  await assert.rejects(stat(join(folder, 'owner.lock')), { code: 'ENOENT' });
  assert.equal(await findServer(join(folder, 'data')), undefined);
});
