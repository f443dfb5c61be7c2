import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { startEmulator } from '../../src/x/emulator/server.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { VERSION } from '../../src/app/version.ts';
import { temporaryFolder } from '../db/cluster-folder.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { runCli } from './cli-process.ts';

const { url } = await withDatabase({ migrated: false });
const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));

describe('sipweet', () => {
  test('--version', async () => {
    const { code, stdout } = await runCli(['--version'], { cwd });
    assert.deepEqual([code, stdout], [0, `${VERSION}\n`]);
  });

  test('an unknown command or option is exit code 2, with one line that says which', async () => {
    const wrong = [['strat'], ['start', '--prot'], ['user', 'add', 'bob']];
    const ends = await Promise.all(wrong.map((args) => runCli(args, { cwd })));
    assert.deepEqual(ends.map(({ code, stdout }) => [code, stdout]), wrong.map(() => [2, '']));
    const [command, option, missing] = ends.map(({ stderr }) => stderr);
    assert.match(command!, /unknown command 'strat'\n\(Did you mean start\?\)/);
    assert.match(option!, /unknown option '--prot'/);
    assert.match(missing!, /required option '--x <x-user>'/);
  });

  test('a configuration with mistakes is exit code 2, with all of them and their places', async () => {
    const file = join(cwd, 'wrong.yaml');
    await writeFile(file, 'sip:\n  t1ms: 500\nlog:\n  level: loud\n');
    const { code, stderr } = await runCli(['start', '-c', file], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /^sipweet: The configuration has 2 problems\n/);
    assert.match(stderr, /wrong\.yaml:2:3: .*did you mean sip\.t1Ms/);
    assert.match(stderr, /wrong\.yaml:4:10: log\.level/);
  });

  test('config check, print and explain; secrets are redacted', async () => {
    const env = { DATABASE_URL: 'postgres://u:hush@db/x' };
    const [check, print, explain, unknown] = await Promise.all([
      runCli(['config', 'check'], { cwd, env }),
      runCli(['config', 'print', '--set', 'sip.t1Ms=600'], { cwd, env }),
      runCli(['config', 'explain', 'sip.t1Ms'], { cwd, env }),
      runCli(['config', 'explain', 'sip.t1'], { cwd, env }),
    ]);
    assert.deepEqual([check.code, print.code, explain.code, unknown.code], [0, 0, 0, 2]);
    assert.match(print.stdout, /t1Ms: 600 # from --set sip\.t1Ms/);
    assert.doesNotMatch(print.stdout, /hush/);
    assert.match(explain.stdout, /3261 §17\.1\.1\.1/);
    assert.match(unknown.stderr, /There is no option sip\.t1; did you mean sip\.t1Ms/);
  });

  test('a database that is not there is one line without the password, and no stack', async () => {
    const env = { DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/x' };
    const { code, stderr } = await runCli(['user', 'list'], { cwd, env });
    assert.equal(code, 1);
    assert.match(stderr, /^sipweet: PostgreSQL at 127\.0\.0\.1:1\/x does not answer: .*\n$/);
  });

  test('a command on a server of the operator does not migrate it; migrate does, and takes it back', async () => {
    const env = { DATABASE_URL: url };
    const refused = await runCli(['user', 'list'], { cwd, env });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /run `sipweet migrate latest` first/);
    const before = await runCli(['migrate', 'status'], { cwd, env });
    assert.match(before.stdout, /^Applied:\n {2}nothing\nMissing:\n {2}0001-/);
    assert.match((await runCli(['migrate', 'latest'], { cwd, env })).stdout, /^Applied:\n {2}0001-/);
    assert.equal((await runCli(['migrate', 'latest'], { cwd, env })).stdout, 'The schema is up to date\n');
    assert.match((await runCli(['user', 'list'], { cwd, env })).stdout, /There are no users/);
    assert.match((await runCli(['migrate', 'rollback'], { cwd, env })).stdout, /^Taken back:\n/);
    assert.match((await runCli(['migrate', 'status'], { cwd, env })).stdout, /^Applied:\n {2}nothing\n/);
  });

  test('x inbox shows what the sandbox has, and says so when there is none', async (t) => {
    const emulator = await startEmulator({ clock: new SystemClock(), logger: silentLogger, apiPort: 0, controlPort: 0 });
    t.after(() => emulator.close());
    const sent = { from: 'sipweet', to: 'bob_example', text: 'Missed call from alice' };
    await fetch(`${emulator.controlUrl}/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) });
    const port = new URL(emulator.controlUrl).port;
    const keys = { X_APP_KEY: 'k', X_APP_SECRET: 's', X_ACCESS_TOKEN: 't', X_ACCESS_SECRET: 'a' };
    const [inbox, users, none, real] = await Promise.all([
      runCli(['x', 'inbox', '@bob_example', '--set', `x.sandboxControlPort=${port}`], { cwd }),
      runCli(['x', 'users', '--set', `x.sandboxControlPort=${port}`], { cwd }),
      runCli(['x', 'inbox', 'bob_example', '--set', 'x.sandboxControlPort=1'], { cwd }),
      runCli(['x', 'inbox', 'bob_example'], { cwd, env: keys }),
    ]);
    assert.match(inbox.stdout, /^\d{4}-\d\d-\d\dT\S+ {2}@sipweet: Missed call from alice\n$/);
    assert.match(users.stdout, /^@bob_example {2}\d+$/m);
    assert.deepEqual([none.code, none.stdout], [1, '']);
    assert.match(none.stderr, /^sipweet: No X sandbox answers at http:\/\/127\.0\.0\.1:1: .*\n$/);
    assert.equal(real.code, 2);
    assert.match(real.stderr, /messages go to X itself/);
  });
});
