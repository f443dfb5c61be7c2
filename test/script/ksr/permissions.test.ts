import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { permissionsRows } from '../../../src/script/ksr/permissions.ts';
import { callable } from '../route-fixture.ts';
import { moduleStage } from '../modules/module-stage.ts';

const permissions = callable(permissionsRows);
const row = (group: number, address: string, mask: number, port = 0) => ({ group, address, mask, port, tag: undefined });

async function start(...rows: ReturnType<typeof row>[]) {
  const here = moduleStage();
  here.addressRows.push(...rows);
  await here.modules.addresses.load();
  return here;
}

describe('allow_source_address and allow_address', () => {
  test('give 1 for an address in a network of the group, else -1', async () => {
    const here = await start(row(1, '192.0.2.0', 24), row(2, '203.0.113.5', 32));
    const route = here.route();
    assert.deepEqual([1, 2, 3].map((group) => permissions(route, 'allow_source_address', group)), [1, -1, -1]);
    assert.equal(permissions(route, 'allow_address', 2, '203.0.113.5', 9999), 1);
    assert.equal(permissions(route, 'allow_address', 2, '203.0.113.6', 9999), -1);
  });

  test('a port in the row must be the port of the source; 0 is any', async () => {
    const here = await start(row(1, '192.0.2.10', 32, 5060), row(2, '192.0.2.10', 32, 5060), row(2, '192.0.2.10', 32, 5062));
    const route = here.route();
    assert.deepEqual([permissions(route, 'allow_source_address', 1), permissions(route, 'allow_source_address', 2)], [-1, 1]);
  });

  test('match IPv6 by prefix, in any way of writing', async () => {
    const here = await start(row(1, '2001:db8:1::', 48));
    const route = here.route(undefined, { source: { address: '2001:db8:1:2::3' } });
    assert.equal(permissions(route, 'allow_source_address', 1), 1);
    assert.equal(permissions(route, 'allow_address', 1, '2001:DB8:0001::9', 0), 1);
    assert.equal(permissions(route, 'allow_address', 1, '2001:db8:2::9', 0), -1);
  });

  test('a text that is no address gives -1', async () => {
    const here = await start(row(1, '0.0.0.0', 0), row(1, '::', 0));
    assert.equal(permissions(here.route(), 'allow_address', 1, 'example.com', 5060), -1);
  });
});

test('allow_source_address_group and allow_address_group give the first group, -1 for none', async () => {
  const here = await start(row(7, '192.0.2.0', 24), row(3, '192.0.2.10', 32));
  const route = here.route();
  assert.equal(permissions(route, 'allow_source_address_group'), 7);
  assert.deepEqual([permissions(route, 'allow_address_group', '192.0.2.10', 1), permissions(route, 'allow_address_group', '10.0.0.1', 1)], [7, -1]);
});

describe('the table', () => {
  test('lets nobody in before it was read', () => {
    assert.equal(permissions(moduleStage().route(), 'allow_source_address', 1), -1);
  });

  test('is replaced as a whole by a reload, and stays when the reload fails', async () => {
    const here = await start(row(1, '192.0.2.10', 32));
    here.addressRows.splice(0, 1, row(2, '192.0.2.10', 32));
    await here.modules.addresses.load();
    const allowed = () => [1, 2].map((group) => permissions(here.route(), 'allow_source_address', group));
    assert.deepEqual(allowed(), [-1, 1]);
    const failing = here.addressRows;
    Object.defineProperty(failing, Symbol.iterator, { value: () => { throw new Error('away'); } });
    await assert.rejects(async () => here.modules.addresses.load(), /away/);
    assert.deepEqual(allowed(), [-1, 1]);
  });

  test('a row that is no network is left out with a warning', async () => {
    const here = await start(row(1, 'example.com', 32), row(1, '192.0.2.10', 33), row(1, '192.0.2.10', 32));
    assert.equal(permissions(here.route(), 'allow_source_address', 1), 1);
    assert.equal(here.logger.lines.filter(({ level }) => level === 'warn').length, 2);
  });
});
