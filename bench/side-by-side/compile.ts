/** The programs in C of this folder. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of `NAME.c`, compiled. The name has the digest of the source, so it is never an old one. */
export function compiled(name: string): string {
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex');
  const binary = join(tmpdir(), `sipweet-${name}-${digest.slice(0, 16)}`);
  if (existsSync(binary)) return binary;
  const { status, stderr } = spawnSync('cc', ['-O2', '-Wall', source, '-o', binary], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}.c cannot be compiled: ${stderr}`);
  return binary;
}
