/** Bindings outlive the process: the same story on the store in memory and on PostgreSQL. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { LocationTable } from '../../src/db/tables/location.ts';
import type { LocationStore } from '../../src/registrar/location-store.ts';
import { LocationWriter } from '../../src/registrar/location-writer.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { MemoryLocationStore } from '../../src/testing/memory-location-store.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { Stage, contactValues } from './stage.ts';

const database = await withDatabase();

/** A node that has just started on that store. */
async function node(store: LocationStore): Promise<{ readonly stage: Stage; readonly writer: LocationWriter }> {
  const clock = new VirtualClock();
  const writer = new LocationWriter({ store, clock, logger: silentLogger, counters: new Counters() });
  const stage = new Stage({}, writer, clock);
  await writer.load(stage.index, 1000);
  return { stage, writer };
}

for (const [name, makeStore] of [
  ['the store in memory', () => new MemoryLocationStore()],
  ['PostgreSQL', () => new LocationTable(database.db, silentLogger, new Counters())],
] as const) {
  describe(`a restart on ${name}`, () => {
    test('keeps bindings, their order and their time; what was taken away stays away', async () => {
      const store = makeStore();
      const before = await node(store);
      before.stage.save(['<sip:alice@192.0.2.10>;q=0.5;expires=600', '<sip:alice@192.0.2.11>;q=0.7;+sip.instance="<urn:uuid:1>";reg-id=1']);
      before.stage.save(['<sip:x@192.0.2.12>'], { user: `x'or'1'='1`, callId: 'c2' });
      before.stage.save(['<sip:%00@192.0.2.13>'], { user: 'nul-%00', callId: 'c3' });
      before.stage.save(['<sip:p@192.0.2.14>'], { user: '__proto__', callId: 'c4' });
      before.stage.save(['<sip:bob@192.0.2.15>'], { user: 'bob', callId: 'c5' });
      await before.writer.flush();
      before.stage.save(['*'], { user: 'bob', callId: 'c5', cseq: 2, lines: ['Expires: 0'] });
      await before.writer.close();

      const { stage, writer } = await node(store);
      assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.11', 'sip:alice@192.0.2.10']);
      assert.deepEqual(stage.contacts(`x'or'1'='1`), ['sip:x@192.0.2.12']);
      assert.deepEqual(stage.contacts('nul-%00'), ['sip:%00@192.0.2.13']);
      assert.deepEqual(stage.contacts('__proto__'), ['sip:p@192.0.2.14']);
      assert.deepEqual(stage.contacts('bob'), []);
      assert.equal(stage.index.bindingCount, 5);
      assert.deepEqual(contactValues(stage.save([], { cseq: 2 })), [
        '<sip:alice@192.0.2.11>;expires=3600;q=0.7;+sip.instance="<urn:uuid:1>";reg-id=1',
        '<sip:alice@192.0.2.10>;expires=600;q=0.5',
      ]);
      await writer.close();
    });

    test('keeps Call-ID and CSeq: an old request is still too old, a new one refreshes the same row', async () => {
      const store = makeStore();
      const before = await node(store);
      before.stage.save(['<sip:carol@192.0.2.10>'], { user: 'carol', callId: 'carol', cseq: 8 });
      await before.writer.close();

      const { stage, writer } = await node(store);
      assert.equal(stage.save(['<sip:carol@192.0.2.10>'], { user: 'carol', callId: 'carol', cseq: 7 }).status, 500);
      assert.equal(stage.save(['<sip:carol@192.0.2.10>'], { user: 'carol', callId: 'carol', cseq: 9 }).code, 2);
      await writer.close();
      const rows: string[] = [];
      for await (const batch of store.loadAll()) for (const row of batch) if (row.username === 'carol') rows.push(`${row.contact} ${row.cseq}`);
      assert.deepEqual(rows, ['sip:carol@192.0.2.10 9']);
    });
  });
}
