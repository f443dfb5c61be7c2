/**
 * The same conversation with telephones of other people: two baresip, whose audio flows between them and not through
 * the service. On one kind of queue: what the phones see does not depend on it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../db/embedded-database.ts';
import { until } from '../jobs/until.ts';
import { Baresip } from '../service/baresip.ts';
import { Conversation } from './conversation.ts';
import { STEP_MS } from './stack.ts';

const { url, db } = await withDatabase({ migrated: false });

test('baresip on both sides', async (t) => {
  const talk = await Conversation.start(t, { databaseUrl: url, db });
  await talk.addLinked('alice', 'bob');
  const phone = async (user: string, answers = true) => {
    const started = await Baresip.start({ user, proxyPort: talk.stack.sipPort, answers });
    t.after(() => started.close());
    // Its own event may come before anybody listens to it.
    await until(`${user} is registered`, async () => (await db('location').where({ username: user })).length === 1, STEP_MS);
    return started;
  };
  const [bob, alice] = [await phone('bob'), await phone('alice')];

  await t.test('"call @alice": both talk, RTP flows between the two, and when alice hangs up so does bob', async () => {
    await talk.post('bob', '@sipweet call @alice_x');
    await Promise.all([bob, alice].map((one) => one.event('CALL_RTPESTAB', STEP_MS)));
    assert.equal((await bob.event('CALL_ESTABLISHED')).param, 'sip:alice@example.com');
    assert.equal((await alice.event('CALL_ESTABLISHED')).param, 'sip:bob@example.com');
    await talk.callIs('bob', 'connected');
    await alice.command('hangup');
    await bob.event('CALL_CLOSED');
    await talk.callIs('bob', 'ended');
  });

  await t.test('"call back" after a call that carol has missed; "hang up" by direct message ends both', async () => {
    await talk.addLinked('carol');
    const carol = await phone('carol', false);
    await bob.command('dial', 'sip:carol@example.com');
    await carol.event('CALL_INCOMING', STEP_MS);
    await bob.event('CALL_RINGING', STEP_MS);
    await bob.command('hangup');
    await carol.event('CALL_CLOSED', STEP_MS);
    await bob.event('CALL_CLOSED', STEP_MS);
    await talk.told('carol', /^Missed call from .*bob@example\.com.*: the caller hung up/);
    await talk.asks('carol', 'call back', /^Calling bob\./);
    await carol.event('CALL_INCOMING', STEP_MS);
    await carol.command('accept');
    await Promise.all([bob, carol].map((one) => one.event('CALL_RTPESTAB', STEP_MS)));
    await talk.callIs('carol', 'connected');
    await talk.asks('carol', 'hang up', /^Ending the call to bob/);
    await Promise.all([bob, carol].map((one) => one.event('CALL_CLOSED', STEP_MS)));
    await talk.callIs('carol', 'ended');
  });
});
