/**
 * Runs the tests: `npm test` (everything), `npm test -- unit`, `npm test -- sip/message` (every
 * test file whose path contains one of the words). Node's own runner, one process a file.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildAddon, installTestPeers } from './test-peers.ts';

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

const words = process.argv.slice(2);
const files = testFiles('test').filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
if (files.length === 0) {
  console.error(`No test file matches ${words.join(' ')}`);
  process.exit(2);
}

// A run of chosen files is for somebody at work, who knows what they need.
if (words.length === 0 && !(installTestPeers() && buildAddon())) process.exit(2);

// One file at a time: many start servers and phones of other people, which take ports and want the processor to themselves.
run({ files: files.sort(), concurrency: 1, timeout: 600_000 })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
