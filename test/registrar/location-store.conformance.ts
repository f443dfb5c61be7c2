import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LOCATION_LIMITS, type LocationStore, type StoredBinding } from '../../src/registrar/location-store.ts';

/** Any millisecond; the stores keep times to the millisecond. */
const NOW_MS = Date.UTC(2026, 5, 1, 12, 0, 0, 123);

/** A binding with every field set, some to their widest. */
export function sampleBinding(changes: Partial<StoredBinding> = {}): StoredBinding {
  return {
    ruid: 'uloc-1-1',
    username: 'alice',
    domain: 'example.org',
    contact: 'sip:alice@192.0.2.10:5062;transport=udp;ob',
    received: 'sip:198.51.100.7:41000',
    path: '<sip:edge1.example.org;lr>,<sip:edge2.example.org;lr>',
    expiresAtMs: NOW_MS + 3_600_000,
    q: 0.7,
    callId: '1b2c3d@192.0.2.10',
    cseq: 2_147_483_647,
    flags: 0xffff_ffff,
    cflags: 1 << 6,
    userAgent: 'Zoïper ☎ rv2.10',
    socket: 'udp:192.0.2.1:5060',
    methods: 5951,
    instance: '<urn:uuid:00000000-0000-1000-8000-000A95A0E128>',
    regId: 1,
    lastModifiedMs: NOW_MS,
    ...changes,
  };
}

/** A binding with everything left out that may be. */
const BARE = sampleBinding({
  ruid: 'uloc-1-bare',
  domain: '',
  received: undefined,
  path: undefined,
  q: -1,
  flags: 0,
  cflags: 0,
  userAgent: '',
  socket: undefined,
  methods: undefined,
  instance: undefined,
  regId: 0,
});

/** What every `LocationStore` must do. `makeStore` gives an empty one each time. */
export function locationStoreConformance(name: string, makeStore: () => Promise<LocationStore>): void {
  const put = (binding: StoredBinding) => ({ op: 'put', binding }) as const;

  async function contents(store: LocationStore): Promise<StoredBinding[]> {
    const all: StoredBinding[] = [];
    for await (const batch of store.loadAll()) all.push(...batch);
    return all.sort((a, b) => (a.ruid < b.ruid ? -1 : 1));
  }

  describe(`${name} keeps the contract of LocationStore`, () => {
    test('an empty store loads nothing', async () => {
      assert.deepEqual(await contents(await makeStore()), []);
    });

    test('a binding comes back with every field as it went in', async () => {
      const store = await makeStore();
      await store.applyBatch([put(sampleBinding()), put(BARE)]);
      assert.deepEqual(await contents(store), [sampleBinding(), BARE]);
    });

    test('put replaces the binding of the same ruid as a whole', async () => {
      const store = await makeStore();
      await store.applyBatch([put(sampleBinding())]);
      const changed = { ...BARE, ruid: 'uloc-1-1', cseq: 3, contact: 'sip:alice@192.0.2.99' };
      await store.applyBatch([put(changed)]);
      assert.deepEqual(await contents(store), [changed]);
    });

    test('remove takes one binding, and an unknown ruid is fine', async () => {
      const store = await makeStore();
      await store.applyBatch([put(sampleBinding({ ruid: 'a' })), put(sampleBinding({ ruid: 'b' }))]);
      await store.applyBatch([{ op: 'remove', ruid: 'a' }, { op: 'remove', ruid: 'never-there' }]);
      assert.deepEqual((await contents(store)).map((binding) => binding.ruid), ['b']);
    });

    test('of several changes to one ruid in a batch the last counts', async () => {
      const store = await makeStore();
      await store.applyBatch([
        put(sampleBinding({ ruid: 'a', cseq: 1 })),
        { op: 'remove', ruid: 'a' },
        put(sampleBinding({ ruid: 'a', cseq: 2 })),
        put(sampleBinding({ ruid: 'b' })),
        { op: 'remove', ruid: 'b' },
      ]);
      assert.deepEqual((await contents(store)).map(({ ruid, cseq }) => [ruid, cseq]), [['a', 2]]);
    });

    test('a batch may be given again', async () => {
      const store = await makeStore();
      const batch = [put(sampleBinding({ ruid: 'a' })), { op: 'remove', ruid: 'b' } as const];
      await store.applyBatch(batch);
      await store.applyBatch(batch);
      assert.deepEqual(await contents(store), [sampleBinding({ ruid: 'a' })]);
    });

    test('an empty batch changes nothing', async () => {
      const store = await makeStore();
      await store.applyBatch([]);
      assert.deepEqual(await contents(store), []);
    });

    test('thousands of bindings load in batches, each once', async () => {
      const store = await makeStore();
      const count = 2500;
      await store.applyBatch(Array.from({ length: count }, (_, index) => put(sampleBinding({ ruid: `r-${index}` }))));
      let batches = 0;
      const seen = new Set<string>();
      for await (const batch of store.loadAll()) {
        batches += 1;
        assert.ok(batch.length <= 1000, 'a batch is bounded');
        for (const { ruid } of batch) seen.add(ruid);
      }
      assert.equal(seen.size, count);
      assert.equal(batches, 3);
    });

    test('deleteExpired takes what ended at that millisecond or before, and never a permanent binding', async () => {
      const store = await makeStore();
      await store.applyBatch([
        put(sampleBinding({ ruid: 'before', expiresAtMs: NOW_MS - 1 })),
        put(sampleBinding({ ruid: 'at', expiresAtMs: NOW_MS })),
        put(sampleBinding({ ruid: 'later', expiresAtMs: NOW_MS + 1 })),
        put(sampleBinding({ ruid: 'permanent', expiresAtMs: 0 })),
      ]);
      assert.equal(await store.deleteExpired(NOW_MS), 2);
      assert.deepEqual((await contents(store)).map((binding) => binding.ruid), ['later', 'permanent']);
      assert.equal((await contents(store))[1]!.expiresAtMs, 0);
    });

    test('a binding that no store can keep does not block the others of its batch', async () => {
      const store = await makeStore();
      const widest = sampleBinding({ ruid: 'widest', contact: `sip:${'x'.repeat(LOCATION_LIMITS.contact - 4)}` });
      await store.applyBatch([
        put(sampleBinding({ ruid: 'long', userAgent: 'x'.repeat(LOCATION_LIMITS.userAgent + 1) })),
        put(sampleBinding({ ruid: 'nul', callId: 'a\0b' })),
        put(widest),
      ]);
      assert.deepEqual(await contents(store), [widest]);
    });

    test(`names like x'or'1'='1 are names`, async () => {
      const store = await makeStore();
      const hostile = sampleBinding({
        ruid: `r'); drop table location; --`,
        username: `x'or'1'='1`,
        domain: `"; delete from location; --`,
        contact: `sip:x'or'1'='1@192.0.2.1;a=$1?b=??`,
        callId: String.raw`\' or 1=1 --{1,2}"NULL"`,
      });
      await store.applyBatch([put(sampleBinding()), put(hostile)]);
      assert.deepEqual(await contents(store), [hostile, sampleBinding()]);
      await store.applyBatch([{ op: 'remove', ruid: hostile.ruid }]);
      assert.deepEqual(await contents(store), [sampleBinding()]);
    });
  });
}
