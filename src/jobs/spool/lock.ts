import { createHash } from 'node:crypto';
import { realpath, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';

/**
 * Keeps a second process out of a spool folder: two of them would delete each other's segments.
 * The lock is a listening local socket, which the kernel lets go of when its process dies in any
 * way; a file with a process id outlives a kill and may name a stranger afterwards.
 */
export class FolderLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws AppError `jobs.spool` when another process holds the folder */
  static async take(folder: string): Promise<FolderLock> {
    const name = `sipweet-spool-${createHash('sha256').update(await realpath(folder)).digest('hex').slice(0, 24)}`;
    // Linux has names for sockets that are no files; elsewhere a file may be left over from a crash.
    const abstract = process.platform === 'linux';
    const address = abstract ? `\0${name}` : join(tmpdir(), name);
    const server = (await listen(address)) ?? (abstract ? undefined : await replaceStale(address));
    if (server === undefined) {
      throw new AppError('jobs.spool', `The spool ${folder} is in use by another process of this service`);
    }
    server.unref();
    return new FolderLock(server);
  }

  async release(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** `undefined` when the address is taken. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

async function replaceStale(path: string): Promise<Server | undefined> {
  const alive = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
  if (alive) return undefined;
  await unlink(path).catch(() => undefined);
  return listen(path);
}
