import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { When } from '../../../../src/commands/command.ts';
import type { User } from '../../../../src/db/tables/users.ts';
import type { Decision } from '../../../../src/workers/commands/decision.ts';
import { call } from '../../../../src/workers/commands/verbs/call.ts';
import { callBack } from '../../../../src/workers/commands/verbs/call-back.ts';
import { cancel } from '../../../../src/workers/commands/verbs/cancel.ts';
import { list } from '../../../../src/workers/commands/verbs/list.ts';
import { message } from '../../../../src/workers/commands/verbs/message.ts';
import { move } from '../../../../src/workers/commands/verbs/move.ts';
import { profile } from '../../../../src/workers/commands/verbs/profile.ts';
import { remind } from '../../../../src/workers/commands/verbs/remind.ts';
import { reminderDone } from '../../../../src/workers/commands/verbs/reminder-done.ts';
import { showProfile } from '../../../../src/workers/commands/verbs/show-profile.ts';
import { snooze } from '../../../../src/workers/commands/verbs/snooze.ts';
import { unlink } from '../../../../src/workers/commands/verbs/unlink.ts';
import { postWeight } from '../../../../src/workers/render/post-weight.ts';
import { at, callOf, NOW, scheduleOf, situationOf, userOf } from '../fixtures.ts';

const ALICE = { ok: true, destination: { uri: 'sip:alice@example.com', name: '@alice', sipUser: 'alice', e164: undefined } } as const;
const UNUSED = { userToday: 0, allToday: 0, destinationToday: 0, userActive: 0, allActive: 0 };
const ROOM = { active: 0, nextNumber: 3 };
const callAlice = { verb: 'call', target: { kind: 'handle', handle: 'alice' } } as const;
const situation = situationOf();

function assertRefused(decision: Decision, code: string): void {
  assert.equal(decision.state, 'refused');
  assert.equal(decision.refusal?.code, code);
  assert.deepEqual(decision.effects, []);
  assert.ok(decision.reason.startsWith(code));
  assert.ok((decision.answer ?? '') !== '', 'a refusal says why');
}

test('call: a row that may be begun within the grace, and an answer that says whom and how to stop', () => {
  const decision = call.decide(callAlice, { permission: ALICE, usage: UNUSED }, situation);
  assert.deepEqual(decision.effects, [
    {
      do: 'plan-call',
      call: {
        id: 'call:post:1', kind: 'call', sipUser: 'bob', target: 'sip:alice@example.com', targetName: '@alice', targetSipUser: 'alice',
        expiresAtMs: NOW + 300_000, commandId: 'post:1', replyTo: '1',
      },
    },
  ]);
  assert.match(decision.answer!, /@alice.*"cancel"/);
});

test('call: what the policy refuses has no effect and a reason', () => {
  assertRefused(call.decide(callAlice, { permission: { ok: false, refusal: { code: 'emergency', name: '112' } } }, situation), 'emergency');
  assertRefused(call.decide(callAlice, { permission: ALICE, usage: { ...UNUSED, userActive: 1 } }, situation), 'user-active');
});

test('call at a time: read back with number, absolute time, zone and how to cancel', () => {
  const decision = call.decide({ ...callAlice, when: at(NOW + 3600_000) }, { permission: ALICE, room: ROOM }, situation);
  const [effect] = decision.effects;
  assert.ok(effect?.do === 'add-schedule');
  assert.deepEqual([effect.schedule.number, effect.schedule.kind, effect.schedule.target, effect.schedule.next], [3, 'call', 'sip:alice@example.com', { atMs: NOW + 3600_000, wall: '2026-11-22T15:00', zone: 'UTC' }]);
  for (const part of ['3', '@alice', '2026-11-22T15:00 UTC', '"cancel 3"']) assert.ok(decision.answer!.includes(part), part);
});

test('a time of day for somebody who never chose a zone: he is told how to say his; not when it is elapsed, and not once he has chosen', () => {
  const answerTo = (when: When, user: User) => call.decide({ ...callAlice, when }, { permission: ALICE, room: ROOM }, { ...situation, user }).answer!;
  const { user } = situation;
  assert.match(answerTo(at(NOW + 3600_000), { ...user, timeZone: 'UTC' }), /"timezone Europe\/Berlin"$/);
  assert.doesNotMatch(answerTo({ kind: 'elapsed', zone: 'UTC', atMs: NOW + 60_000 }, { ...user, timeZone: 'UTC' }), /timezone/);
  assert.doesNotMatch(answerTo(at(NOW + 3600_000), { ...user, timeZone: 'Etc/UTC' }), /timezone/);
});

