/**
 * Calls that people ask for on X: whom they can name, who rings when, how it can go wrong and how it is ended.
 * On one kind of queue: that both carry a call is in `conversation.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../free-port.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { Conversation } from './conversation.ts';
import { DOMAIN } from './stack.ts';

const { url, db } = await withDatabase({ migrated: false });

test('calls', async (t) => {
  const trunkPort = await freePort();
  const talk = await Conversation.start(t, {
    databaseUrl: url,
    db,
    set: ['calls.ringMs=3000', `calls.gateway=127.0.0.2:${trunkPort}`, 'calls.allowPrefixes=+4930', 'calls.activePerUser=1'],
  });
  let people = 0;
  /** Two people who have linked their accounts, and their phones. */
  const pair = async () => {
    people += 1;
    const [caller, callee] = [`bob${people}`, `alice${people}`];
    await talk.addLinked(caller, callee);
    return { caller, callee, phone: await talk.ringer(caller), other: await talk.ringer(callee) };
  };

  await t.test('by mention with @handle: the answer stands under the post, the phones of who asked ring first and show whom he reaches, then the other side; who was called hangs up, and both are free', async () => {
    const { caller, callee, phone, other } = await pair();
    await talk.post(caller, `@sipweet call @${callee}_x`);
    const first = await phone.nextCall();
    assert.equal(first.caller, `sip:${callee}@${DOMAIN}`);
    assert.equal(first.callerName, `@${callee}_x`);
    assert.equal(other.calls.length, 0, 'the other side does not ring before who asked has answered');
    first.ring();
    first.answer();
    const second = await other.nextCall();
    assert.equal(second.caller, `sip:${caller}@${DOMAIN}`);
    second.ring();
    second.answer();
    await talk.callIs(caller, 'connected');
    assert.match(second.remoteDescription, /^m=audio /m);
    assert.match(first.remoteDescription, /^m=audio /m);
    assert.equal(await second.hangUp(), 200);
    await first.wasHungUp;
    await talk.callIs(caller, 'ended');
    await talk.replied(caller, new RegExp(`^Calling ${callee}_x\\. Your phone rings first`));
    assert.deepEqual([await talk.unreplied(caller), await talk.untold(caller), await talk.untold(callee)], [[], [], []]);
  });

  await t.test('by direct message with the name of a user; who asked hangs up', async () => {
    const { caller, callee, phone, other } = await pair();
    await talk.asks(caller, `call ${callee}`, new RegExp(`^Calling ${callee}\\.`));
    const first = await phone.answers();
    const second = await other.answers();
    await talk.callIs(caller, 'connected');
    assert.equal(await first.hangUp(), 200);
    await second.wasHungUp;
    await talk.callIs(caller, 'ended');
    assert.deepEqual(await talk.untold(caller), []);
  });

  await t.test('a SIP address of another domain', async () => {
    const { caller, phone } = await pair();
    const carol = await talk.stranger('carol');
    const [address = ''] = /sip:[^>]+/.exec(carol.agent.contact) ?? [];
    await talk.asks(caller, `call ${address}`, /^Calling sip:carol@127\.0\.0\.1/);
    const first = await phone.answers();
    const second = await carol.answers();
    assert.equal(second.caller, `sip:${caller}@${DOMAIN}`);
    await talk.callIs(caller, 'connected');
    assert.equal(await second.hangUp(), 200);
    await first.wasHungUp;
  });

  await t.test('a telephone number goes to the trunk, with its country code however it was written; one whose prefix is not allowed, an emergency number and a premium number never leave', async () => {
    const { caller, phone } = await pair();
    const trunk = await talk.stranger('trunk', { address: '127.0.0.2', port: trunkPort });
    await talk.asks(caller, 'region DE', /numbers of DE|DE/);
    await talk.asks(caller, 'dial 030 901820', /^Calling \+49 30 901820/);
    await phone.answers();
    const called = await trunk.answers();
    assert.equal(called.invite.requestUriText, `sip:+4930901820@127.0.0.2:${trunkPort}`);
    await talk.callIs(caller, 'connected');
    await called.hangUp();
    await talk.callIs(caller, 'ended');
    await talk.asks(caller, 'dial +44 20 7946 0018', /not allowed/);
    await talk.asks(caller, 'dial 112', /emergency/);
    await talk.asks(caller, 'dial 110', /emergency/);
    await talk.asks(caller, 'dial 0900 1 234567', /extra/);
    await talk.asks(caller, `call sip:+4930901820@127.0.0.2`, /write the number alone/);
    assert.equal((await db('calls').where({ sipuser: caller })).length, 1);
    assert.equal(trunk.calls.length, 1);
  });

  for (const { title, status, words, cause } of [
    { title: 'busy', status: 486, words: /is busy/, cause: 'busy' },
    { title: 'declined', status: 603, words: /declined the call/, cause: 'declined' },
  ]) {
    await t.test(`the callee is ${title}: the caller is told that it was the other side, the callee that he missed a call`, async () => {
      const { caller, callee, phone, other } = await pair();
      await talk.asks(caller, `call @${callee}_x`, /^Calling/);
      const first = await phone.answers();
      (await other.nextCall()).reject(status, 'No');
      assert.match(await talk.told(caller, words), new RegExp(`^@${callee}_x `));
      await first.wasHungUp;
      await talk.told(callee, new RegExp(`^Missed call from .*${caller}@example\\.com.*: ${cause}`));
    });
  }

  await t.test('the callee does not answer, or has no phone', async () => {
    const { caller, callee, phone, other } = await pair();
    await talk.asks(caller, `call ${callee}`, /^Calling/);
    const first = await phone.answers();
    (await other.nextCall()).ring();
    await talk.told(caller, new RegExp(`^${callee} did not answer`));
    await first.wasHungUp;
    await talk.told(callee, /^Missed call .*: (no answer|the caller hung up)/);
    await other.leave();
    await talk.asks(caller, `call ${callee}`, /^Calling/);
    const again = await phone.answers();
    await talk.told(caller, new RegExp(`^${callee} could not be reached`));
    await again.wasHungUp;
    await talk.told(callee, /^Missed call .*: your phone could not be reached/);
  });

  await t.test('who asked is busy, declines, does not answer, or has no phone: he is told that it was his own; the other side never rings and has missed nothing', async () => {
    const { caller, callee, phone, other } = await pair();
    for (const [status, words] of [[486, /^Your phone was busy/], [603, /^You declined/]] as const) {
      await talk.asks(caller, `call ${callee}`, /^Calling/);
      (await phone.nextCall()).reject(status, 'No');
      assert.match(await talk.told(caller, words), new RegExp(`${callee} was not called`));
    }
    await talk.asks(caller, `call ${callee}`, /^Calling/);
    const unanswered = await phone.nextCall();
    unanswered.ring();
    await talk.told(caller, /^You did not answer your phone/);
    await unanswered.wasCancelled;
    await phone.leave();
    await talk.asks(caller, `call ${callee}`, /^Calling/);
    await talk.told(caller, /^None of your phones could be reached/);
    assert.equal(other.calls.length, 0);
    assert.deepEqual([await talk.untold(caller), await talk.untold(callee)], [[], []]);
  });

  await t.test('"cancel" while the phones of who asked ring: they are quiet, and nobody hears of it', async () => {
    const { caller, callee, phone, other } = await pair();
    await talk.asks(caller, `call ${callee}`, /^Calling/);
    const first = await phone.nextCall();
    first.ring();
    await talk.asks(caller, 'cancel', new RegExp(`the call to ${callee}`));
    await first.wasCancelled;
    await talk.callIs(caller, 'cancelled');
    assert.equal(other.calls.length, 0);
    assert.deepEqual([await talk.untold(caller), await talk.untold(callee)], [[], []]);
  });

  await t.test('"cancel" while the other side rings: both are quiet, and who was called has missed a call', async () => {
    const { caller, callee, phone, other } = await pair();
    await talk.asks(caller, `call ${callee}`, /^Calling/);
    const first = await phone.answers();
    const second = await other.nextCall();
    second.ring();
    await talk.asks(caller, 'cancel', new RegExp(`the call to ${callee}`));
    await second.wasCancelled;
    await first.wasHungUp;
    await talk.callIs(caller, 'cancelled');
    await talk.told(callee, /^Missed call .*: the caller hung up/);
    await talk.asks(caller, 'cancel', /^There is no call to cancel/);
    assert.deepEqual(await talk.untold(caller), []);
  });

  await t.test('"hang up" ends a call that talks; a second call meanwhile is refused and does not ring', async () => {
    const { caller, callee, phone, other } = await pair();
    await talk.asks(caller, `call ${callee}`, /^Calling/);
    const first = await phone.answers();
    const second = await other.answers();
    await talk.callIs(caller, 'connected');
    await talk.asks(caller, `call ${callee}`, /^You have a call already/);
    await talk.asks(caller, 'hang up', new RegExp(`^Ending the call to ${callee}`));
    await Promise.all([first.wasHungUp, second.wasHungUp]);
    await talk.callIs(caller, 'ended');
    assert.equal(phone.calls.length, 1);
    assert.deepEqual(await talk.untold(caller), []);
  });

  await t.test('"call back" after a missed call rings whoever it was', async () => {
    const { caller, callee, phone, other } = await pair();
    await talk.asks(caller, 'call back', /^You have missed nobody/);
    const call = other.agent.call(`sip:${caller}@${DOMAIN}`);
    const missed = await phone.nextCall();
    missed.ring();
    await call.ringing;
    call.cancel();
    await talk.told(caller, new RegExp(`^Missed call .*${callee}@example\\.com`));
    await talk.asks(caller, 'call back', new RegExp(`^Calling ${callee}\\.`));
    await phone.answers();
    const second = await other.answers();
    assert.equal(second.caller, `sip:${caller}@${DOMAIN}`);
    await talk.callIs(caller, 'connected');
    await second.hangUp();
    await talk.callIs(caller, 'ended');
  });

  await t.test('whom nobody knows: the answer says so; who calls himself, too', async () => {
    const { caller } = await pair();
    await talk.asks(caller, 'call @nobody_x', /^@nobody_x has no phone with us/);
    await talk.asks(caller, 'call nobody', /no user nobody/);
    await talk.asks(caller, `call ${caller}`, /^That is you/);
    assert.equal((await db('calls').where({ sipuser: caller })).length, 0);
  });

});
