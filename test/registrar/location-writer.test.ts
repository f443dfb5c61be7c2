import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger, type Logger } from '../../src/base/logger.ts';
import { restoredBinding, type Binding } from '../../src/registrar/binding.ts';
import { LocationIndex } from '../../src/registrar/location-index.ts';
import type { LocationChange } from '../../src/registrar/location-store.ts';
import { LocationWriter } from '../../src/registrar/location-writer.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { MemoryLocationStore } from '../../src/testing/memory-location-store.ts';
import { sampleBinding } from './location-store.conformance.ts';

/** A store whose calls are written down and can be made to fail or to wait. */
class WatchedStore extends MemoryLocationStore {
  readonly batches: string[][] = [];
  failing = false;
  /** Set to hold every batch until it is called. */
  gate: Promise<void> | undefined;
  sweeps = 0;

  override async applyBatch(changes: readonly LocationChange[]): Promise<void> {
    this.batches.push(changes.map((change) => (change.op === 'put' ? `put ${change.binding.ruid}/${change.binding.cseq}` : `remove ${change.ruid}`)));
    await this.gate;
    if (this.failing) throw new Error('the database is away');
    await super.applyBatch(changes);
  }

  override async deleteExpired(nowMs: number): Promise<number> {
    this.sweeps += 1;
    if (this.failing) throw new Error('the database is away');
    return super.deleteExpired(nowMs);
  }
}

function stage(options: { batchSize?: number; logger?: Logger } = {}) {
  const clock = new VirtualClock();
  const store = new WatchedStore();
  const counters = new Counters();
  const writer = new LocationWriter({ store, clock, counters, logger: options.logger ?? silentLogger, batchSize: options.batchSize ?? 1000 });
  const binding = (ruid: string, cseq = 1): Binding =>
    restoredBinding(sampleBinding({ ruid, cseq, expiresAtMs: clock.now() + 3_600_000 }), clock);
  return { clock, store, counters, writer, binding };
}

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

describe('collecting', () => {
  test('changes are written together half a second after the first', async () => {
    const { clock, store, writer, binding } = stage();
    writer.put(binding('a'), true);
    clock.advance(400);
    writer.put(binding('b'), true);
    clock.advance(99);
    assert.deepEqual(store.batches, []);
    clock.advance(1);
    await settle();
    assert.deepEqual(store.batches, [['put a/1', 'put b/1']]);
    assert.equal(clock.armed, 0);
  });

  test('of several changes to a binding the newest is written', async () => {
    const { store, writer, binding } = stage();
    writer.put(binding('a', 1), true);
    writer.put(binding('a', 2), false);
    await writer.flush();
    writer.put(binding('a', 3), false);
    writer.remove('a');
    await writer.flush();
    assert.deepEqual(store.batches, [['put a/2'], ['remove a']]);
    assert.equal(store.size, 0);
  });

  test('a binding that came and went before it was written is not written', async () => {
    const { store, writer, binding } = stage();
    writer.put(binding('a', 1), true);
    writer.put(binding('a', 2), false);
    writer.remove('a');
    assert.equal(writer.pendingCount, 0);
    await writer.flush();
    assert.deepEqual(store.batches, []);
  });

  test('nor one that ended before it was written; one that the store knows is removed there', async () => {
    const { store, writer, binding } = stage();
    writer.put(binding('new'), true);
    writer.forget('new');
    writer.put(binding('known', 2), false);
    writer.forget('known');
    writer.forget('not pending');
    await writer.flush();
    assert.deepEqual(store.batches, [['remove known']]);
  });

  test('a batch is bounded', async () => {
    const { store, writer, binding } = stage({ batchSize: 2 });
    for (const ruid of ['a', 'b', 'c', 'd', 'e']) writer.put(binding(ruid), true);
    await writer.flush();
    assert.deepEqual(store.batches.map((batch) => batch.length), [2, 2, 1]);
  });
});

describe('flush, for registrations that are written through', () => {
  test('resolves when what was handed over before it is in the store', async () => {
    const { store, writer, binding } = stage();
    writer.put(binding('a'), true);
    await writer.flush();
    assert.equal(store.size, 1);
  });

  test('callers that come while a batch is on its way share the next one', async () => {
    const { store, writer, binding } = stage();
    let open = () => {};
    store.gate = new Promise((resolve) => (open = resolve));
    writer.put(binding('a'), true);
    const first = writer.flush();
    writer.put(binding('b'), true);
    const second = writer.flush();
    writer.put(binding('c'), true);
    const third = writer.flush();
    open();
    await first;
    assert.equal(store.size, 1);
    await Promise.all([second, third]);
    assert.deepEqual(store.batches, [['put a/1'], ['put b/1', 'put c/1']]);
  });

  test('rejects with the error of the store, and the changes stay for the next try', async () => {
    const { clock, store, writer, binding } = stage();
    store.failing = true;
    writer.put(binding('a'), true);
    await assert.rejects(writer.flush(), /the database is away/);
    assert.equal(writer.pendingCount, 1);
    store.failing = false;
    clock.advance(1000);
    await settle();
    assert.deepEqual([store.size, writer.pendingCount], [1, 0]);
  });
});