test('call again and again: the rule is stored and read back', () => {
  const when = { kind: 'recurring', rrule: 'FREQ=DAILY', wall: '2026-11-23T09:00', zone: 'UTC', atMs: NOW + 1000 } as const;
  const decision = call.decide({ ...callAlice, when }, { permission: ALICE, room: ROOM }, situation);
  const [effect] = decision.effects;
  assert.ok(effect?.do === 'add-schedule' && effect.schedule.rrule === 'FREQ=DAILY');
  assert.match(decision.answer!, /FREQ=DAILY \[en\]/);
});

test('call in twenty minutes: an elapsed time has no wall clock', () => {
  const decision = call.decide({ ...callAlice, when: { kind: 'elapsed', zone: 'UTC', atMs: NOW + 1_200_000 } }, { permission: ALICE, room: ROOM }, situation);
  const [effect] = decision.effects;
  assert.ok(effect?.do === 'add-schedule');
  assert.deepEqual(effect.schedule.next, { atMs: NOW + 1_200_000, zone: 'UTC' });
});

test('schedules of a user have a bound', () => {
  const full = { active: 3, nextNumber: 9 };
  assertRefused(call.decide({ ...callAlice, when: at(NOW) }, { permission: ALICE, room: full }, situation), 'schedules');
  assertRefused(remind.decide({ verb: 'remind', about: 'x', when: at(NOW), ring: false }, full, situation), 'schedules');
});

test('call back: nobody missed and a hidden number are told apart', () => {
  assertRefused(callBack.decide({ verb: 'call-back' }, { code: 'nobody-missed', name: '' }, situation), 'nobody-missed');
  assertRefused(callBack.decide({ verb: 'call-back' }, { code: 'anonymous', name: '' }, situation), 'anonymous');
  assert.equal(callBack.decide({ verb: 'call-back' }, { permission: ALICE, usage: UNUSED }, situation).effects[0]?.do, 'plan-call');
});

test('cancel: the youngest call that nobody has cancelled yet', () => {
  const calls = [callOf({ id: 'call:a', cancelRequested: true }), callOf({ id: 'call:b' }), callOf({ id: 'call:c' })];
  assert.deepEqual(cancel.decide({ verb: 'cancel' }, { calls }, situation).effects, [{ do: 'cancel-call', id: 'call:b' }]);
  assertRefused(cancel.decide({ verb: 'cancel' }, { calls: [] }, situation), 'nothing-to-cancel');
});

test('cancel 3: what has that number, if it is active', () => {
  assert.deepEqual(cancel.decide({ verb: 'cancel', number: 3 }, { calls: [], schedule: scheduleOf() }, situation).effects, [{ do: 'cancel-schedule', id: '1' }]);
  assertRefused(cancel.decide({ verb: 'cancel', number: 3 }, { calls: [], schedule: scheduleOf({ state: 'done' }) }, situation), 'no-such-number');
  assertRefused(cancel.decide({ verb: 'cancel', number: 4 }, { calls: [], schedule: undefined }, situation), 'no-such-number');
});

test('remind: control characters and line ends do not reach the message', () => {
  const decision = remind.decide({ verb: 'remind', about: 'mum\r\nFrom: <sip:evil>\u0000\u202e', when: at(NOW + 1), ring: true }, ROOM, situation);
  const [effect] = decision.effects;
  assert.ok(effect?.do === 'add-schedule');
  assert.deepEqual([effect.schedule.about, effect.schedule.ring, effect.schedule.kind], ['mum From: <sip:evil>', true, 'reminder']);
});

test('snooze: one that came once is armed again under its number; its time counts from now', () => {
  const decision = snooze.decide({ verb: 'snooze', minutes: 10 }, { ...ROOM, reminder: scheduleOf({ state: 'done', next: undefined }) }, situation);
  assert.deepEqual(decision.effects, [{ do: 'move-schedule', id: '1', times: { next: { atMs: NOW + 600_000, zone: 'Europe/Berlin' }, commandId: 'post:1' } }]);
});

