/**
 * Runs the tests: `npm test` (everything), `npm test -- sip/message` (every test file whose path
 * contains one of the words). Node's own runner, one process a file; at the end it says which files took longest.
 *
 *   npm test -- --engine interpreter   every test file that starts the service or a script, on the other engine
 *   npm test -- --udp dgram service    those of them whose path contains the word, without the addon
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { oneOf } from '../bench/side-by-side/command-line.ts';
import { COMPILED_CLI } from '../test/app/cli-process.ts';
import { SHARED_CLUSTER, startSharedCluster } from '../test/db/shared-cluster.ts';
import { ENGINE_VARIABLE, UDP_ENGINE_VARIABLE } from '../test/engines.ts';
import { NO_FILES, testFiles, type TestFiles } from './test-files.ts';
import { buildAddon, installTestPeers } from './test-peers.ts';

const FILE_TIMEOUT_MS = 600_000;
/** Test files at a time. */
const BESIDE_EACH_OTHER = { busy: 2, waiting: 2, alone: 1 } as const;
const SLOWEST = 15;
const MANY_FILES = 10;

/** What a run of everything repeats on both other engines: routes, the scenes of the service, and calls through all of it. */
const REPEATED = ['test/engines.', 'test/script/', 'test/app/warm-up/', 'test/service/', 'test/e2e/missed-call.', 'test/e2e/conversation.'];

const { values: engines, positionals: words } = parseArgs({ options: { engine: { type: 'string' }, udp: { type: 'string' } }, allowPositionals: true });
const isOnChosen = Object.keys(engines).length > 0;
const isWhole = words.length === 0 && !isOnChosen;
if (isOnChosen) choose(engines);
const files = testFiles(words, { onEngines: isOnChosen });
const again = isWhole ? testFiles(REPEATED, { onEngines: true }) : NO_FILES;
const count = countOf(files) + countOf(again);
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
  await runAll(files);
  if (isWhole) {
    console.log('\nOn the interpreter, and without the addon:\n');
    choose({ engine: 'interpreter', udp: 'dgram' });
    await runAll(again, ', on the other engines');
  }
} finally {
  await cluster?.stop();
}
const slowest = [...durations].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
console.log(`\n${count} files in ${seconds(Date.now() - startMs)}; the slowest:`);
for (const [file, durationMs] of slowest) console.log(`${seconds(durationMs).padStart(9)}  ${file}`);

/** For every test file that is started from now on. */
function choose({ engine, udp }: { readonly engine?: string; readonly udp?: string }): void {
  if (engine !== undefined) process.env[ENGINE_VARIABLE] = oneOf('engine', engine, ['compiled', 'interpreter']);
  if (udp !== undefined) process.env[UDP_ENGINE_VARIABLE] = oneOf('udp', udp, ['batch', 'dgram']);
}

async function runAll(all: TestFiles, remark = ''): Promise<void> {
  for (const kind of ['busy', 'waiting', 'alone'] as const) await runFiles(all[kind], BESIDE_EACH_OTHER[kind], remark);
}

async function runFiles(files: readonly string[], concurrency: number, remark: string): Promise<void> {
  if (files.length === 0) return;
  const events = run({ files: [...files], concurrency, timeout: FILE_TIMEOUT_MS });
  events.on('test:fail', () => {
    process.exitCode = 1;
  });
  // A file is a test too, with its path as the name. The typings of Node 20 do not know the event.
  events.on('test:complete' as 'test:pass', ({ name, details }) => {
    if (files.includes(name)) durations.set(`${name}${remark}`, details.duration_ms);
  });
  const report = events.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await new Promise((resolve) => report.once('end', resolve));
}

function countOf({ busy, waiting, alone }: TestFiles): number {
  return busy.length + waiting.length + alone.length;
}

function compiledCli(): string {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  if (status !== 0) process.exit(2);
  return resolve('dist/app/cli.js');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
