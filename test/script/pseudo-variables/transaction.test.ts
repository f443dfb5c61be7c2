import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Branch } from '../../../src/proxy/branch.ts';
import { pvRows } from '../../../src/script/ksr/pv.ts';
import { openTransaction } from '../../../src/script/relay.ts';
import type { RouteContext } from '../../../src/script/route-context.ts';
import { callable, response, stage } from '../route-fixture.ts';

const pv = callable(pvRows);

/** A relayed INVITE with one branch that was answered with 486. */
function failed(): { request: RouteContext; failure: RouteContext; branch: Branch } {
  const scene = stage();
  const request = scene.route();
  const { context } = openTransaction(request);
  context.forward(request.takeTargets(), request.requestEdits);
  const branch = context.branches[0]!;
  const failure = scene.route(request.message, { kind: 'failure' });
  failure.transaction = request.transaction;
  failure.branch = branch;
  branch.status = 486;
  branch.replied = true;
  branch.response = scene.route(response(486, 'Busy Here', 'X-Why: lunch\r\n')).message;
  return { request, failure, branch };
}

describe('pseudo-variables of a transaction', () => {
  test('$T_reply_code is the last reply sent in a request route, the winning one in a failure route', () => {
    const { request, failure } = failed();
    assert.equal(pv(request, 'get', '$T_reply_code'), 0);
    request.transaction!.context.reply(180, 'Ringing');
    assert.equal(pv(request, 'get', '$T_reply_code'), 180);
    assert.equal(pv(failure, 'get', '$T_reply_code'), 486);
    assert.equal(pv(failure, 'get', '$T(reply_code)'), 486);
    assert.equal(pv(failure, 'get', '$rs'), null);
  });
  test('$T_reply_reason is that of the reply, or the usual one when we made it up', () => {
    const { failure, branch } = failed();
    assert.equal(pv(failure, 'get', '$T_reply_reason'), 'Busy Here');
    assert.equal(pv(failure, 'get', '$T(reply_type)'), 1);
    branch.replied = false;
    branch.response = undefined;
    branch.status = 408;
    assert.equal(pv(failure, 'get', '$T_reply_reason'), 'Request Timeout');
    assert.equal(pv(failure, 'get', '$T(reply_type)'), 0);
  });
  test('$T_branch_idx is the number of the branch in a branch route, how many there are elsewhere', () => {
    const { request, failure, branch } = failed();
    assert.equal(pv(request, 'get', '$T_branch_idx'), 1);
    assert.equal(pv(failure, 'get', '$T_branch_idx'), 1);
    failure.kind = 'branch';
    assert.equal(pv(failure, 'get', '$T_branch_idx'), branch.index);
  });
  test('$T_rpl and $T_req read another variable from the reply and the request', () => {
    const { failure, branch } = failed();
    assert.equal(pv(failure, 'get', '$T_rpl($rs)'), 486);
    assert.equal(pv(failure, 'get', '$T_rpl($hdr(X-Why))'), 'lunch');
    assert.equal(pv(failure, 'get', '$T_req($rm)'), 'INVITE');
    branch.response = undefined;
    assert.equal(pv(failure, 'get', '$T_rpl($rs)'), null);
  });
});
