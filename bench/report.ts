/**
 * Takes the measurements of `docs/performance.md` anew, which lasts some 40 minutes, and writes the page.
 *
 *   npm run bench:report                  all of them
 *   npm run bench:report -- price cold    only these
 *
 * Wants a machine with two cores and nothing else to do. Exit code 1 when a target was missed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { RUNS, commandOf, resultPath } from './runs.ts';

const words = process.argv.slice(2);
const unknown = words.filter((word) => !RUNS.some(({ name }) => name === word));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}; there are ${RUNS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
mkdirSync('bench/results', { recursive: true });
for (const run of RUNS.filter(({ name }) => words.length === 0 || words.includes(name))) {
  console.log(`\n${run.name}: ${commandOf(run)}`);
  const { status } = spawnSync('npm', ['run', '--silent', run.script, '--', ...run.args, '--json', resultPath(run)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
spawnSync('npm', ['run', '--silent', 'docs'], { stdio: 'inherit' });
