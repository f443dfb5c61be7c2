import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directMessageResult, type DirectMessageResult } from '../../../src/jobs/contract/direct-message-result.ts';

const result: DirectMessageResult = { v: 1, eventId: 'missed-call:1@x', state: 'refused', reason: '403', at: Date.UTC(2026, 0, 1) };

test('what was encoded is read back', () => {
  assert.deepEqual(directMessageResult.parse(directMessageResult.encode(result)), { ok: true, payload: result });
});

test('the id tells states of the same event apart, so that a parked message found sent later is told too', () => {
  const parked = directMessageResult.id({ ...result, state: 'parked' });
  assert.equal(parked, directMessageResult.id({ ...result, state: 'parked', reason: 'again' }));
  assert.notEqual(parked, directMessageResult.id({ ...result, state: 'done' }));
});

test('an unknown state is a problem', () => {
  const parsed = directMessageResult.parse(JSON.stringify({ ...result, state: 'sent' }));
  assert.ok(!parsed.ok && parsed.problems[0]!.startsWith('state: '));
});
