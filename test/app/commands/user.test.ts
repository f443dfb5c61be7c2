import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { LinksTable } from '../../../src/db/tables/links.ts';
import { SubscriberTable } from '../../../src/db/tables/subscriber.ts';
import { UsersTable } from '../../../src/db/tables/users.ts';
import { deriveSecrets } from '../../../src/sip/auth/algorithm.ts';
import { temporaryFolder } from '../../db/cluster-folder.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { runCli } from '../cli-process.ts';

const { db, url } = await withDatabase();
const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));

const users = new UsersTable(db);
const subscribers = new SubscriberTable(db);

function user(...args: string[]) {
  return runCli(['user', ...args], { cwd, env: { DATABASE_URL: url } });
}

describe('sipweet user', () => {
  test('add makes the mapping and the login, in the realm of the configuration', async () => {
    const { code, stdout } = await user('add', 'bob', '--x', '@bob_example', '--password', 'secret2', '--set', 'auth.realm=example.com');
    assert.equal(code, 0);
    assert.equal(stdout, 'Added bob, on X @bob_example\n');
    assert.equal((await users.show('bob')).xUser, 'bob_example');
    assert.deepEqual(await subscribers.find('bob', 'example.com'), deriveSecrets('bob', 'example.com', 'secret2'));
  });

  test('a SIP name that is taken is refused by name, on one line, and nothing is changed', async () => {
    const { code, stdout, stderr } = await user('add', 'bob', '--x', 'robert', '--password', 'other', '--set', 'auth.realm=example.com');
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.equal(stderr, 'sipweet: SIP user "bob" is taken: it is mapped to X user "bob_example"\n');
    assert.deepEqual(await subscribers.find('bob', 'example.com'), deriveSecrets('bob', 'example.com', 'secret2'));
  });

  test('so is an X name, whatever its case; the login is not left behind', async () => {
    const { code, stderr } = await user('add', 'rob', '--x', 'BOB_example', '--password', 'other');
    assert.equal(code, 1);
    assert.match(stderr, /^sipweet: X user "BOB_example" is taken: it is mapped to SIP user "bob"\n$/);
    assert.equal(await subscribers.find('rob', 'sipweet'), undefined);
  });

  test('the password can come from standard input; its line end does not belong to it', async () => {
    const args = ['user', 'add', 'carol', '--x', 'carol_example', '--password-stdin', '--time-zone', 'Europe/Berlin', '--locale', 'de-AT'];
    const { code } = await runCli(args, { cwd, env: { DATABASE_URL: url }, input: 'gäheim 3\n' });
    assert.equal(code, 0);
    assert.deepEqual(await subscribers.find('carol', 'sipweet'), deriveSecrets('carol', 'sipweet', 'gäheim 3'));
    const { timeZone, locale } = await users.show('carol');
    assert.deepEqual([timeZone, locale], ['Europe/Berlin', 'de-AT']);
  });

  test('without a password a random one is made, and shown this once', async () => {
    const { stdout } = await user('add', 'dave', '--x', 'dave_example');
    const password = /^Added dave, on X @dave_example; SIP password: ([0-9a-f]{24})\n$/.exec(stdout)?.[1];
    assert.ok(password, stdout);
    assert.deepEqual(await subscribers.find('dave', 'sipweet'), deriveSecrets('dave', 'sipweet', password));
  });

  test('list, show and remove', async () => {
    const all = JSON.parse((await user('list', '--json')).stdout) as { sipUser: string }[];
    assert.deepEqual(all.map(({ sipUser }) => sipUser), ['bob', 'carol', 'dave']);
    assert.match((await user('list')).stdout, /^bob {4}@bob_example\ncarol {2}@carol_example\ndave {3}@dave_example\n$/);
    const shown = (await user('show', 'carol')).stdout;
    assert.match(shown, /^X user +@carol_example$/m);
    assert.match(shown, /^login +realm sipweet$/m);
    assert.equal((await user('remove', 'dave')).stdout, 'Removed dave\n');
    assert.equal(await users.findBySipUser('dave'), undefined);
    assert.equal(await subscribers.find('dave', 'sipweet'), undefined);
  });

  test('password changes the login of a user, and only of one', async () => {
    assert.equal((await user('password', 'carol', '--password', 'new')).code, 0);
    assert.deepEqual(await subscribers.find('carol', 'sipweet'), deriveSecrets('carol', 'sipweet', 'new'));
    const { code, stderr } = await user('password', 'eve', '--password', 'new');
    assert.deepEqual([code, stderr], [1, 'sipweet: There is no SIP user "eve"\n']);
  });

  test('link prints a code once, with how to use it; show tells of it, unlink ends everything', async () => {
    const sandboxless = ['--set', 'x.sandboxApiPort=1'];
    const { code, stdout } = await user('link', 'carol', ...sandboxless);
    assert.equal(code, 0);
    const [, shown] = /^Code for carol: (SW-[0-9A-Z]{4}-[0-9A-Z]{4})$/m.exec(stdout)!;
    assert.ok(stdout.includes(`\n  link ${shown}\n`), stdout);
    assert.match(stdout, /Good once, for 30 minutes, until \d{4}-/);
    assert.match(stdout, /the X account of this service as a direct message/);
    assert.ok(stdout.includes(`http://127.0.0.1:4012/link?code=${shown}`), stdout);
    const links = new LinksTable(db);
    assert.equal(await links.userOfCode(shown!), 'carol');
    assert.match((await user('show', 'carol')).stdout, /^link +none: make one with `sipweet user link carol`; a code is open until \d{4}-/m);

    assert.equal((await links.redeem(shown!, { xUserId: '9', xName: 'carol_x' })).outcome, 'linked');
    assert.match((await user('show', 'carol')).stdout, /^link +since \d{4}-[^;,]+$/m);
    assert.match((await user('list')).stdout, /^carol {2}@carol_x {2}\(linked\)$/m);
    const json = JSON.parse((await user('show', 'carol', '--json')).stdout) as Record<string, unknown>;
    assert.deepEqual([json.sipUser, typeof json.linkedAt, json.signedIn, json.linkCodeExpiresAt], ['carol', 'string', false, null]);

    assert.equal((await user('unlink', 'carol')).stdout, 'carol is no longer linked with @carol_x, who is told of nothing any more\n');
    assert.equal((await users.show('carol')).linkedAt, undefined);
    assert.equal((await user('unlink', 'carol')).stdout, 'carol was not linked; @carol_x is told of nothing any more\n');
    assert.deepEqual([(await user('unlink', 'eve')).code, (await user('link', 'eve')).stderr], [1, 'sipweet: There is no SIP user "eve"\n']);
  });

  test('link as JSON, with the public address of the console and the time of the configuration', async () => {
    const set = ['--set', 'x.sandboxApiPort=1', '--set', 'console.publicUrl=https://link.example.com/', '--set', 'console.linkCodeMinutes=5'];
    const link = JSON.parse((await user('link', 'carol', '--json', ...set)).stdout) as Record<string, string>;
    assert.deepEqual([link.sipUser, link.botName, link.signInUrl], ['carol', null, `https://link.example.com/link?code=${link.code}`]);
    const inMs = Date.parse(link.expiresAt!) - Date.now();
    assert.ok(inMs > 4 * 60_000 && inMs <= 5 * 60_000, String(inMs));
  });

  test('an X name, time zone or password that cannot be is a mistake of the command line', async () => {
    const wrong = [
      ['--x', 'no blanks', '--password', 'p'],
      ['--x', 'eve_x', '--password', 'p', '--time-zone', 'Europe/Nowhere'],
      ['--x', 'eve_x', '--password', ''],
      ['--x', 'eve_x', '--password', 'p', '--password-stdin'],
    ];
    for (const { code, stderr } of await Promise.all(wrong.map((args) => user('add', 'eve', ...args)))) {
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^sipweet: .*\n$/);
    }
    assert.equal(await users.findBySipUser('eve'), undefined);
  });
});
