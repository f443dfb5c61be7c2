/** The key with which tokens of people who signed in are encrypted. */
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorText } from '../base/errors.ts';
import { randomHex } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import { newTokenKey } from '../db/token-cipher.ts';

const FILE = 'token-key';

/**
 * The configured key; else, for the embedded database and for the sandbox of X, one that is made once and
 * kept beside the data folder, for its owner's eyes. Undefined for a database and an X of the operator: a key on
 * the disk of one of several machines would be a trap for him.
 */
export async function tokenKeyFor(parts: { config: Config; isOnTrial: boolean; logger: Logger }): Promise<string | undefined> {
  const { config, isOnTrial, logger } = parts;
  if (config.console.tokenKey !== undefined || !isOnTrial) return config.console.tokenKey;
  try {
    return await keepKey(dirname(config.database.dataFolder));
  } catch (thrown) {
    logger.warn('There is no key for tokens, so nobody can sign in with X: set console.tokenKey', { reason: errorText(thrown) });
    return undefined;
  }
}

/** Two processes that make it at once end up with the same one: the name is given to a file that is complete. */
async function keepKey(folder: string): Promise<string> {
  const path = join(folder, FILE);
  const read = async () => (await readFile(path, 'utf8')).trim();
  try {
    return await read();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${randomHex(6)}`;
  await writeFile(draft, `${newTokenKey()}\n`, { mode: 0o600 });
  await link(draft, path).catch(() => undefined);
  await unlink(draft);
  return read();
}
