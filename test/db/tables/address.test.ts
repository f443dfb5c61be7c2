import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressTable } from '../../../src/db/tables/address.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();

test('rows of the address table come in their order, with the defaults of its columns', async () => {
  await database.db('address').insert([
    { ip_addr: '192.0.2.1' },
    { grp: 2, ip_addr: '2001:db8::', mask: 32, port: 5060, tag: 'trunk' },
  ]);
  assert.deepEqual(await new AddressTable(database.db).loadAll(), [
    { group: 1, address: '192.0.2.1', mask: 32, port: 0, tag: undefined },
    { group: 2, address: '2001:db8::', mask: 32, port: 5060, tag: 'trunk' },
  ]);
});
