import assert from 'node:assert/strict';
import test from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { CommandIntake } from '../../src/intake/command-intake.ts';
import { receiveActivity } from '../../src/intake/receive-activity.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { MemoryQueue } from '../../src/testing/memory-queue.ts';
import { MemoryInbox } from './memory-inbox.ts';

const US = { id: '9', username: 'Sipweet' };
const BOB = '42';

function setUp() {
  const clock = new VirtualClock();
  const inbox = new MemoryInbox();
  const counters = new Counters();
  const intake = new CommandIntake({ inbox, jobs: new MemoryQueue(clock), clock, logger: silentLogger, counters, maxAgeMs: 600_000 });
  const spend: [string, number, number][] = [];
  const receive = (body: unknown) => receiveActivity(body, { intake, us: US, counters, logger: silentLogger, onSpend: (...entry) => spend.push(entry) });
  const event = (event_type: string, payload: unknown, userId = US.id) => ({ data: { filter: { user_id: userId }, event_type, payload } });
  const mention = (id: string, text: string, more: object = {}) => event('post.mention.create', { id, text, author_id: BOB, created_at: new Date(clock.now()).toISOString(), ...more });
  const message = (id: string, recipient_id = US.id, sender_id = BOB) =>
    event('dm.received', {
      direct_message_events: [
        { type: 'message_create', id, created_timestamp: String(clock.now()), message_create: { target: { recipient_id }, sender_id, message_data: { text: 'call alice' } } },
      ],
    });
  return { inbox, receive, event, mention, message, spend, count: (name: string) => counters.define(`intake.${name}`, '').value };
}

test('a mention and a direct message become commands, and are known when they come again', async () => {
  const { receive, mention, message, inbox, spend } = setUp();
  assert.deepEqual((await receive(mention('11', 'please @sipweet call alice'))).newIds, ['post:11']);
  assert.deepEqual((await receive(message('12'))).newIds, ['dm:12']);
  assert.deepEqual((await receive(message('12'))).newIds, []);
  assert.equal(inbox.rows.size, 2);
  assert.deepEqual(spend, [['mention-event', 1, 5_000], ['dm-event', 1, 10_000], ['dm-event', 1, 10_000]]);
});

test('a version of a post that comes after a later one changes nothing', async () => {
  const { receive, mention, inbox } = setUp();
  await receive(mention('11', '@sipweet call carol', { edit_history_tweet_ids: ['10', '11'] }));
  await receive(mention('10', '@sipweet call alice', { edit_history_tweet_ids: ['10', '11'] }));
  assert.deepEqual(inbox.ids('received'), ['post:10']);
});

test('what is for another account of the app, to another recipient or by ourselves is none of our business', async () => {
  const { receive, event, message, inbox, count } = setUp();
  await receive(event('post.mention.create', { id: '1', text: '@sipweet call alice', author_id: BOB }, '8'));
  await receive(message('2', '8'));
  await receive(message('3', US.id, US.id));
  assert.equal(inbox.rows.size, 0);
  assert.equal(count('foreign'), 3);
});

test('an answer or a quote that does not name us asks nothing of us; a longer name is not ours', async () => {
  const { receive, mention, inbox } = setUp();
  for (const text of ['call alice', '@sipweet2 call alice', 'sipweet call alice', '@sipweet_ call']) await receive(mention('1', text));
  assert.equal(inbox.rows.size, 0);
  await receive(mention('2', '.@SIPWEET, call alice'));
  assert.deepEqual(inbox.ids('received'), ['post:2']);
});

test('what is not a command is told to the caller', async () => {
  const { receive, event, count } = setUp();
  assert.deepEqual((await receive(event('chat.received', { sender_id: BOB, encoded_event: 'x' }))).encryptedFrom, [BOB]);
  assert.deepEqual((await receive({ user_event: { revoke: { source: { user_id: BOB } } } })).revokedUserIds, [BOB]);
  assert.deepEqual(await receive({ anything: 'else' }), { newIds: [], revokedUserIds: [], renamed: [], encryptedFrom: [] });
  assert.equal(count('unknown'), 1);
  assert.equal(count('encrypted'), 1);
});

test('a database that is away rejects, so that X delivers again', async () => {
  const { receive, message, inbox } = setUp();
  inbox.down = true;
  await assert.rejects(receive(message('12')), /switched off/);
  inbox.down = false;
  assert.deepEqual((await receive(message('12'))).newIds, ['dm:12']);
});
