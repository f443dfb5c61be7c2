import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { quietUntil } from '../../src/commands/quiet-hours.ts';

const BERLIN = 'Europe/Berlin';
const NIGHT = { from: '22:00', to: '07:00', zone: BERLIN };

function at(wall: string, zone: string = BERLIN): number {
  return DateTime.fromISO(wall, { zone }).toMillis();
}

function end(wall: string, hours: Partial<typeof NIGHT> = {}): string | undefined {
  const { zone = BERLIN } = hours;
  const untilMs = quietUntil(at(wall, zone), { ...NIGHT, ...hours });
  return untilMs === undefined ? undefined : DateTime.fromMillis(untilMs, { zone }).toISO({ suppressMilliseconds: true })!;
}

test('over midnight: the evening ends tomorrow, the morning today', () => {
  assert.equal(end('2026-11-22T23:30:20'), '2026-11-23T07:00:00+01:00');
  assert.equal(end('2026-11-23T06:59:59'), '2026-11-23T07:00:00+01:00');
});

test('the begin is quiet and the end is not', () => {
  assert.equal(end('2026-11-22T21:59:59'), undefined);
  assert.equal(end('2026-11-22T22:00:00'), '2026-11-23T07:00:00+01:00');
  assert.equal(end('2026-11-23T07:00:00'), undefined);
});

test('within one day', () => {
  assert.equal(end('2026-11-22T13:10:00', { from: '13:00', to: '14:30' }), '2026-11-22T14:30:00+01:00');
  assert.equal(end('2026-11-22T14:30:00', { from: '13:00', to: '14:30' }), undefined);
});

test('a night in which the clock is put forward or back ends when the wall says so', () => {
  assert.equal(end('2026-03-28T23:00:00'), '2026-03-29T07:00:00+02:00');
  assert.equal(end('2026-10-24T23:00:00'), '2026-10-25T07:00:00+01:00');
  assert.equal(quietUntil(at('2026-03-28T22:00:00'), NIGHT)! - at('2026-03-28T22:00:00'), 8 * 3_600_000);
  assert.equal(quietUntil(at('2026-10-24T22:00:00'), NIGHT)! - at('2026-10-24T22:00:00'), 10 * 3_600_000);
});

test('an end that the clock skips is the moment of the change', () => {
  assert.equal(end('2026-03-29T01:00:00', { to: '02:30' }), '2026-03-29T03:00:00+02:00');
  assert.equal(end('2026-03-29T03:00:00', { to: '02:30' }), undefined);
});

test('an end that comes twice counts the first time, and the second time for who was disturbed in between', () => {
  const first = '2026-10-25T02:30:00+02:00';
  assert.equal(end('2026-10-25T01:00:00', { to: '02:30' }), first);
  const again = DateTime.fromISO('2026-10-25T02:10:00+01:00', { setZone: true }).toMillis();
  assert.equal(quietUntil(again, { ...NIGHT, to: '02:30' }), DateTime.fromISO('2026-10-25T02:30:00+01:00').toMillis());
});

test('equal times, no times and unknown zones are no quiet hours', () => {
  for (const hours of [{ from: '07:00' }, { from: '24:00' }, { to: '7' }, { to: '07:00 ' }]) assert.equal(end('2026-11-22T23:00:00', hours), undefined);
  assert.equal(quietUntil(at('2026-11-22T23:00:00'), { ...NIGHT, zone: 'Mars/Olympus' }), undefined);
});

const time = fc.integer({ min: 0, max: 1439 }).map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca', 'Asia/Kathmandu', 'UTC', 'Pacific/Apia');
const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });

test('whenever and wherever: the end is ahead by less than 26 hours, nothing before it is free, and it is free itself', () => {
  fc.assert(
    fc.property(moment, time, time, zone, fc.double({ min: 0, max: 0.999, noNaN: true }), (nowMs, from, to, own, part) => {
      const hours = { from, to, zone: own };
      const untilMs = quietUntil(nowMs, hours);
      if (untilMs === undefined) return;
      assert.ok(untilMs > nowMs && untilMs - nowMs < 26 * 3_600_000);
      const between = Math.floor(nowMs + (untilMs - nowMs) * part);
      const still = quietUntil(between, hours);
      // When the clock is put back behind `from` or over `to`, a piece of the wall's time comes twice.
      const isTwice = DateTime.fromMillis(nowMs, { zone: own }).offset !== DateTime.fromMillis(untilMs, { zone: own }).offset;
      if (!isTwice) assert.equal(still, untilMs);
      if (!isTwice && from !== to) assert.equal(quietUntil(untilMs, hours), undefined);
    }),
    { numRuns: 2_000 },
  );
});
