import assert from 'node:assert/strict';
import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { PACKAGED_SCRIPT } from '../../../src/config/script.ts';
import { temporaryFolder } from '../../db/cluster-folder.ts';
import { freePort } from '../../free-port.ts';
import { until } from '../../jobs/until.ts';
import { CliProcess, descendantsOf, isAlive, pidOfRole, runCli } from '../cli-process.ts';

const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));
const script = join(cwd, 'routes.lua');

const OPTIONS = [
  '--set',
  'sip.listen=udp:127.0.0.1:0,tcp:127.0.0.1:0',
  '--set',
  'x.sandboxApiPort=0',
  '--set',
  'x.sandboxControlPort=0',
  '--set',
  'console.port=0',
  '--set',
  `script.path=${script}`,
];

function start(...more: string[]): CliProcess {
  return new CliProcess(['start', ...OPTIONS, ...more], { cwd });
}

/** The UDP address of SIP, from the start-up lines. */
async function ready(service: CliProcess): Promise<string> {
  await service.said(/Ctrl-C stops/, 'stderr');
  return (await service.said(/udp:(127\.0\.0\.1:\d+)/, 'stderr'))[1]!;
}

function isAnswering(address: string): Promise<boolean> {
  return runCli(['health', 'sip', '--address', address], { cwd }).then(({ code }) => code === 0);
}

