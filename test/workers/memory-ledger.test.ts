import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LedgerTable } from '../../src/db/tables/ledger.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import type { Ledger } from '../../src/workers/ports.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { MemoryLedger } from './memory-ledger.ts';

const { db } = await withDatabase();

interface Kind {
  readonly ledger: Ledger;
  /** Lets the entry become that much older. */
  age(id: string, ms: number): Promise<unknown>;
}

function memory(): Kind {
  const clock = new VirtualClock();
  return { ledger: new MemoryLedger(clock), age: async (_id, ms) => clock.advance(ms) };
}

function real(): Kind {
  return {
    ledger: new LedgerTable(db),
    age: (id, ms) => db.raw('update ledger set updated_at = updated_at - make_interval(secs => ?) where id = ?', [ms / 1000, id]),
  };
}

const EFFECT = { kind: 'direct-message', recipient: '1001', content: 'text', callId: 'c@a' };

for (const [name, open] of [['the memory ledger', memory], ['the real ledger', real]] as const) {
  test(`${name}: each step starts from its state and from the last claim, and from no other`, async () => {
    const { ledger, age } = open();
    const id = `steps of ${name}`;
    const state = (entry: { state: string; attempt: number } | undefined) => entry && `${entry.state} ${entry.attempt}`;
    assert.equal(await ledger.find(id), undefined);
    assert.equal(await ledger.claim(id), undefined);
    const planned = await ledger.plan({ ...EFFECT, id });
    assert.equal(state(planned), 'planned 0');
    assert.equal((await ledger.plan({ ...EFFECT, id, content: 'other' })).content, 'text');
    assert.equal(await ledger.release(planned, 'not claimed'), undefined);
    assert.equal(await ledger.takeOver(planned, 0), undefined);
    const first = (await ledger.claim(id))!;
    assert.equal(state(first), 'sending 1');
    assert.equal(await ledger.claim(id), undefined);
    assert.equal(await ledger.takeOver(first, 60_000), undefined);
    await age(id, 61_000);
    const second = (await ledger.takeOver(first, 60_000))!;
    assert.equal(state(second), 'sending 2');
    assert.equal(await ledger.takeOver(second, 60_000), undefined);
    assert.equal(await ledger.release(first, 'late'), undefined);
    assert.equal(await ledger.finish(first, { state: 'done' }), undefined);
    const released = (await ledger.release(second, 'why'))!;
    assert.deepEqual([state(released), released.reason], ['planned 2', 'why']);
    const third = (await ledger.claim(id))!;
    assert.deepEqual([state(third), third.reason], ['sending 3', undefined]);
    const done = (await ledger.finish(third, { state: 'done', remoteId: '7' }))!;
    assert.deepEqual([state(done), done.remoteId, done.callId], ['done 3', '7', 'c@a']);
    assert.equal(await ledger.finish(third, { state: 'refused' }), undefined);
    assert.equal(state(await ledger.find(id)), 'done 3');
  });

  test(`${name}: what was never claimed may end`, async () => {
    const { ledger } = open();
    const planned = await ledger.plan({ ...EFFECT, id: `end of ${name}` });
    const ended = await ledger.finish(planned, { state: 'refused', reason: 'nobody' });
    assert.deepEqual([ended?.state, ended?.reason, ended?.remoteId], ['refused', 'nobody', undefined]);
  });
}
