import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions, type Session } from '../../src/console/sessions.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

const SESSION: Session = { purpose: 'unlink', state: 's', codeVerifier: 'v', url: 'https://x.com/i/oauth2/authorize' };

test('a session is found until its time is over or it was ended', () => {
  const clock = new VirtualClock();
  const sessions = new Sessions({ clock, lifetimeMs: 1000 });
  const [first, second] = [sessions.begin(SESSION), sessions.begin(SESSION)];
  assert.match(first, /^[0-9a-f]{64}$/);
  assert.notEqual(first, second);
  assert.equal(sessions.find(first), SESSION);
  sessions.end(first);
  assert.equal(sessions.find(first), undefined);
  clock.advance(999);
  assert.equal(sessions.find(second), SESSION);
  clock.advance(1);
  assert.equal(sessions.find(second), undefined);
});

test('at the limit the oldest session makes room, and those that are over go first', () => {
  const clock = new VirtualClock();
  const sessions = new Sessions({ clock, maxSessions: 3, lifetimeMs: 1000 });
  const ids = Array.from({ length: 4 }, () => sessions.begin(SESSION));
  assert.deepEqual(ids.map((id) => sessions.find(id) !== undefined), [false, true, true, true]);
  assert.equal(sessions.size, 3);
  clock.advance(1000);
  sessions.begin(SESSION);
  assert.equal(sessions.size, 1);
});
