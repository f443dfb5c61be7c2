import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { slRows } from '../../../src/script/ksr/sl.ts';
import { tmRows } from '../../../src/script/ksr/tm.ts';
import { hdrRows } from '../../../src/script/ksr/hdr.ts';
import { callable, request, response, stage } from '../route-fixture.ts';

const sl = callable(slRows);
const tm = callable(tmRows);
const hdr = callable(hdrRows);
const startLines = (sent: readonly { text: string }[]): string[] => sent.map(({ text }) => text.split('\r\n', 1)[0]!);

describe('sl.send_reply (KEMI)', () => {
  test('without a transaction it keeps nothing', () => {
    const { route, sent, services } = stage();
    assert.equal(sl(route(), 'send_reply', 404, 'Not Found'), 1);
    assert.deepEqual([startLines(sent), services.endpoint.serverTransactionCount], [['SIP/2.0 404 Not Found'], 0]);
  });

  test('with one it goes through it; -2 behind a final answer', () => {
    const { route, sent } = stage();
    const one = route();
    tm(one, 't_newtran');
    assert.deepEqual([sl(one, 'send_reply', 180, 'Ringing'), sl(one, 'send_reply', 404, 'Not Found'), sl(one, 'send_reply', 486, 'Busy')], [1, 1, -2]);
    assert.deepEqual(startLines(sent), ['SIP/2.0 180 Ringing', 'SIP/2.0 404 Not Found']);
    assert.match(sent[1]!.text, /\r\nTo: .*;tag=\w+\r\n/);
  });

  test('-1 for an ACK, a reply, an empty reason, and what would break the Status-Line', () => {
    const { route, sent } = stage();
    assert.equal(sl(route(request({ method: 'ACK' })), 'send_reply', 404, 'Not Found'), -1);
    assert.equal(sl(route(response()), 'send_reply', 404, 'Not Found'), -1);
    for (const [status, reason] of [[404, ''], [404, 'Not\r\nX: y'], [99, 'Low'], [700, 'High']] as const) {
      assert.equal(sl(route(), 'send_reply', status, reason), -1, `${status} ${reason}`);
    }
    assert.deepEqual(sent, []);
  });

  test('what append_to_reply has collected goes with it, once', () => {
    const { route, sent } = stage();
    const one = route();
    hdr(one, 'append_to_reply', 'X-More: 1\r\n');
    sl(one, 'send_reply', 404, 'Not Found');
    sl(one, 'send_reply', 404, 'Not Found');
    assert.match(sent[0]!.text, /\r\nX-More: 1\r\n/);
    assert.doesNotMatch(sent[1]!.text, /X-More/);
  });
});

describe('sl.sl_send_reply (KEMI)', () => {
  test('keeps nothing, whatever the route has done before', () => {
    const { route, sent } = stage();
    const one = route();
    tm(one, 't_newtran');
    assert.equal(sl(one, 'sl_send_reply', 404, 'Not Found'), 1);
    assert.deepEqual([startLines(sent), one.transaction!.context.finalStatus], [['SIP/2.0 404 Not Found'], 0]);
  });
});

describe('sl.sl_reply_error (KEMI)', () => {
  test('500 when nothing was sent; -2 behind a final answer; -3 when the one of t_relay is due', () => {
    const { route, sent } = stage();
    assert.equal(sl(route(), 'sl_reply_error'), 1);
    assert.deepEqual(startLines(sent), ['SIP/2.0 500 Server Internal Error']);
    const answered = route();
    sl(answered, 'sl_send_reply', 404, 'Not Found');
    assert.equal(sl(answered, 'sl_reply_error'), -2);
    const refused = route();
    refused.setRequestUri('no uri');
    assert.equal(tm(refused, 't_relay'), -479);
    assert.equal(sl(refused, 'sl_reply_error'), -3);
    assert.equal(sl(refused, 'send_reply_error'), -3);
  });
});
