import assert from 'node:assert/strict';
import test from 'node:test';
import { accountIdOf } from '../../../../src/x/emulator/snowflake.ts';
import { leap, sandbox, signedRequest } from '../../sandbox.ts';

interface Page {
  readonly data?: Record<string, unknown>[];
  readonly includes?: { readonly users: Record<string, unknown>[] };
  readonly meta: { readonly result_count: number; readonly next_token?: string };
}

test('an empty list has no data', async (t) => {
  const x = await sandbox(t);
  const { json } = await signedRequest(x.apiUrl, { target: '/2/dm_events' });
  assert.deepEqual(json, { meta: { result_count: 0 } });
});

test('id, type and text come unasked; the rest, and the senders, when asked for', async (t) => {
  const x = await sandbox(t);
  const sent = await x.control.sendAs({ from: 'bob', to: 'sipweet', text: 'hi' });
  const plain = (await signedRequest(x.apiUrl, { target: '/2/dm_events' })).json as Page;
  assert.deepEqual(plain.data, [{ id: sent.id, event_type: 'MessageCreate', text: 'hi' }]);
  const target = '/2/dm_events?dm_event.fields=sender_id,created_at,dm_conversation_id&expansions=sender_id';
  const full = (await signedRequest(x.apiUrl, { target })).json as Page;
  assert.deepEqual(full.data, [
    {
      id: sent.id,
      event_type: 'MessageCreate',
      text: 'hi',
      sender_id: accountIdOf('bob'),
      dm_conversation_id: sent.conversationId,
      created_at: new Date(x.clock.now()).toISOString(),
    },
  ]);
  assert.deepEqual(full.includes?.users, [{ id: accountIdOf('bob'), name: 'bob', username: 'bob' }]);
});

test('messages of others are in no list', async (t) => {
  const x = await sandbox(t);
  const { conversationId } = await x.control.sendAs({ from: 'ann', to: 'bob', text: 'private' });
  for (const target of ['/2/dm_events', `/2/dm_conversations/${conversationId}/dm_events`, `/2/dm_conversations/with/${accountIdOf('bob')}/dm_events`]) {
    assert.deepEqual((await signedRequest(x.apiUrl, { target })).json, { meta: { result_count: 0 } }, target);
  }
});

test('messages of the last 30 days are listed, older ones not', async (t) => {
  const x = await sandbox(t, { limitsEnabled: false });
  await x.control.sendAs({ from: 'bob', to: 'sipweet', text: 'old' });
  leap(x.clock, 30 * 86_400_000 - 1);
  const count = async () => ((await signedRequest(x.apiUrl, { target: '/2/dm_events', timestampMs: x.clock.now() })).json as Page).meta.result_count;
  assert.equal(await count(), 1);
  leap(x.clock, 1);
  assert.equal(await count(), 0);
});

test('pages do not shift when a message arrives in between', async (t) => {
  const x = await sandbox(t);
  for (const text of ['1', '2', '3']) await x.control.sendAs({ from: 'bob', to: 'sipweet', text });
  const first = (await signedRequest(x.apiUrl, { target: '/2/dm_events?max_results=2' })).json as Page;
  await x.control.sendAs({ from: 'bob', to: 'sipweet', text: '4' });
  const target = `/2/dm_events?max_results=2&pagination_token=${first.meta.next_token}`;
  const second = (await signedRequest(x.apiUrl, { target })).json as Page;
  assert.deepEqual([...first.data!, ...second.data!].map(({ text }) => text), ['3', '2', '1']);
  assert.equal(second.meta.next_token, undefined);
});

test('other event types are an empty list; a page size out of 1 to 100 and a foreign token are 400', async (t) => {
  const x = await sandbox(t);
  await x.control.sendAs({ from: 'bob', to: 'sipweet', text: 'x' });
  const joins = await signedRequest(x.apiUrl, { target: '/2/dm_events?event_types=ParticipantsJoin' });
  assert.deepEqual(joins.json, { meta: { result_count: 0 } });
  for (const query of ['max_results=0', 'max_results=101', 'max_results=ten', 'pagination_token=zz']) {
    assert.equal((await signedRequest(x.apiUrl, { target: `/2/dm_events?${query}` })).status, 400, query);
  }
});

test('messages of the encrypted chat are in no list', async (t) => {
  const x = await sandbox(t);
  await x.control.sendAs({ from: 'bob', text: 'secret', encrypted: true });
  assert.deepEqual((await signedRequest(x.apiUrl, { target: '/2/dm_events' })).json, { meta: { result_count: 0 } });
  assert.equal((await x.control.inbox('sipweet'))[0]?.encrypted, true);
});