describe('sipweet start', () => {
  test('brings everything up, survives its processes, reloads the script and stops in order', async (t) => {
    await copyFile(PACKAGED_SCRIPT, script);
    const service = start('--set', 'log.level=debug', '--set', 'log.format=kamailio');
    t.after(() => service.kill('SIGKILL'));
    const address = await ready(service);

    await t.test('what it says is at most 20 lines, and names the embedded defaults', () => {
      assert.ok(service.stderr.trimEnd().split('\n').length <= 20, service.stderr);
      assert.match(service.stderr, /embedded PostgreSQL in .*\[change: DATABASE_URL\]/);
      assert.match(service.stderr, /sandbox.*http:\/\/127\.0\.0\.1:\d+/);
    });

    await t.test('SIP answers', async () => assert.ok(await isAnswering(address)));

    await t.test('user add works beside it, on the same embedded database', async () => {
      const added = await runCli(['user', 'add', 'bob', '--x', 'bob_example', '--password', 'secret2'], { cwd });
      assert.deepEqual([added.code, added.stderr], [0, '']);
      assert.match((await runCli(['user', 'list'], { cwd })).stdout, /^bob {2}@bob_example$/m);
    });

    await t.test('a SIP process that is killed is started again, on the same port', async () => {
      const pid = (await pidOfRole(service.pid, 'sip'))!;
      process.kill(pid, 'SIGKILL');
      await service.said(/The sip process ended with SIGKILL: it is started again/, 'stdout');
      await service.said(/The sip process runs again/, 'stdout');
      assert.ok(await isAnswering(address));
    });

    await t.test('so is a worker', async () => {
      process.kill((await pidOfRole(service.pid, 'worker'))!, 'SIGKILL');
      await service.said(/The worker process runs again/, 'stdout');
    });

    await t.test('so is the console, at the same address', async () => {
      const [, origin] = await service.said(/console +(http:\/\/127\.0\.0\.1:\d+)/, 'stderr');
      const before = await fetch(`${origin}/link`);
      assert.equal(before.status, 200);
      assert.match(await before.text(), /SIP password/);
      process.kill((await pidOfRole(service.pid, 'console'))!, 'SIGKILL');
      await service.said(/The console process runs again/, 'stdout');
      assert.equal(await fetch(`${origin}/readyz`).then(({ status }) => status), 200);
    });

    await t.test('the key for tokens stands beside the data folder, for its owner only', async () => {
      const { mode, size } = await stat(join(cwd, '.sipweet', 'token-key'));
      assert.deepEqual([mode & 0o777, size], [0o600, 45]);
    });

    await t.test('SIGHUP with a script that has a mistake: its file and line are logged, the old one serves on', async () => {
      await writeFile(script, `${await readFile(PACKAGED_SCRIPT, 'utf8')}\nfunction broken(\n`);
      const from = service.stdout.length;
      service.kill('SIGHUP');
      await service.said(/goes on serving.*routes\.lua:\d+/, 'stdout', from);
      assert.ok(await isAnswering(address));
    });

    await t.test('SIGHUP with a good script takes it', async () => {
      await copyFile(PACKAGED_SCRIPT, script);
      const from = service.stdout.length;
      service.kill('SIGHUP');
      await service.said(/The routing script and the table address were read again/, 'stdout', from);
    });

    await t.test('SIGTERM: first SIP and the console end, then the worker, then the database, and nothing is left', async () => {
      const all = await descendantsOf(service.pid);
      service.kill('SIGTERM');
      const { code, stdout, stderr } = await service.ended;
      assert.equal(code, 0, stderr);
      const order = ['The sip process ended with 0', 'The worker process ended with 0', 'The embedded PostgreSQL has ended'];
      const places = order.map((line) => stdout.lastIndexOf(line));
      assert.ok(!places.includes(-1), stdout.slice(-2000));
      assert.deepEqual(places, [...places].sort((a, b) => a - b));
      const consoleAt = stdout.lastIndexOf('The console process ended with 0');
      assert.ok(consoleAt !== -1 && consoleAt < places[1]!);
      await until('no process is left', () => !all.some(({ pid }) => isAlive(pid)));
    });
  });

  test('kill -9 of the supervisor leaves no process of ours behind, and the next start goes on with the same data', async (t) => {
    await copyFile(PACKAGED_SCRIPT, script);
    const service = start();
    t.after(() => service.kill('SIGKILL'));
    await ready(service);
    const children = [await pidOfRole(service.pid, 'sip'), await pidOfRole(service.pid, 'worker'), await pidOfRole(service.pid, 'console')];
    assert.ok(children.every((pid) => pid !== undefined));
    service.kill('SIGKILL');
    await until('the children have noticed', () => !children.some((pid) => isAlive(pid!)));

    const again = start();
    t.after(() => again.kill('SIGKILL'));
    await ready(again);
    assert.match((await runCli(['user', 'list'], { cwd })).stdout, /^bob {2}@bob_example$/m);

    const second = await start('--set', 'x.sandboxApiPort=0').ended;
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^sipweet: Another sipweet runs with the data in \.sipweet\/postgres.*database\.dataFolder.*$/m);
    again.kill('SIGTERM');
    assert.equal((await again.ended).code, 0);
  });

  test('a port in use is one line that names the port and the option, and everything is stopped', async (t) => {
    await copyFile(PACKAGED_SCRIPT, script);
    const port = await freePort();
    const blocker = createServer().listen(port, '127.0.0.1');
    t.after(() => blocker.close());
    await new Promise((resolve) => blocker.once('listening', resolve));

    const service = start('--set', `sip.listen=tcp:127.0.0.1:${port}`);
    const { code, stderr, stdout } = await service.ended;
    assert.equal(code, 1);
    const lines = stderr.trimEnd().split('\n').filter((line) => line.startsWith('sipweet:'));
    assert.equal(lines.length, 1, stderr);
    assert.ok(lines[0]!.includes(`tcp:127.0.0.1:${port}`) && lines[0]!.includes('sip.listen'), lines[0]);
    assert.doesNotMatch(stdout + stderr, /^\s+at /m);
    // The database was stopped too: a command can start it for itself, as its owner.
    assert.match((await runCli(['user', 'list'], { cwd })).stdout, /bob/);
  });

  test('Ctrl-C, which reaches every process of the terminal, stops in order as well', async (t) => {
    await copyFile(PACKAGED_SCRIPT, script);
    const service = start('--set', 'log.level=debug', '--set', 'log.format=kamailio');
    t.after(() => service.kill('SIGKILL'));
    await ready(service);
    for (const role of ['sip', 'worker'] as const) process.kill((await pidOfRole(service.pid, role))!, 'SIGINT');
    service.kill('SIGINT');
    const { code, stdout } = await service.ended;
    assert.equal(code, 0);
    assert.ok(stdout.indexOf('The sip process ended with 0') < stdout.indexOf('The worker process ended with 0'));
  });
});
