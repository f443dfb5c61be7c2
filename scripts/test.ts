/**
 * Runs the tests: `npm test` (everything), `npm test -- sip/message` (every test file whose path
 * contains one of the words). Node's own runner, one process a file; at the end it says which files took longest.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { COMPILED_CLI } from '../test/app/cli-process.ts';
import { SHARED_CLUSTER, startSharedCluster } from '../test/db/shared-cluster.ts';
import { testFiles } from './test-files.ts';
import { buildAddon, installTestPeers } from './test-peers.ts';

const FILE_TIMEOUT_MS = 600_000;
const BESIDE_EACH_OTHER = 2;
const SLOWEST = 15;
const MANY_FILES = 10;

const words = process.argv.slice(2);
const { together, alone } = testFiles(words);
const count = together.length + alone.length;
if (count === 0) {
  console.error(`No test file matches ${words.join(' ')}`);
  process.exit(2);
}

// A run of chosen files is for somebody at work, who knows what they need.
if (words.length === 0 && !(installTestPeers() && buildAddon())) process.exit(2);

const startMs = Date.now();
const durations = new Map<string, number>();
// What many files need is made once for all of them; a few do better without.
const cluster = count > MANY_FILES ? await startSharedCluster() : undefined;
if (count > MANY_FILES) process.env[COMPILED_CLI] = compiledCli();
if (cluster !== undefined) process.env[SHARED_CLUSTER] = cluster.url;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void cluster?.stop().then(() => process.exit(1)));
try {
  await runFiles(together, BESIDE_EACH_OTHER);
  await runFiles(alone, 1);
} finally {
  await cluster?.stop();
}
const slowest = [...durations].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
console.log(`\n${count} files in ${seconds(Date.now() - startMs)}; the slowest:`);
for (const [file, durationMs] of slowest) console.log(`${seconds(durationMs).padStart(9)}  ${file}`);

async function runFiles(files: readonly string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const events = run({ files: [...files], concurrency, timeout: FILE_TIMEOUT_MS });
  events.on('test:fail', () => {
    process.exitCode = 1;
  });
  // A file is a test too, with its path as the name. The typings of Node 20 do not know the event.
  events.on('test:complete' as 'test:pass', ({ name, details }) => {
    if (files.includes(name)) durations.set(name, details.duration_ms);
  });
  const report = events.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await new Promise((resolve) => report.once('end', resolve));
}

function compiledCli(): string {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  if (status !== 0) process.exit(2);
  return resolve('dist/app/cli.js');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
