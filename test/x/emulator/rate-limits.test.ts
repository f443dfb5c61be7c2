import assert from 'node:assert/strict';
import test from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { DOCUMENTED_LIMITS, RateLimits } from '../../../src/x/emulator/rate-limits.ts';
import { leap } from '../sandbox.ts';

/** Who calls where nothing else is said. */
const BOT = { kind: 'oauth1', user: { id: '1' } } as const;
const START_MS = Date.UTC(2026, 7, 1);

function limits(): { clock: VirtualClock; limits: RateLimits } {
  const clock = new VirtualClock(START_MS);
  return { clock, limits: new RateLimits({ clock, table: DOCUMENTED_LIMITS, enabled: true }) };
}

test('the first call of a message says what is left in all three buckets', () => {
  assert.deepEqual(limits().limits.take('dm-send', BOT), {
    allowed: true,
    headers: {
      'x-rate-limit-limit': '15',
      'x-rate-limit-remaining': '14',
      'x-rate-limit-reset': String(START_MS / 1000 + 900),
      'x-user-limit-24hour-limit': '1440',
      'x-user-limit-24hour-remaining': '1439',
      'x-user-limit-24hour-reset': String(START_MS / 1000 + 86_400),
      'x-app-limit-24hour-limit': '1440',
      'x-app-limit-24hour-remaining': '1439',
      'x-app-limit-24hour-reset': String(START_MS / 1000 + 86_400),
    },
  });
});

test('the buckets of another route are untouched', () => {
  const { limits: counted } = limits();
  counted.take('dm-send', BOT);
  assert.equal(counted.take('dm-read', BOT).headers['x-rate-limit-remaining'], '14');
});

test('the bucket counts down to 0, refuses without counting, and is full again at its reset', () => {
  const { clock, limits: counted } = limits();
  const remaining = Array.from({ length: 15 }, () => counted.take('dm-send', BOT).headers['x-rate-limit-remaining']);
  assert.deepEqual(remaining, Array.from({ length: 15 }, (_, n) => String(14 - n)));
  clock.advance(899_999);
  const refused = counted.take('dm-send', BOT);
  assert.equal(refused.allowed, false);
  assert.equal(refused.headers['x-rate-limit-remaining'], '0');
  assert.equal(refused.headers['x-user-limit-24hour-remaining'], '1425');
  clock.advance(1);
  const fresh = counted.take('dm-send', BOT);
  assert.equal(fresh.allowed, true);
  assert.equal(fresh.headers['x-rate-limit-remaining'], '14');
  assert.equal(fresh.headers['x-rate-limit-reset'], String(START_MS / 1000 + 1800));
  assert.equal(fresh.headers['x-user-limit-24hour-remaining'], '1424');
});

test('1440 messages in 24 hours, then 429 with 15-minute calls left, until the day is over', () => {
  const { clock, limits: counted } = limits();
  let sent = 0;
  for (let window = 0; window < 95; window += 1) {
    for (let n = 0; n < 16; n += 1) if (counted.take('dm-send', BOT).allowed) sent += 1;
    leap(clock, 900_000);
  }
  for (let n = 0; n < 15; n += 1) if (counted.take('dm-send', BOT).allowed) sent += 1;
  assert.equal(sent, 1440);
  leap(clock, 899_999);
  const refused = counted.take('dm-send', BOT);
  assert.equal(refused.allowed, false);
  assert.equal(refused.headers['x-user-limit-24hour-remaining'], '0');
  leap(clock, 1);
  assert.equal(counted.take('dm-send', BOT).allowed, true);
});

test('switched off, nothing is counted, refused or said', () => {
  const { limits: counted } = limits();
  counted.enabled = false;
  for (let n = 0; n < 100; n += 1) assert.deepEqual(counted.take('dm-send', BOT), { allowed: true, headers: {} });
  counted.enabled = true;
  assert.equal(counted.take('dm-send', BOT).headers['x-rate-limit-remaining'], '14');
});

test('each user has buckets of their own; the 24-hour bucket of the app is shared', () => {
  const clock = new VirtualClock(START_MS);
  const counted = new RateLimits({ clock, table: { ...DOCUMENTED_LIMITS, 'dm-send': { user15Min: 1, app24Hour: 2 } }, enabled: true });
  const take = (id: string) => counted.take('dm-send', { kind: 'oauth2', user: { id } }).allowed;
  assert.deepEqual([take('1'), take('1'), take('2'), take('3')], [true, false, true, false]);
});

test('the bearer token of the app has its own 15-minute bucket and none of a user', () => {
  const { limits: counted } = limits();
  const asApp = counted.take('mentions', { kind: 'app', user: { id: '1' } }).headers;
  assert.deepEqual([asApp['x-rate-limit-limit'], asApp['x-rate-limit-remaining']], ['450', '449']);
  assert.equal(counted.take('mentions', BOT).headers['x-rate-limit-remaining'], '299');
});

test('a speed divides every window and begins it anew', () => {
  const { clock, limits: counted } = limits();
  for (let n = 0; n < 15; n += 1) counted.take('dm-send', BOT);
  assert.equal(counted.take('dm-send', BOT).allowed, false);
  counted.speed = 900;
  const { headers } = counted.take('dm-send', BOT);
  assert.equal(headers['x-rate-limit-remaining'], '14');
  assert.equal(headers['x-rate-limit-reset'], String(START_MS / 1000 + 1));
  assert.equal(headers['x-user-limit-24hour-reset'], String(START_MS / 1000 + 96));
  for (let n = 0; n < 14; n += 1) counted.take('dm-send', BOT);
  clock.advance(1000);
  assert.equal(counted.take('dm-send', BOT).allowed, true);
});
