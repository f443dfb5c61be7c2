import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SiloTable } from '../../../src/db/tables/silo.ts';
import { MAX_PER_USER, NOW_MS, messageStoreConformance, sampleMessage } from '../../script/message-store.conformance.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();

async function emptyTable(): Promise<SiloTable> {
  await db('silo').delete();
  return new SiloTable({ db, maxPerUser: MAX_PER_USER });
}

messageStoreConformance('SiloTable', emptyTable);

test('a row reads as Kamailio would write it', async () => {
  const table = await emptyTable();
  await table.store(sampleMessage({ body: 'Grüße', receivedAtMs: NOW_MS + 400 }));
  const { id, body, ...row } = await db('silo').first();
  assert.ok(id > 0);
  assert.deepEqual([...body], [...Buffer.from('Grüße', 'latin1')]);
  assert.deepEqual(row, {
    src_addr: 'sip:alice@example.com',
    dst_addr: 'sip:bob@example.com',
    username: 'bob',
    domain: 'example.com',
    inc_time: NOW_MS / 1000,
    exp_time: NOW_MS / 1000 + 3600,
    snd_time: 0,
    ctype: 'text/plain;charset=UTF-8',
    extra_hdrs: '',
    callid: 'call-1@example.com',
    status: 0,
  });
});

test('a message that Kamailio stored is delivered, one that it keeps as a reminder is not before its time', async () => {
  const table = await emptyTable();
  const kamailio = { src_addr: 'sip:a@example.com', dst_addr: 'sip:bob@example.com', username: 'bob', domain: 'example.com', inc_time: NOW_MS / 1000, exp_time: NOW_MS / 1000 + 600 };
  await db('silo').insert([{ ...kamailio, body: Buffer.from('now') }, { ...kamailio, body: Buffer.from('later'), snd_time: NOW_MS / 1000 + 300 }]);
  const bodies = async (nowMs: number) => (await table.claim('bob', '', nowMs, 10)).map(({ body }) => body);
  assert.deepEqual(await bodies(NOW_MS), ['now']);
  assert.deepEqual(await bodies(NOW_MS + 300_000), ['now', 'later']);
});

test('a claim passes over what another transaction is claiming, and does not wait for it', async () => {
  const table = await emptyTable();
  await table.store(sampleMessage({ body: 'a' }));
  await table.store(sampleMessage({ body: 'b' }));
  await db.transaction(async (trx) => {
    const [first] = await new SiloTable({ db: trx, maxPerUser: MAX_PER_USER }).claim('bob', '', NOW_MS, 1);
    const [second] = await table.claim('bob', '', NOW_MS, 1);
    assert.deepEqual([first?.body, second?.body], ['a', 'b']);
  });
});
