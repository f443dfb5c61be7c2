/**
 * Workers that die at each step of an answer: as a reply, and on the way from one channel to the next.
 * Whatever they did, the person reads it once; the webhook may hear of it again, with the same id.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Channels } from '../../../src/workers/delivery/channels/channels.ts';
import { setUpChannels } from '../../../src/workers/delivery/channels/set-up.ts';
import { PacedX } from '../../../src/workers/delivery/paced-x.ts';
import { deathsAt, dying, type Death } from './death.ts';
import { noticeStage, withWebhook, type NoticeStage } from './notice-stage.ts';
import { handled, ONLY_X, playOut, portOf, type Change, type Processor } from './stage.ts';

/** Lets a worker that dies have the job, then one that does not. */
async function dieThenPlayOut(s: NoticeStage, make: (change: Change) => Processor, death: Death, job: Parameters<typeof handled>[1]): Promise<string[]> {
  await new Promise<void>((resolve) => {
    const change = { ledger: dying(s.ledger, death, resolve), x: dying(portOf(s, {}), death, resolve) };
    void handled(make(change), job).then(() => resolve());
  });
  s.clock.advance(1_000);
  return playOut(s, make({}), job);
}

for (const death of deathsAt(['unsentBefore', 'claim', 'reply', 'finish'])) {
  test(`a worker that dies ${death.when} ${death.at}: one reply`, async (t) => {
    const s = await noticeStage(t);
    const steps = await dieThenPlayOut(s, (change) => s.notices(change), death, await s.plan({ replyTo: s.mention }));
    assert.equal(steps.at(-1), 'done');
    assert.deepEqual([(await s.replies()).length, await s.inbox()], [1, []]);
    const { state, channel } = s.ledger.entries.get('answer:1')!;
    assert.deepEqual([state, channel], ['done', 'reply']);
  });
}

for (const death of deathsAt(['claim', 'reply', 'refuse', 'sendDirectMessage', 'finish'])) {
  test(`a reply is refused, and a worker dies ${death.when} ${death.at}: one direct message`, async (t) => {
    const s = await noticeStage(t);
    await dieThenPlayOut(s, (change) => s.notices(change), death, await s.plan({ replyTo: s.other }));
    assert.deepEqual([(await s.replies()).length, (await s.inbox()).length], [0, 1]);
    const { state, channel, refusals } = s.ledger.entries.get('answer:1')!;
    assert.deepEqual([state, channel, Object.keys(refusals)], ['done', 'dm', ['reply']]);
  });
}

for (const when of ['before', 'after'] as const) {
  test(`a worker that dies ${when} the webhook has it: told again with the same id, and recorded`, async (t) => {
    const s = await noticeStage(t);
    const { receiver, settings } = await withWebhook(t);
    await s.control.putUser({ username: 'bob_example', acceptsDms: false });
    const job = await s.plan({ kind: 'outcome' });
    const set = setUpChannels({ x: new PacedX(s.x, s.clock), settings: { ...ONLY_X, ...settings }, timeoutMs: 5_000, clock: s.clock });
    await new Promise<void>((resolve) => {
      const webhook = dying(set.find('webhook')!, { at: 'send', when }, resolve);
      void handled(s.notices({ channels: new Channels([set.find('dm')!, webhook]) }), job).then(() => resolve());
    });
    assert.equal(s.ledger.entries.get('answer:1')?.state, 'sending');
    assert.equal((await playOut(s, s.notices({ settings }), job)).at(-1), 'done');
    assert.deepEqual(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])), new Set(['answer:1']));
    assert.equal(receiver.received.length, when === 'before' ? 1 : 2);
    const { state, channel } = s.ledger.entries.get('answer:1')!;
    assert.deepEqual([state, channel], ['done', 'webhook']);
  });
}
