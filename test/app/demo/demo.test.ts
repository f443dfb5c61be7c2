import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { temporaryFolder } from '../../db/cluster-folder.ts';
import { until } from '../../jobs/until.ts';
import { CliProcess, descendantsOf, isAlive } from '../cli-process.ts';

const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));

/** Temporary files of the demonstration land in the folder of the test. */
function demo(...more: string[]): CliProcess {
  return new CliProcess(['demo', ...more], { cwd, env: { TMPDIR: cwd } });
}

async function leftovers(): Promise<readonly string[]> {
  return (await readdir(cwd)).filter((name) => name.startsWith('sipweet'));
}

describe('sipweet demo', () => {
  test('plays a missed call to the direct message, and the call back that is asked for there, within 30 s, with a time at each step, and cleans up', async () => {
    const startedMs = performance.now();
    const run = demo();
    await run.said(/everything runs/, 'stdout');
    const all = await descendantsOf(run.pid);
    assert.ok(all.some(({ command }) => command === 'sipweet sip') && all.some(({ command }) => command === 'sipweet worker'));
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 0, stderr + stdout);
    assert.ok(performance.now() - startedMs < 30_000);

    const lines = stdout.trimEnd().split('\n');
    for (const line of lines.slice(0, -1)) assert.match(line, /^\[ *\d+\.\d\d s\] /);
    assert.match(stdout, /bob's phone rings/);
    assert.match(stdout, /\] +Missed call from .*alice@/);
    assert.match(stdout, /@bob_example writes: call back\n[^]*bob's phone rings and shows whom he is about to reach: alice </);
    assert.match(stdout, /alice's phone rings: bob <[^]*the two phones talk[^]*alice hangs up, and so does bob\n/);
    assert.match(lines.at(-1)!, /^SIP to DM: \d+ ms, from the CANCEL/);
    assert.equal(stderr, '');
    assert.deepEqual(await leftovers(), []);
    await until('no process is left', () => !all.some(({ pid }) => isAlive(pid)));
  });

  test('a step that fails says what was expected, is exit code 1, and leaves nothing either', async () => {
    // Nobody may be sent a request: the call cannot reach bob.
    const { code, stderr } = await demo('--set', 'routing.denyNextHops=127.0.0.0/8').ended;
    assert.equal(code, 1);
    assert.match(stderr, /^sipweet: Expected .*the call reaches bob/m);
    assert.deepEqual(await leftovers(), []);
  });

  test('Ctrl-C in the middle ends it in order', async () => {
    const run = demo();
    await run.said(/everything runs/, 'stdout');
    const all = await descendantsOf(run.pid);
    run.kill('SIGINT');
    const { code, stderr } = await run.ended;
    assert.equal(code, 1);
    assert.match(stderr, /^sipweet: The demonstration was stopped$/m);
    assert.deepEqual(await leftovers(), []);
    await until('no process is left', () => !all.some(({ pid }) => isAlive(pid)));
  });
});
