import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { tokenKeyFor } from '../../src/app/token-key.ts';
import { loadConfig } from '../../src/config/load.ts';
import { TokenCipher } from '../../src/db/token-cipher.ts';
import { temporaryFolder } from '../db/cluster-folder.ts';
import { recordingLogger } from '../x/sandbox.ts';

const folder = await temporaryFolder();
after(() => rm(folder, { recursive: true, force: true }));

function configFor(dataFolder: string, ...more: readonly string[]) {
  return loadConfig({ searchPaths: [], overrides: [`database.dataFolder=${dataFolder}`, ...more] }).config;
}

test('on trial a key is made once, by whoever comes first, readable by its owner only', async () => {
  const config = configFor(join(folder, 'new', 'postgres'));
  const keys = await Promise.all(Array.from({ length: 5 }, () => tokenKeyFor({ config, isOnTrial: true, logger: silentLogger })));
  assert.equal(new Set(keys).size, 1);
  assert.ok(new TokenCipher([keys[0]!]));
  const path = join(folder, 'new', 'token-key');
  assert.equal((await readFile(path, 'utf8')).trim(), keys[0]);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await tokenKeyFor({ config, isOnTrial: true, logger: silentLogger }), keys[0]);
});

test('a configured key is the one; without trial nothing is made', async () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  assert.equal(await tokenKeyFor({ config: configFor(join(folder, 'a'), `console.tokenKey=${key}`), isOnTrial: true, logger: silentLogger }), key);
  assert.equal(await tokenKeyFor({ config: configFor(join(folder, 'b')), isOnTrial: false, logger: silentLogger }), undefined);
  await assert.rejects(stat(join(folder, 'b')));
});

test('a folder that cannot be written is one warning with the option, and nobody can sign in', async () => {
  await writeFile(join(folder, 'file'), '');
  const { logger, lines } = recordingLogger();
  assert.equal(await tokenKeyFor({ config: configFor(join(folder, 'file', 'below')), isOnTrial: true, logger }), undefined);
  assert.match(lines.join('\n'), /console\.tokenKey/);
});
