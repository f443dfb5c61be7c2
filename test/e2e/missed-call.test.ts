/** A missed call from the SIP message to the direct message and back to the table of results, on real processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../jobs/until.ts';
import { withBackends } from './backends.ts';
import { CallWaiter, Stack } from './stack.ts';

const DM_MS = 10_000;

for (const { name, redis, url, db } of await withBackends()) {
  test(`queue on ${name}`, async (t) => {
    const stack = await Stack.start(t, { databaseUrl: url, db, redisUrl: redis?.url });
    for (const user of ['alice', 'bob', 'carol', 'dave', 'erin', 'frank']) await stack.addUser(user);
    const alice = await stack.registeredPhone('alice');
    let count = 0;

    /** The one message that the callee got, when the service is through with the call. */
    const messageTo = async (callee: string, callId: string): Promise<string> => {
      count += 1;
      const all = await stack.delivered(count, DM_MS);
      assert.deepEqual(all.at(-1), { callId, ledger: 'done', result: 'done' });
      const messages = await stack.inbox(callee);
      assert.equal(messages.length, 1);
      return messages[0]!;
    };

    await t.test('a caller who hangs up while it rings: one message, ledger and dm_results say done', async () => {
      const waiter = new CallWaiter();
      const bob = await stack.registeredPhone('bob', waiter.onCall);
      const call = alice.call(bob.addressOfRecord);
      const incoming = await waiter.call;
      incoming.ring();
      await call.ringing;
      call.cancel();
      assert.equal(await call.ended, 487);
      await incoming.wasCancelled;
      const text = await messageTo('bob', call.callId);
      assert.match(text, /^Missed call from "Alice" <alice@example\.com> at \d\d:\d\d /);
    });

    await t.test('busy', async () => {
      const carol = await stack.registeredPhone('carol', (call) => call.reject(486, 'Busy Here'));
      const call = alice.call(carol.addressOfRecord);
      assert.equal(await call.ended, 486);
      assert.match(await messageTo('carol', call.callId), /: busy /);
    });

    await t.test('nobody is registered: unreachable', async () => {
      const call = alice.call('sip:dave@example.com');
      assert.equal(await call.ended, 480);
      assert.match(await messageTo('dave', call.callId), /: your phone could not be reached /);
    });

    await t.test('an account that takes no messages: refused, in the ledger and in dm_results', async () => {
      await stack.sandbox.putUser({ username: 'erin_x', acceptsDms: false });
      const call = alice.call('sip:erin@example.com');
      assert.equal(await call.ended, 480);
      count += 1;
      await until('the refusal is noted', async () => (await stack.deliveries()).at(-1)?.result === 'refused', DM_MS);
      assert.deepEqual((await stack.deliveries()).at(-1), { callId: call.callId, ledger: 'refused', result: 'refused' });
      assert.equal((await stack.inbox('erin')).length, 0);
    });

    await t.test('a call that is answered is not missed', async () => {
      const frank = await stack.registeredPhone('frank', (call) => {
        call.ring();
        call.answer();
      });
      const call = alice.call(frank.addressOfRecord);
      assert.equal(await call.ended, 200);
      assert.equal(await call.hangUp(), 200);
      // A missed call behind it shows that its event is not just slow.
      const later = alice.call('sip:frank-at-home@example.com');
      assert.equal(await later.ended, 480);
      await until('the call behind it is through', async () => (await stack.deliveries()).some(({ callId }) => callId === later.callId), DM_MS);
      assert.equal((await stack.deliveries()).length, count + 1);
      assert.equal((await stack.inbox('frank')).length, 0);
    });
  });
}
