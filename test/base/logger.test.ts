import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';

test('the silent logger swallows everything, and so do its children', () => {
  const child = silentLogger.child({ callId: 'a' });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) assert.equal(child[level]('text', { n: 1 }), undefined);
  assert.equal(child.debugEnabled, false);
});