test('snooze: one that comes again keeps its times, the copy has a number of its own', () => {
  const decision = snooze.decide({ verb: 'snooze', minutes: 10 }, { ...ROOM, nextNumber: 8, reminder: scheduleOf({ rrule: 'FREQ=DAILY' }) }, situation);
  const [effect] = decision.effects;
  assert.ok(effect?.do === 'add-schedule');
  assert.deepEqual([effect.schedule.number, effect.schedule.rrule, effect.schedule.about], [8, undefined, 'call mum']);
});

test('snooze and done without a reminder that came say so', () => {
  assertRefused(snooze.decide({ verb: 'snooze', minutes: 10 }, { ...ROOM, reminder: undefined }, situation), 'no-reminder');
  assertRefused(reminderDone.decide({ verb: 'done' }, { reminder: undefined, calls: [] }, situation), 'no-reminder');
});

test('done: the phone stops ringing for that reminder, and it does not come again when it was put off', () => {
  const calls = [callOf({ id: 'schedule:1:99', kind: 'announcement' }), callOf({ id: 'schedule:12:99', kind: 'announcement' }), callOf()];
  assert.deepEqual(reminderDone.decide({ verb: 'done' }, { reminder: scheduleOf(), calls }, situation).effects, [
    { do: 'cancel-call', id: 'schedule:1:99' },
    { do: 'cancel-schedule', id: '1' },
  ]);
  assert.deepEqual(reminderDone.decide({ verb: 'done' }, { reminder: scheduleOf({ rrule: 'FREQ=DAILY' }), calls: [] }, situation).effects, []);
});

test('list: under a post as many as fit, and how many more there are', () => {
  const schedules = Array.from({ length: 20 }, (_, index) => scheduleOf({ number: index + 1, about: `water the plants number ${index}` }));
  const facts = { calls: [callOf()], schedules, active: 40 };
  const { answer } = list.decide({ verb: 'list' }, facts, situation);
  assert.ok(postWeight(answer!) <= 260);
  const shown = answer!.split('\n').filter((line) => line.includes('plants')).length;
  assert.ok(shown > 0);
  assert.ok(answer!.includes(`and ${40 - shown} more`));
  const whole = list.decide({ verb: 'list' }, { ...facts, active: 20 }, situationOf({ replyTo: undefined })).answer!;
  assert.equal(whole.split('\n').filter((line) => line.includes('plants')).length, 20);
  assert.match(list.decide({ verb: 'list' }, { calls: [], schedules: [], active: 0 }, situation).answer!, /nothing scheduled/);
});

test('move: a time keeps the rule, a new rule replaces it, an elapsed time ends it', () => {
  const daily = scheduleOf({ rrule: 'FREQ=DAILY' });
  const effectOf = (when: Parameters<typeof move.decide>[0]['when']) => move.decide({ verb: 'move', number: 3, when }, daily, situation).effects[0];
  assert.deepEqual(effectOf(at(NOW + 5)), { do: 'move-schedule', id: '1', times: { next: { atMs: NOW + 5, wall: '2026-11-22T14:00', zone: 'UTC' }, commandId: 'post:1' } });
  const weekly = effectOf({ kind: 'recurring', rrule: 'FREQ=WEEKLY', wall: '2026-11-23T09:00', zone: 'UTC', atMs: NOW });
  assert.ok(weekly?.do === 'move-schedule' && weekly.times.rrule === 'FREQ=WEEKLY');
  const once = effectOf({ kind: 'elapsed', zone: 'UTC', atMs: NOW + 5 });
  assert.ok(once?.do === 'move-schedule' && once.times.rrule === null);
  assertRefused(move.decide({ verb: 'move', number: 4, when: at(NOW) }, undefined, situation), 'no-such-number');
});

