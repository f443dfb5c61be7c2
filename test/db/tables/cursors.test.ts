import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CursorsTable } from '../../../src/db/tables/cursors.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const cursors = new CursorsTable(db);

test('a list that was never read has no cursor', async () => {
  assert.equal(await cursors.read('unknown'), undefined);
});

test('a cursor moves forward only, by number and not by text', async () => {
  await cursors.advance('mentions', '999');
  await cursors.advance('mentions', '1000');
  assert.equal(await cursors.read('mentions'), '1000');
  await cursors.advance('mentions', '999');
  assert.equal(await cursors.read('mentions'), '1000');
});

test('the largest id of X keeps its last digits', async () => {
  await cursors.advance('messages', '9223372036854775806');
  await cursors.advance('messages', '9223372036854775807');
  await cursors.advance('messages', '9223372036854775805');
  assert.equal(await cursors.read('messages'), '9223372036854775807');
});
