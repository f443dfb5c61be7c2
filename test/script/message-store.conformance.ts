import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MESSAGE_CLAIM_MS, type MessageStore, type MessageToStore, type StoredMessage } from '../../src/script/ports.ts';

/** A whole second: the stores keep no parts of one. */
export const NOW_MS = Date.UTC(2026, 5, 1, 12, 0, 0);

export const MAX_PER_USER = 3;

export function sampleMessage(changes: Partial<MessageToStore> = {}): MessageToStore {
  return {
    username: 'bob',
    domain: 'example.com',
    fromUri: 'sip:alice@example.com',
    toUri: 'sip:bob@example.com',
    contentType: 'text/plain;charset=UTF-8',
    body: 'hello',
    callId: 'call-1@example.com',
    receivedAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 3_600_000,
    ...changes,
  };
}

/** What every `MessageStore` must do. `makeStore` gives an empty one that takes `MAX_PER_USER` messages of a user. */
export function messageStoreConformance(name: string, makeStore: () => Promise<MessageStore>): void {
  const bodies = (messages: readonly StoredMessage[]) => messages.map(({ body }) => body);
  const claimAll = (store: MessageStore, nowMs = NOW_MS) => store.claim('bob', '', nowMs, 10);

  describe(`${name} keeps the contract of MessageStore`, () => {
    test('an empty store has nothing for anybody', async () => {
      assert.deepEqual(await claimAll(await makeStore()), []);
    });

    test('a message comes back as it was, time to the second, each byte of the body', async () => {
      const store = await makeStore();
      const body = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
      assert.equal(await store.store(sampleMessage({ body, receivedAtMs: NOW_MS + 999 })), true);
      const [found] = await claimAll(store, NOW_MS + 999);
      assert.deepEqual({ ...found, id: 0 }, {
        id: 0,
        fromUri: 'sip:alice@example.com',
        toUri: 'sip:bob@example.com',
        contentType: 'text/plain;charset=UTF-8',
        body,
        receivedAtMs: NOW_MS,
      });
    });

    test('the oldest first, and of one second the one stored first; no more than asked for', async () => {
      const store = await makeStore();
      await store.store(sampleMessage({ body: 'second', receivedAtMs: NOW_MS + 1000 }));
      await store.store(sampleMessage({ body: 'third', receivedAtMs: NOW_MS + 1000 }));
      await store.store(sampleMessage({ body: 'first' }));
      assert.deepEqual(bodies(await store.claim('bob', '', NOW_MS, 2)), ['first', 'second']);
      assert.deepEqual(bodies(await claimAll(store)), ['third']);
    });

    test('what is claimed is nobody else\'s for a minute, then it is again', async () => {
      const store = await makeStore();
      await store.store(sampleMessage());
      assert.equal((await claimAll(store)).length, 1);
      assert.deepEqual(await claimAll(store), []);
      assert.deepEqual(await claimAll(store, NOW_MS + MESSAGE_CLAIM_MS - 1000), []);
      assert.equal((await claimAll(store, NOW_MS + MESSAGE_CLAIM_MS)).length, 1);
    });

    test('claims at the same time share the messages out, none goes to two', async () => {
      const store = await makeStore();
      for (const body of ['a', 'b', 'c']) await store.store(sampleMessage({ body }));
      const claims = await Promise.all(Array.from({ length: 6 }, () => store.claim('bob', '', NOW_MS, 1)));
      const all = bodies(claims.flat());
      assert.equal(new Set(all).size, all.length);
      assert.deepEqual([...all, ...bodies(await claimAll(store))].sort(), ['a', 'b', 'c']);
    });

    test('what is released can be claimed at once, what is removed never again', async () => {
      const store = await makeStore();
      await store.store(sampleMessage());
      const [first] = await claimAll(store);
      await store.release(first!.id);
      assert.deepEqual(await claimAll(store), [first]);
      await store.remove(first!.id);
      await store.release(first!.id);
      assert.deepEqual(await claimAll(store, NOW_MS + MESSAGE_CLAIM_MS), []);
    });

    test('a mailbox is a user\'s; a domain narrows it, the empty one does not', async () => {
      const store = await makeStore();
      await store.store(sampleMessage({ body: 'here' }));
      await store.store(sampleMessage({ body: 'there', domain: 'example.net' }));
      await store.store(sampleMessage({ body: 'carol\'s', username: 'carol' }));
      assert.deepEqual(bodies(await store.claim('bob', 'example.net', NOW_MS, 10)), ['there']);
      assert.deepEqual(bodies(await claimAll(store)), ['here']);
    });

    test('an expired message is not delivered and takes no place; deleteExpired counts and takes it out', async () => {
      const store = await makeStore();
      for (const _ of [1, 2, 3]) await store.store(sampleMessage({ expiresAtMs: NOW_MS + 60_000 }));
      assert.deepEqual(await claimAll(store, NOW_MS + 60_000), []);
      assert.equal(await store.store(sampleMessage({ receivedAtMs: NOW_MS + 60_000 })), true);
      assert.equal(await store.deleteExpired(NOW_MS + 59_999), 0);
      assert.equal(await store.deleteExpired(NOW_MS + 60_000), 3);
      assert.equal((await claimAll(store, NOW_MS + 60_000)).length, 1);
    });

    test('a user who has too many gets no more, also when several come at once; others do', async () => {
      const store = await makeStore();
      const taken = await Promise.all(Array.from({ length: 6 }, () => store.store(sampleMessage())));
      assert.equal(taken.filter(Boolean).length, MAX_PER_USER);
      assert.equal(await store.store(sampleMessage({ domain: 'example.net' })), false);
      assert.equal(await store.store(sampleMessage({ username: 'carol' })), true);
      assert.equal((await claimAll(store)).length, MAX_PER_USER);
    });

    test('what looks like SQL stays a text', async () => {
      const store = await makeStore();
      const evil = "x' or '1'='1";
      await store.store(sampleMessage({ username: evil, fromUri: `sip:${evil}@example.com` }));
      await store.store(sampleMessage());
      assert.deepEqual((await store.claim(evil, '', NOW_MS, 10)).map(({ fromUri }) => fromUri), [`sip:${evil}@example.com`]);
    });
  });
}