test('message: one line to a user of ours, stored when he is absent', () => {
  const decision = message.decide({ verb: 'message', target: { kind: 'user', user: 'alice' }, text: 'hi\r\nVia: evil\u0007' }, { kind: 'sip-user', sipUser: 'alice', name: '@alice' }, situation);
  const [effect] = decision.effects;
  assert.ok(effect?.do === 'send-message');
  const { body, sender, recipient, store, id } = effect.message;
  assert.deepEqual([id, body, sender, recipient, store], ['message:post:1', 'hi Via: evil', 'bob', 'alice', true]);
});

test('message: not to numbers, not to yourself, not to strangers', () => {
  const command = { verb: 'message', target: { kind: 'user', user: 'x' }, text: 'hi' } as const;
  assertRefused(message.decide(command, { kind: 'number', e164: '+491', name: '+49 1', type: 'ordinary' }, situation), 'not-for-messages');
  assertRefused(message.decide(command, { kind: 'sip-user', sipUser: 'bob', name: 'bob' }, situation), 'yourself');
  assertRefused(message.decide(command, { kind: 'unknown', what: 'unknown-user', name: 'x' }, situation), 'unknown-user');
});

test('profile: each setting is stored where it belongs', () => {
  const changes = (setting: Parameters<typeof profile.decide>[0]['setting'], facts: Parameters<typeof profile.decide>[1] = undefined) => {
    const decision = profile.decide({ verb: 'profile', setting }, facts, situation);
    const [effect] = decision.effects;
    assert.ok(effect?.do === 'change-profile' && effect.sipUser === 'bob');
    return effect.changes;
  };
  assert.deepEqual(changes({ name: 'time-zone', zone: 'Asia/Tokyo' }), { timeZone: 'Asia/Tokyo' });
  assert.deepEqual(changes({ name: 'language', locale: 'de' }), { locale: 'de' });
  assert.deepEqual(changes({ name: 'region', region: 'FR' }), { region: 'FR' });
  assert.deepEqual(changes({ name: 'quiet-hours', from: '22:00', to: '07:00' }), { quietFrom: '22:00', quietTo: '07:00', notify: true });
  assert.deepEqual(changes({ name: 'quiet-hours' }), { quietFrom: null, quietTo: null });
  assert.deepEqual(changes({ name: 'notify', on: false }), { notify: false });
  assert.deepEqual(changes({ name: 'dnd', on: true }), { dnd: true });
  assert.deepEqual(changes({ name: 'mastodon', account: 'bob@example.social' }), { mastodon: 'bob@example.social' });
  assert.deepEqual(changes({ name: 'mastodon' }), { mastodon: null });
  assert.deepEqual(changes({ name: 'forward' }), { forwardTo: null });
  assert.deepEqual(changes({ name: 'forward', target: { kind: 'user', user: 'alice' } }, ALICE), { forwardTo: 'sip:alice@example.com' });
  const gateway = { ok: true, destination: { uri: 'sip:+4930901820@gw', name: '+49 30 901820', sipUser: undefined, e164: '+4930901820' } } as const;
  assert.deepEqual(changes({ name: 'forward', target: { kind: 'user', user: 'alice' } }, gateway), { forwardTo: '+4930901820' });
});

test('profile: nothing is forwarded where nothing may be called', () => {
  const command = { verb: 'profile', setting: { name: 'forward', target: { kind: 'digits', digits: '112' } } } as const;
  assertRefused(profile.decide(command, { ok: false, refusal: { code: 'emergency', name: '112' } }, situation), 'emergency');
});

test('a new language is confirmed in it', () => {
  assert.match(profile.decide({ verb: 'profile', setting: { name: 'language', locale: 'de-AT' } }, undefined, situation).answer!, /Deutsch/);
});

test('the profile shows what is stored', () => {
  const user = userOf({ quietFrom: '22:00', quietTo: '07:00', forwardTo: '+4930901820', dnd: true });
  const { answer } = showProfile.decide({ verb: 'show-profile' }, undefined, situationOf({ user }));
  for (const part of ['bob', 'Europe/Berlin', 'en', 'DE', '22:00-07:00', '+4930901820', 'dnd on', 'notify on']) assert.ok(answer!.includes(part), part);
});

test('stop: one effect, and the answer that is said last', () => {
  const { effects, isFarewell } = unlink(userOf(), situation);
  assert.deepEqual([effects, isFarewell], [[{ do: 'unlink', sipUser: 'bob' }], true]);
});
