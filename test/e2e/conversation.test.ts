/** What people write on X, from their post or message to the phones and back, on real processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withBackends } from './backends.ts';
import { Conversation } from './conversation.ts';

for (const { name, redis, url, db } of await withBackends()) {
  test(`the conversation with X, queue on ${name}`, async (t) => {
    const talk = await Conversation.start(t, { databaseUrl: url, db, redisUrl: redis?.url });
    await talk.addLinked('alice');
    await talk.addLinked('bob');

    await t.test('a mention that asks for a call: the phones of who asked ring first and show whom he is about to reach, then the other side; hanging up ends both', async () => {
      const [bob, alice] = [await talk.ringer('bob'), await talk.ringer('alice')];
      await talk.post('bob', '@sipweet call @alice_x');
      const first = await bob.nextCall();
      assert.match(first.caller, /^sip:alice@/);
      assert.equal(alice.calls.length, 0, 'the other side does not ring before who asked has answered');
      first.ring();
      first.answer();
      const second = await alice.nextCall();
      assert.match(second.caller, /^sip:bob@/);
      second.ring();
      second.answer();
      await talk.callIs('bob', 'connected');
      assert.equal(await second.hangUp(), 200);
      await first.wasHungUp;
      await talk.callIs('bob', 'ended');
      const posts = await talk.repliesTo('bob');
      assert.equal(posts.length, 1);
      await bob.leave();
      await alice.leave();
    });
  });
}
