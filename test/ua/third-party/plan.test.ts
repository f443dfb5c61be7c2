import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOf } from '../../../src/ua/third-party/plan.ts';

test('each status has its cause; a time-out after ringing is somebody who did not come', () => {
  const causes = (hasRung: boolean) => Object.fromEntries([486, 600, 603, 607, 408, 480, 487, 404, 410, 500, 503, 401, 403, 407, 415, 488, 606].map((status) => [status, causeOf(status, hasRung)]));
  const fixed = { 486: 'busy', 600: 'busy', 603: 'declined', 607: 'declined', 404: 'unreachable', 410: 'unreachable', 500: 'unreachable', 503: 'unreachable', 401: 'refused', 403: 'refused', 407: 'refused', 415: 'media', 488: 'media', 606: 'media' };
  assert.deepEqual(causes(false), { ...fixed, 408: 'unreachable', 480: 'unreachable', 487: 'unreachable' });
  assert.deepEqual(causes(true), { ...fixed, 408: 'no-answer', 480: 'no-answer', 487: 'no-answer' });
});
