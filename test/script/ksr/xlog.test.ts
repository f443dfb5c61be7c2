import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { xlogRows } from '../../../src/script/ksr/xlog.ts';
import { callable, request, stage } from '../route-fixture.ts';

const xlog = callable(xlogRows);

describe('KSR.xlog', () => {
  test('expands pseudo-variables, writes null as <null> and $$ as $', () => {
    const scene = stage();
    assert.equal(xlog(scene.route(), 'xinfo', '$rm $ru from $si:$sp du $du [$(ru{s.len})] $$5\n'), 1);
    assert.equal(scene.logger.lines[0]!.message, 'INVITE sip:bob@proxy.test from 192.0.2.10:5062 du <null> [18] $5');
    assert.deepEqual(scene.logger.lines[0]!.fields, { callId: 'call-1@example.com' });
  });
  test('levels', () => {
    const scene = stage();
    for (const name of ['xdbg', 'xinfo', 'xnotice', 'xwarn', 'xerr', 'xcrit', 'xalert']) xlog(scene.route(), name, 'x');
    xlog(scene.route(), 'xlog', 'warn', 'x');
    xlog(scene.route(), 'xlog', 'whatever', 'x');
    assert.deepEqual(scene.logger.lines.map(({ level }) => level), ['debug', 'info', 'info', 'warn', 'error', 'error', 'error', 'warn', 'error']);
  });
  test('a $ that begins no variable fails and is told', () => {
    const scene = stage();
    for (const text of ['costs $ 5', '$nope', '$(ru']) assert.equal(xlog(scene.route(), 'xinfo', text), -1);
    assert.equal(scene.logger.errors.length, 3);
  });
  test('what a message brought along cannot forge a line', () => {
    const scene = stage();
    const route = scene.route(request({ headers: 'Subject: a\r\n b\x1b[31m\r\n' }));
    xlog(route, 'xinfo', '$hdr(Subject)');
    assert.equal(scene.logger.lines[0]!.message, 'a   b\\x1b[31m');
  });
});
