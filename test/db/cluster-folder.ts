import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A cluster and its test databases take some 60 MB, and several test files run at once. */
const ENOUGH_BYTES = 512 * 1024 * 1024;

/**
 * A temporary folder that PostgreSQL's user reaches also when the tests run as root; in memory
 * where Linux has room for that, since initialising a cluster is mostly writing.
 */
export async function temporaryFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  const parent = memory !== undefined && memory.bavail * memory.bsize > ENOUGH_BYTES ? '/dev/shm' : tmpdir();
  const folder = await mkdtemp(join(parent, 'sipweet-test-'));
  await chmod(folder, 0o755);
  return folder;
}
