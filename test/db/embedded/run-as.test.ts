import assert from 'node:assert/strict';
import { chmod, chown, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { canTraverse, chooseRunAs } from '../../../src/db/embedded/run-as.ts';
import { temporaryFolder } from '../cluster-folder.ts';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await temporaryFolder();
  folder = join(parent, 'inner');
  await mkdir(folder, { mode: 0o755 });
});
afterEach(async () => {
  await rm(parent, { recursive: true });
});

test('a folder is reached when every folder above it lets that user pass: as owner, by group, as anybody', async () => {
  const { uid, gid } = await stat(parent);
  const stranger = { uid: uid + 1000, gid: gid + 1000 };
  assert.equal(await canTraverse(folder, stranger), true);
  await chmod(parent, 0o710);
  assert.equal(await canTraverse(folder, stranger), false);
  assert.equal(await canTraverse(folder, { ...stranger, gid }), true);
  await chmod(parent, 0o700);
  assert.equal(await canTraverse(folder, { ...stranger, gid }), false);
  assert.equal(await canTraverse(folder, { uid, gid }), true);
});

if (process.getuid?.() === 0) {
  test('root runs the server as the owner of its files, and as the system user postgres when there are none', async () => {
    const fresh = await chooseRunAs(join(parent, 'nothing-yet'));
    assert.ok(fresh !== undefined && fresh.uid !== 0);
    await chown(folder, 4711, 4712);
    assert.deepEqual(await chooseRunAs(folder), { uid: 4711, gid: 4712 });
    await chown(folder, 0, 0);
    assert.deepEqual(await chooseRunAs(folder), fresh);
  });
} else {
  test('a normal user runs the server as himself, and not on files of another user', async () => {
    assert.equal(await chooseRunAs(join(parent, 'nothing-yet')), undefined);
    assert.equal(await chooseRunAs(folder), undefined);
    await assert.rejects(chooseRunAs('/etc'), { code: 'db.embedded', message: /belong to another user \(uid 0\)/ });
  });
}
