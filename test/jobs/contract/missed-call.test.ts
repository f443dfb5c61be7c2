import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_PAYLOAD_LENGTH } from '../../../src/jobs/contract/job-contract.ts';
import { MISSED_CALL_CAUSES, missedCall } from '../../../src/jobs/contract/missed-call.ts';

const AT_MS = Date.UTC(2026, 10, 22, 22, 0, 0);

function payload(changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    eventId: 'missed-call:a84b4c76@pc33',
    caller: 'alice@example.org',
    callerName: 'Alice',
    callee: 'bob',
    calleeDomain: 'example.org',
    cause: 'no-answer',
    at: AT_MS,
    callId: 'a84b4c76@pc33',
    ...changes,
  });
}

function problems(value: string): readonly string[] {
  const parsed = missedCall.parse(value);
  assert.equal(parsed.ok, false);
  return parsed.ok ? [] : parsed.problems;
}

test('a whole payload is read, and what was encoded is read back', () => {
  const parsed = missedCall.parse(payload());
  assert.ok(parsed.ok);
  assert.equal(parsed.payload.v, 1);
  assert.equal(parsed.payload.callerName, 'Alice');
  assert.deepEqual(missedCall.parse(missedCall.encode(parsed.payload)), parsed);
  assert.equal(missedCall.id(parsed.payload), 'missed-call:a84b4c76@pc33');
});

test('every cause is taken, and no other', () => {
  for (const cause of MISSED_CALL_CAUSES) assert.ok(missedCall.parse(payload({ cause })).ok, cause);
  assert.match(problems(payload({ cause: 'answered' }))[0]!, /^cause: /);
});

test('the time may be milliseconds, their digits, or ISO 8601 with a zone', () => {
  for (const at of [AT_MS, String(AT_MS), '2026-11-22T22:00:00Z', '2026-11-22T23:00:00.000+01:00']) {
    const parsed = missedCall.parse(payload({ at }));
    assert.ok(parsed.ok, String(at));
    assert.equal(parsed.payload.at, AT_MS);
  }
});

test('seconds, a time without a zone and no time at all are problems, not times', () => {
  assert.match(problems(payload({ at: AT_MS / 1000 }))[0]!, /^at: .*not seconds/);
  for (const at of ['2026-11-22T22:00:00', 'yesterday', null, undefined, -1, Number.MAX_VALUE]) {
    assert.match(problems(payload({ at }))[0]!, /^at: /, String(at));
  }
});

test('all problems are told, each with its field', () => {
  const found = problems(payload({ caller: '', callee: undefined, callId: 7 }));
  assert.deepEqual(found.map((problem) => problem.split(':')[0]).sort(), ['callId', 'callee', 'caller']);
});

test('text that is not JSON, or JSON that is no object, is a problem and no crash', () => {
  for (const value of ['', 'nil', '{', '[]', 'null', '"text"', '\0']) assert.ok(problems(value).length > 0, value);
});

test('strings are bounded, and the whole is', () => {
  assert.match(problems(payload({ caller: 'a'.repeat(257) }))[0]!, /^caller: /);
  assert.match(problems(payload({ callerName: 'a'.repeat(MAX_PAYLOAD_LENGTH) }))[0]!, /^payload: .* at most 16384/);
});

test('fields of a newer producer are dropped, a newer version is a problem', () => {
  const parsed = missedCall.parse(payload({ ringMs: 20_000 }));
  assert.ok(parsed.ok && !('ringMs' in parsed.payload));
  assert.match(problems(payload({ v: 2 }))[0]!, /^v: /);
});
