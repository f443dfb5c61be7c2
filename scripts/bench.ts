/**
 * Runs the benchmarks one after the other: `npm run bench` (all), `npm run bench -- sip/message`
 * (those whose path contains one of the words). Each prints `name  N ns/op`; one that fails fails the run.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

function benchFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return benchFiles(path);
    return entry.name.endsWith('.bench.ts') ? [path] : [];
  });
}

const words = process.argv.slice(2);
const files = benchFiles('bench').filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
if (files.length === 0) {
  console.error(`No benchmark matches ${words.join(' ')}`);
  process.exit(2);
}
for (const file of files.sort()) {
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', file], { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${file} failed`);
    process.exitCode = 1;
  }
}
