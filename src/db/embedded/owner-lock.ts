/**
 * The lock of one data folder: a file that names its owner by pid and start time, so that the lock
 * of a process that was killed is seen to be stale, even when its pid lives on as somebody else.
 *
 * Taking a stale lock over has a window of some microseconds in which two takers could both
 * believe to have won. Behind it stands PostgreSQL's own `postmaster.pid`, which lets one server
 * into a data directory; the lock only spares us that collision in practice.
 */
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
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

  /** True when the lock is ours now. A lock whose owner is dead is taken over; a live one is left alone. */
  async take(): Promise<boolean> {
    const self = await findProcess(process.pid);
    const content: LockContent = { pid: process.pid, startedAt: self?.startedAt ?? '', folder: this.#folder };
    const text = `${JSON.stringify(content)}\n`;
    if (!(await this.#create(text))) {
      if ((await this.owner()) !== undefined) return false;
      await this.#removeStale();
      if (!(await this.#create(text))) return false;
    }
    this.#taken = text;
    return true;
  }

  /** The live process that holds the lock, if any. */
  async owner(): Promise<RunningProcess | undefined> {
    const content = parse(await readText(this.#path));
    if (content === undefined || content.folder !== this.#folder) return undefined;
    const found = await findProcess(content.pid);
    return found?.startedAt === content.startedAt ? found : undefined;
  }

  /** Gives the lock back; does nothing when it is not ours. */
  async release(): Promise<void> {
    const taken = this.#taken;
    this.#taken = undefined;
    if (taken !== undefined && (await readText(this.#path)) === taken) await removeQuietly(this.#path);
  }

  /** Creates the file with all of its text at once: nobody ever reads half a lock. */
  async #create(text: string): Promise<boolean> {
    const draft = `${this.#path}.${randomHex(6)}`;
    await writeFile(draft, text, { mode: 0o644 });
    try {
      await link(draft, this.#path);
      return true;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw thrown;
    } finally {
      await removeQuietly(draft);
    }
  }

  async #removeStale(): Promise<void> {
    const stale = await readText(this.#path);
    const aside = `${this.#path}.${randomHex(6)}`;
    try {
      await rename(this.#path, aside);
    } catch {
      return;
    }
    // Another taker may have been faster and what we moved away is its new lock: put that back.
    if ((await readText(aside)) !== stale) await link(aside, this.#path).catch(() => undefined);
    await removeQuietly(aside);
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
