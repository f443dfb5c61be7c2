import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { SchedulesTable, type NewSchedule, type Schedule } from '../../../src/db/tables/schedules.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();
const { db } = database;
const schedules = new SchedulesTable(db);
const AT = Date.UTC(2026, 10, 28, 8, 0, 0, 123);

beforeEach(async () => {
  await db('schedules').delete();
});

async function add(change: Partial<NewSchedule> = {}): Promise<Schedule> {
  const sipUser = change.sipUser ?? 'bob';
  const number = await schedules.nextNumber(sipUser);
  const next = { atMs: AT, wall: '2026-11-28T09:00', zone: 'Europe/Berlin' };
  return schedules.add({ sipUser, number, kind: 'reminder', about: 'call mum', ring: false, next, commandId: 'dm:1', ...change });
}

test('numbers begin at 1 for each user and are never used again', async () => {
  const first = await add();
  assert.equal(first.number, 1);
  assert.equal((await add()).number, 2);
  assert.equal((await add({ sipUser: 'carol' })).number, 1);
  await schedules.cancel(first.id);
  assert.equal((await add()).number, 3);
});

test('a schedule comes back as it was entered, its time to the millisecond', async () => {
  const { id } = await add({ rrule: 'FREQ=DAILY', replyTo: '5' });
  const found = await schedules.find(id);
  assert.deepEqual(found, {
    id, sipUser: 'bob', number: 1, kind: 'reminder', state: 'active', about: 'call mum', ring: false,
    next: { atMs: AT, wall: '2026-11-28T09:00', zone: 'Europe/Berlin' }, zone: 'Europe/Berlin', lastFiredAt: undefined,
    rrule: 'FREQ=DAILY', commandId: 'dm:1', replyTo: '5',
  });
  assert.deepEqual(await schedules.findByNumber('bob', 1), found);
  assert.equal(await schedules.findByNumber('carol', 1), undefined);
});

test('what is cancelled is not active, not due, cannot be moved and cannot be cancelled again', async () => {
  const { id } = await add();
  assert.equal(await schedules.cancel(id), true);
  assert.equal(await schedules.cancel(id), false);
  assert.equal(await schedules.rearm(id, { next: { atMs: AT, zone: 'UTC' }, commandId: 'dm:2' }), false);
  assert.deepEqual(await schedules.due(AT + 1), []);
  assert.equal(await schedules.countActive('bob'), 0);
});

test('an occurrence is dealt with once', async () => {
  const { id } = await add();
  assert.equal(await schedules.recordRun(id, AT, 'fired'), true);
  assert.equal(await schedules.recordRun(id, AT, 'missed'), false);
  assert.equal(await schedules.recordRun(id, AT + 1, 'missed'), true);
});

test('after an occurrence it goes on to the next, or is done', async () => {
  const { id } = await add({ rrule: 'FREQ=DAILY' });
  await schedules.advance(id, { next: { atMs: AT + 86_400_000, wall: '2026-11-29T09:00', zone: 'Europe/Berlin' }, fired: true });
  const next = await schedules.find(id);
  assert.deepEqual([next?.state, next?.next?.wall, next?.lastFiredAt instanceof Date], ['active', '2026-11-29T09:00', true]);
  await schedules.advance(id, { next: undefined, fired: true });
  const over = await schedules.find(id);
  assert.deepEqual([over?.state, over?.next], ['done', undefined]);
});

test('a schedule that is done is armed again, with a new rule, without one, or with the old one', async () => {
  const { id } = await add({ rrule: 'FREQ=DAILY' });
  await schedules.advance(id, { next: undefined, fired: true });
  await schedules.rearm(id, { next: { atMs: AT + 5, zone: 'UTC' }, commandId: 'dm:2' });
  const kept = await schedules.find(id);
  assert.deepEqual([kept?.state, kept?.next, kept?.rrule, kept?.commandId], ['active', { atMs: AT + 5, zone: 'UTC' }, 'FREQ=DAILY', 'dm:2']);
  await schedules.rearm(id, { next: { atMs: AT, zone: 'UTC' }, rrule: 'FREQ=WEEKLY', commandId: 'dm:3' });
  assert.equal((await schedules.find(id))?.rrule, 'FREQ=WEEKLY');
  await schedules.rearm(id, { next: { atMs: AT, zone: 'UTC' }, rrule: null, commandId: 'dm:4' });
  assert.equal((await schedules.find(id))?.rrule, undefined);
});

test('what is due is found, the longest due first', async () => {
  const late = await add({ next: { atMs: AT - 1000, zone: 'UTC' } });
  const now = await add();
  await add({ next: { atMs: AT + 1, zone: 'UTC' } });
  assert.deepEqual((await schedules.due(AT)).map((one) => one.id), [late.id, now.id]);
  assert.deepEqual((await schedules.due(AT, 1)).map((one) => one.id), [late.id]);
});

test('the reminder that came last is the one that fired last, and not too long ago', async () => {
  const first = await add();
  const second = await add();
  await add({ kind: 'call', target: 'sip:a@b', targetName: 'a' });
  await schedules.advance(second.id, { next: undefined, fired: true });
  await db.raw(`update schedules set last_fired_at = now() - interval '1 hour' where id = ?`, [second.id]);
  assert.equal((await schedules.lastReminder('bob', 7200_000))?.id, second.id);
  await schedules.advance(first.id, { next: undefined, fired: true });
  assert.equal((await schedules.lastReminder('bob', 7200_000))?.id, first.id);
  await db.raw(`update schedules set last_fired_at = now() - interval '3 hours'`);
  assert.equal(await schedules.lastReminder('bob', 7200_000), undefined);
});

test('all of a user are cancelled at once, and nobody else\'s', async () => {
  await add();
  await add();
  await add({ sipUser: 'carol' });
  assert.equal(await schedules.cancelAll('bob'), 2);
  assert.deepEqual(await schedules.activeOf('bob', 10), []);
  assert.equal((await schedules.activeOf('carol', 10)).length, 1);
});