describe('a store that is away', () => {
  test('is tried again after 1, 2, 4 … seconds, never later than 30, and then as before', async () => {
    const { clock, store, counters, writer, binding } = stage();
    store.failing = true;
    writer.put(binding('a'), true);
    const attempts: number[] = [];
    for (let ms = 0; ms < 100_000; ms += 100) {
      clock.advance(100);
      await settle();
      if (store.batches.length > attempts.length) attempts.push(clock.monotonicMs());
    }
    assert.deepEqual(attempts, [500, 1500, 3500, 7500, 15_500, 31_500, 61_500, 91_500]);
    assert.equal(counters.define('location.write.failed', '').value, 8);
    store.failing = false;
    clock.advance(30_000);
    await settle();
    writer.put(binding('b'), true);
    clock.advance(500);
    await settle();
    assert.equal(store.size, 2);
  });

  test('does not get an older state after a newer one', async () => {
    const { store, writer, binding } = stage();
    let open = () => {};
    store.gate = new Promise((resolve) => (open = resolve));
    store.failing = true;
    writer.put(binding('a', 1), true);
    const failed = assert.rejects(writer.flush());
    writer.put(binding('a', 2), false);
    open();
    await failed;
    store.failing = false;
    await writer.flush();
    assert.deepEqual(store.batches.at(-1), ['put a/2']);
  });

  test('hears of a removal although the batch with the addition failed: it may have arrived', async () => {
    const { store, writer, binding } = stage();
    store.failing = true;
    writer.put(binding('a'), true);
    await assert.rejects(writer.flush());
    writer.remove('a');
    store.failing = false;
    await writer.flush();
    assert.deepEqual(store.batches.at(-1), ['remove a']);
  });

  test('does not make what waits grow with users that come and go', async () => {
    const { store, writer, binding } = stage();
    store.failing = true;
    writer.put(binding('stays'), true);
    await assert.rejects(writer.flush());
    for (let turn = 0; turn < 1000; turn += 1) {
      writer.put(binding(`r${turn}`), true);
      writer.remove(`r${turn}`);
    }
    assert.equal(writer.pendingCount, 1);
  });
});

describe('start and stop', () => {
  test('load takes what has not ended, up to the limit', async () => {
    const { clock, store, writer } = stage();
    const nowMs = clock.now();
    const put = (ruid: string, expiresAtMs: number) => ({ op: 'put', binding: sampleBinding({ ruid, expiresAtMs }) }) as const;
    await store.applyBatch([put('ended', nowMs), put('live', nowMs + 1), put('permanent', 0), put('past the limit', nowMs + 1)]);
    const index = new LocationIndex({ clock, useDomain: false });
    assert.equal(await writer.load(index, 2), 2);
    assert.deepEqual(index.lookup('alice', '').map(({ ruid }) => ruid).sort(), ['live', 'permanent']);
    await writer.close();
  });

  test('rows of ended bindings are deleted every minute from the load on, also after a failure', async () => {
    const { clock, store, writer } = stage();
    await writer.load(new LocationIndex({ clock, useDomain: false }), 10);
    store.failing = true;
    clock.advance(60_000);
    await settle();
    store.failing = false;
    clock.advance(60_000);
    await settle();
    assert.equal(store.sweeps, 2);
    await writer.close();
    assert.equal(clock.armed, 0);
  });

  test('close writes what waits', async () => {
    const { clock, store, writer, binding } = stage();
    writer.put(binding('a'), true);
    await writer.close();
    assert.deepEqual([store.size, clock.armed], [1, 0]);
  });

  test('close says how much is lost when the store does not take it', async () => {
    const lost: unknown[] = [];
    const logger: Logger = { ...silentLogger, error: (_message, fields) => lost.push(fields?.changes) };
    const { clock, store, writer, binding } = stage({ logger });
    store.failing = true;
    writer.put(binding('a'), true);
    await writer.close();
    assert.deepEqual([lost, clock.armed], [[1], 0]);
  });
});
