/**
 * The files of one embedded database. In the data folder stand
 *
 *     owner.lock   who runs it (owner-lock.ts)
 *     password     of the database user, readable by the owner only
 *     server.log   what PostgreSQL says, from its last start on; server.log.1 is the one before
 *     data         PostgreSQL's own directory; a link to /var/lib/sipweet when root keeps the data
 *                  folder where PostgreSQL's user cannot reach it
 */
import { spawn } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  mkdir,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, errorText } from '../../base/errors.ts';
import { randomHex } from '../../base/ids.ts';
import { SERVER_ENVIRONMENT, type Binaries } from './binaries.ts';
import { canTraverse, spawnIdentity, type RunAs } from './run-as.ts';

/** Where root keeps what PostgreSQL's user cannot reach in the data folder. */
const SHARED_ROOT = '/var/lib/sipweet';
/** The database user; the server has no other. */
export const DATABASE_USER = 'sipweet';

const HALF_MADE = 'half-made-';

/** Creates the data folder. @throws AppError `db.embedded` when that is not possible */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    // The server's user passes through on the way to its own directory; the password has its own mode.
    if (process.getuid?.() === 0) await chmod(folder, 0o755);
  } catch (thrown) {
    throw new AppError('db.embedded', `Cannot create the data folder ${folder}: ${errorText(thrown)}`, { cause: thrown });
  }
}

/** PostgreSQL's directory with links followed; the place where it will be when there is none yet. */
export async function locateData(folder: string): Promise<string> {
  const data = join(folder, 'data');
  return readlink(data).catch(() => data);
}

/** The password, made at the first call. Call it as the owner of the folder's lock. */
export async function keepPassword(folder: string): Promise<string> {
  const path = join(folder, 'password');
  if (!(await exists(path))) {
    if (await exists(join(folder, 'data'))) {
      throw new AppError('db.embedded', `${path} is missing, and without it the database beside it cannot be opened`);
    }
    const draft = `${path}.${randomHex(6)}`;
    await writeFile(draft, `${randomHex(24)}\n`, { mode: 0o600 });
    await link(draft, path).catch(() => undefined);
    await unlink(draft);
  }
  return readPassword(folder);
}

/** The password of a database that exists. @throws AppError `db.embedded` when it cannot be read */
export async function readPassword(folder: string): Promise<string> {
  const path = join(folder, 'password');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (thrown) {
    throw new AppError('db.embedded', `Cannot read ${path}: ${errorText(thrown)}`, { cause: thrown });
  }
}

/** The folder for `data` and copied binaries: the data folder itself if the server's user reaches it. */
export async function chooseHome(folder: string, runAs: RunAs | undefined): Promise<string> {
  const data = await locateData(folder);
  if (data !== join(folder, 'data')) return dirname(data);
  if (runAs === undefined || (await canTraverse(folder, runAs))) return folder;
  const home = join(SHARED_ROOT, randomHex(8));
  await mkdir(home, { recursive: true, mode: 0o755 });
  await chmod(SHARED_ROOT, 0o755);
  await chmod(home, 0o755);
  return home;
}

/**
 * Initialises PostgreSQL's directory in `home` unless there is one. It is made under another name
 * and renamed when it is whole, so a start that was killed half-way leaves nothing that looks ready.
 */
export async function ensureCluster(options: {
  readonly folder: string;
  readonly home: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs | undefined;
  readonly password: string;
  readonly durable: boolean;
}): Promise<string> {
  const { folder, home, runAs } = options;
  const data = join(home, 'data');
  if (!(await exists(join(data, 'PG_VERSION')))) {
    for (const name of await readdir(home)) {
      if (name.startsWith(HALF_MADE)) await rm(join(home, name), { recursive: true, force: true });
    }
    const draft = join(home, `${HALF_MADE}${randomHex(6)}`);
    await mkdir(draft, { mode: 0o700 });
    const passwordFile = join(draft, 'pgdata.password');
    const cluster = join(draft, 'pgdata');
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    if (runAs !== undefined) {
      await chown(draft, runAs.uid, runAs.gid);
      await chown(passwordFile, runAs.uid, runAs.gid);
    }
    await initdb(options.binaries, runAs, cluster, passwordFile, options.durable);
    await rename(cluster, data);
    await rm(draft, { recursive: true, force: true });
  } else if (runAs !== undefined && (await stat(data)).uid === 0) {
    // A folder that root copied: the server demands to own its directory.
    await giveAway(data, runAs);
  }
  if (home !== folder && !(await exists(join(folder, 'data')))) await symlink(data, join(folder, 'data'));
  return data;
}

function initdb(
  binaries: Binaries,
  runAs: RunAs | undefined,
  data: string,
  passwordFile: string,
  durable: boolean,
): Promise<void> {
  const flags = [
    `--pgdata=${data}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorting that depends neither on the machine's locales nor on its ICU.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  return runToEnd(binaries.initdb, flags, runAs, 'Cannot initialise the embedded PostgreSQL');
}

function giveAway(data: string, runAs: RunAs): Promise<void> {
  const flags = ['-R', `${runAs.uid}:${runAs.gid}`, data];
  return runToEnd('chown', flags, undefined, `Cannot give ${data} to PostgreSQL's user`);
}

function runToEnd(program: string, flags: readonly string[], runAs: RunAs | undefined, failure: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (detail: string, cause?: unknown) => {
      reject(new AppError('db.embedded', `${failure}: ${detail}`, { cause }));
    };
    const child = spawn(program, flags, {
      ...spawnIdentity(runAs),
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-2000);
    });
    child.on('error', (thrown) => fail(thrown.message, thrown));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(said.trim().split('\n').join(' ') || `it ended with ${code ?? signal}`);
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
