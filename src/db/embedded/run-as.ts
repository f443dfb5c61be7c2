/**
 * Under which user PostgreSQL runs. It refuses to run as root, so a root process hands it to the
 * owner of an existing data directory, or else to the system user `postgres`, which is created
 * when the machine has none.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AppError, errorText } from '../../base/errors.ts';

const run = promisify(execFile);

/** The user and group of the server process; `undefined` stands for those of this process. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/**
 * @param dataFolder  the data directory; need not exist yet
 * @throws AppError `db.embedded` when the directory is another user's, or no user can be made
 */
export async function chooseRunAs(dataFolder: string): Promise<RunAs | undefined> {
  const ownUid = process.getuid?.();
  if (ownUid === undefined) return undefined;
  const owner = await ownerOf(dataFolder);
  if (ownUid !== 0) {
    if (owner === undefined || owner.uid === ownUid) return undefined;
    throw new AppError('db.embedded', `The database files in ${dataFolder} belong to another user (uid ${owner.uid})`);
  }
  return owner !== undefined && owner.uid !== 0 ? owner : ((await lookUp()) ?? (await create()));
}

/** True when that user may pass through every folder on the way to `path`, the last one included. */
export async function canTraverse(path: string, runAs: RunAs): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = await stat(folder);
    const bit = uid === runAs.uid ? 0o100 : gid === runAs.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** What `spawn` takes, and `{}` for "as this process". */
export function spawnIdentity(runAs: RunAs | undefined): { uid?: number; gid?: number } {
  return runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid };
}

async function ownerOf(path: string): Promise<RunAs | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const reason = `Cannot look at the database files in ${path}: ${errorText(thrown)}`;
    throw new AppError('db.embedded', reason, { cause: thrown });
  }
}

async function lookUp(): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function create(): Promise<RunAs> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (thrown) {
    const hint = 'start the service as a normal user or set DATABASE_URL';
    const reason = `PostgreSQL does not run as root and the user "postgres" cannot be created; ${hint}`;
    throw new AppError('db.embedded', reason, { cause: thrown });
  }
  const made = await lookUp();
  if (made === undefined) throw new AppError('db.embedded', 'The user "postgres" was created but cannot be found');
  return made;
}
