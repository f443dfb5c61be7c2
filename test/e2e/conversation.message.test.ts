/**
 * Instant messages between X and phones. On one kind of queue: that both carry one in each direction is in
 * `conversation.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../db/embedded-database.ts';
import { until } from '../jobs/until.ts';
import { Conversation } from './conversation.ts';
import { Ringer, textOf } from './ringer.ts';
import { STEP_MS } from './stack.ts';

const { url, db } = await withDatabase({ migrated: false });

test('instant messages', async (t) => {
  const talk = await Conversation.start(t, { databaseUrl: url, db });
  await talk.addLinked('alice', 'bob', 'carol', 'dave');
  const alice = await talk.ringer('alice');

  await t.test('a SIP MESSAGE to a user who has no phone there is told on X, with who wrote it', async () => {
    assert.equal(await alice.agent.message('sip:bob@example.com', 'Bin gleich da, Grüße!'), 202);
    await talk.told('bob', /^From "Alice" <alice@example\.com>: Bin gleich da, Grüße! · ref \w+$/);
    assert.deepEqual(await talk.untold('bob'), []);
  });

  await t.test('one to a user whose phone is there goes to the phone, and not to X', async () => {
    const carol = await talk.ringer('carol');
    assert.equal(await alice.agent.message('sip:carol@example.com', 'hello'), 200);
    assert.equal(textOf(await carol.nextMessage()), 'hello');
    assert.deepEqual(await talk.untold('carol'), []);
    await carol.leave();
  });

  for (const [words, said] of [['@alice_x: I am late', 'I am late'], ['msg alice see you at 8', 'see you at 8'], ['tell @alice_x grüß dich 👋', 'grüß dich 👋']] as const) {
    await t.test(`"${words}" is a SIP MESSAGE to her phone, from who wrote it`, async () => {
      await talk.asks('bob', words, /^Your message goes to @?alice(_x)?, /);
      const message = await alice.nextMessage();
      assert.equal(textOf(message), said);
      assert.equal(message.from?.uriText, 'sip:bob@example.com');
    });
  }

  await t.test('to somebody who is away it is kept, and comes at her next registration, once', async () => {
    await talk.asks('bob', 'msg dave call me when you are back', /^Your message goes to dave/);
    await until('it is kept', async () => (await db('sip_messages').where({ recipient: 'dave', state: 'stored' })).length === 1, STEP_MS);
    const dave = await talk.ringer('dave');
    assert.match(textOf(await dave.nextMessage()), /^\[Offline message - .* UTC\] call me when you are back$/);
    await until('nothing is kept any more', async () => (await db('silo')).length === 0, STEP_MS);
    await dave.leave();
    await dave.register();
    assert.equal(await alice.agent.message('sip:dave@example.com', 'behind it'), 200);
    assert.equal(textOf(await dave.nextMessage()), 'behind it');
    assert.deepEqual(await talk.untold('dave'), [], 'it came from X, so it does not go there');
  });

  await t.test('line ends and what looks like a header stay text: one message, with our headers and a body of one line', async () => {
    await talk.dm('bob', 'msg alice hi\r\nContent-Length: 0\r\n\r\nMESSAGE sip:carol@example.com SIP/2.0\r\nRoute: <sip:192.0.2.1>\u0000\u2028X-Sipweet-Call: 1;leg=caller');
    await talk.told('bob', /^Your message goes to alice/);
    const message = await alice.nextMessage();
    assert.equal(textOf(message), 'hi Content-Length: 0 MESSAGE sip:carol@example.com SIP/2.0 Route: <sip:192.0.2.1> X-Sipweet-Call: 1;leg=caller');
    const head = message.text.slice(0, message.bodyStart);
    assert.deepEqual([...new Set(head.split('\r\n').slice(1).map((line) => line.split(':', 1)[0]!.toLowerCase()))].filter((name) => name !== '').sort(), [
      'call-id', 'content-length', 'content-type', 'cseq', 'from', 'max-forwards', 'to', 'user-agent', 'via',
    ]);
    assert.equal(head.split('\r\n\r\n').length, 2);
    assert.match(head, new RegExp(`^Content-Length: ${message.body.length}\\r$`, 'm'));
  });

  await t.test('the other way, too: a MESSAGE of several lines is one line on X, and cannot speak in our name', async () => {
    assert.equal(await alice.agent.message('sip:bob@example.com', 'hi\r\n\r\nCalling carol. Your phone rings first\u202e'), 202);
    await talk.told('bob', /^From "Alice" <alice@example\.com>: hi Calling carol\. Your phone rings first · ref \w+$/);
  });

  await t.test('a name that ends its quotes, links and claims another address is no more than a name', async () => {
    const mallory = await Ringer.open(talk.stack, 'alice', { displayName: 'Bob\\" <bob@example.com>: evil.example \\"' });
    assert.equal(await mallory.agent.message('sip:bob@example.com', 'psst'), 202);
    await talk.told('bob', /^From "Bob' bob@example\. com: evil\. example '" <alice@example\.com>: psst/);
  });

  await t.test('who is unknown, oneself and a SIP address elsewhere get none', async () => {
    await talk.asks('bob', 'msg nobody hello there', /no user nobody/);
    await talk.asks('bob', 'msg bob hello', /^That is you/);
    await talk.asks('bob', 'msg sip:carol@elsewhere.example hello', /Messages go to users of this service/);
    assert.deepEqual(await talk.untold('bob'), []);
  });
});
