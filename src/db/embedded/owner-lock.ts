/**
 * The lock of one data folder: a file that names its owner by pid and start time, so that the lock
 * of a process that was killed is seen to be stale, even when its pid lives on as somebody else.
 *
 * A stale lock is replaced under a second one, `….takeover`: of several that find it stale at once
 * one replaces it, and looks again before it does. Behind all this stands PostgreSQL's own
 * `postmaster.pid`, which lets one server into a data directory.
 */
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { randomHex } from '../../base/ids.ts';
import { findProcess, type RunningProcess } from './process-table.ts';

interface LockContent {
  readonly pid: number;
  readonly startedAt: string;
  /** Absolute path of the folder: a copied folder brings a lock along that is not its own. */
  readonly folder: string;
}

export class OwnerLock {
  readonly #path: string;
  readonly #folder: string;
  #taken: string | undefined;

  constructor(path: string) {
    this.#path = resolve(path);
    this.#folder = dirname(this.#path);
  }

  /**
   * True when the lock is ours now. The lock of a dead owner is taken over; a live one is left
   * alone, as is one that another process is taking over at this moment: ask again later.
   */
  async take(): Promise<boolean> {
    const self = await findProcess(process.pid);
    const content: LockContent = { pid: process.pid, startedAt: self?.startedAt ?? '', folder: this.#folder };
    const text = `${JSON.stringify(content)}\n`;
    if (!(await create(this.#path, text)) && !(await this.#takeOver(text))) return false;
    this.#taken = text;
    return true;
  }

  /** The live process that holds the lock, if any. */
  async owner(): Promise<RunningProcess | undefined> {
    return this.#ownerOf(this.#path);
  }

  /** Gives the lock back; does nothing when it is not ours. */
  async release(): Promise<void> {
    const taken = this.#taken;
    this.#taken = undefined;
    if (taken !== undefined && (await readText(this.#path)) === taken) await removeQuietly(this.#path);
  }

  async #takeOver(text: string): Promise<boolean> {
    if ((await this.owner()) !== undefined) return false;
    const takeover = `${this.#path}.takeover`;
    if (!(await create(takeover, text))) {
      // Left by a process that was killed in the middle of this: out of the way for the next try.
      if ((await this.#ownerOf(takeover)) === undefined) await removeQuietly(takeover);
      return false;
    }
    try {
      if ((await this.owner()) !== undefined) return false;
      await removeQuietly(this.#path);
      return await create(this.#path, text);
    } finally {
      await removeQuietly(takeover);
    }
  }

  async #ownerOf(path: string): Promise<RunningProcess | undefined> {
    const content = parse(await readText(path));
    if (content === undefined || content.folder !== this.#folder) return undefined;
    const found = await findProcess(content.pid);
    return found?.startedAt === content.startedAt ? found : undefined;
  }
}

/** Creates the file with all of its text at once, if there is none: nobody ever reads half a lock. */
async function create(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomHex(6)}`;
  await writeFile(draft, text, { mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  } finally {
    await removeQuietly(draft);
  }
}

function parse(text: string | undefined): LockContent | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<LockContent> | null;
    const { pid, startedAt, folder } = value ?? {};
    if (typeof pid !== 'number' || typeof startedAt !== 'string' || typeof folder !== 'string') return undefined;
    return { pid, startedAt, folder };
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function removeQuietly(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}
