import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tmRows } from '../../../src/script/ksr/tm.ts';
import { tmxRows } from '../../../src/script/ksr/tmx.ts';
import { target } from '../../../src/proxy/target.ts';
import { answer, request as proxyRequest, summary } from '../../proxy/proxy-fixture.ts';
import { callable, request, response, stage } from '../route-fixture.ts';
import { functions } from '../script-fixture.ts';

const tm = callable(tmRows);
const tmx = callable(tmxRows);

describe('tm without a network (KEMI)', () => {
  test('t_newtran: 1, then -10; 1 for an ACK, which gets none; -1 for a reply', () => {
    const { route } = stage();
    const one = route();
    assert.deepEqual([tm(one, 't_exists'), tm(one, 't_newtran'), tm(one, 't_newtran'), tm(one, 't_exists')], [-1, 1, -10, 1]);
    const ack = route(request({ method: 'ACK' }));
    assert.deepEqual([tm(ack, 't_newtran'), ack.transaction], [1, undefined]);
    assert.equal(tm(route(response()), 't_newtran'), -1);
  });

  test('t_check_trans: -1 for what is new, 1 in a transaction', () => {
    const { route } = stage();
    const one = route();
    assert.deepEqual([tm(one, 't_check_trans'), tm(one, 't_lookup_request')], [-1, -1]);
    tm(one, 't_newtran');
    assert.deepEqual([tm(one, 't_check_trans'), tm(one, 't_lookup_request')], [1, 1]);
  });

  test('t_check_trans and t_lookup_cancel: 1 for a CANCEL of a call that is there', () => {
    const { route } = stage();
    const cancel = () => route(request({ method: 'CANCEL' }));
    assert.deepEqual([tm(cancel(), 't_check_trans'), tm(cancel(), 't_lookup_cancel'), tm(cancel(), 't_lookup_cancel_flags', 1)], [-1, -1, -1]);
    tm(route(), 't_newtran');
    assert.deepEqual([tm(cancel(), 't_check_trans'), tm(cancel(), 't_lookup_cancel'), tm(cancel(), 't_lookup_cancel_flags', 1)], [1, 1, 1]);
    assert.equal(tm(route(), 't_lookup_cancel'), -1, 'not a CANCEL');
  });

  test('t_check_trans: 1 for the ACK of a 2xx of a call that is there', () => {
    const { route } = stage();
    const ack = () => route(request({ method: 'ACK' }).replace('z9hG4bKabc', 'z9hG4bKack'));
    assert.equal(tm(ack(), 't_check_trans'), -1);
    tm(route(), 't_newtran');
    assert.equal(tm(ack(), 't_check_trans'), 1);
  });

  test('t_reply: -1 without a transaction; t_send_reply makes one, not for an ACK', () => {
    const { route, sent } = stage();
    const one = route();
    assert.equal(tm(one, 't_reply', 404, 'Not Found'), -1);
    assert.deepEqual([tm(one, 't_send_reply', 404, 'Not Found'), tm(one, 't_send_reply', 404, 'Not Found'), sent.length], [1, -1, 1]);
    assert.equal(tm(route(request({ method: 'ACK' })), 't_send_reply', 404, 'Not Found'), -1);
  });

  test('t_retransmit_reply sends the last response again; -1 when there is none', () => {
    const { route, sent } = stage();
    const one = route();
    tm(one, 't_newtran');
    assert.equal(tm(one, 't_retransmit_reply'), -1);
    tm(one, 't_reply', 180, 'Ringing');
    assert.equal(tm(one, 't_retransmit_reply'), 1);
    assert.equal(sent[0]!.text, sent[1]!.text);
  });

  test('t_release lets a transaction go, in the request route only', () => {
    const { route, services } = stage();
    const one = route();
    assert.equal(tm(one, 't_release'), -1);
    tm(one, 't_newtran');
    one.kind = 'failure';
    assert.equal(tm(one, 't_release'), -1);
    one.kind = 'request';
    assert.deepEqual([tm(one, 't_release'), services.endpoint.serverTransactionCount], [1, 0]);
  });

  test('t_on_*: 1 always, "" clears; t_is_set looks at the first letter only, before and behind t_newtran', () => {
    const { route } = stage();
    const one = route();
    for (const newtran of [false, true]) {
      if (newtran) tm(one, 't_newtran');
      for (const [row, name] of [['t_on_branch', 'branch_route'], ['t_on_reply', 'onreply_route'], ['t_on_failure', 'failure_route']] as const) {
        tm(one, row, '');
        assert.deepEqual([tm(one, 't_is_set', name), tm(one, row, 'no_such_function'), tm(one, 't_is_set', name), tm(one, 't_is_set', name.slice(0, 1))], [-1, 1, 1, 1]);
      }
      assert.equal(tm(one, 't_is_set', 'x'), -1);
    }
  });

  test('t_check_status in the request route: the last status that was sent; -1 before', () => {
    const one = stage().route();
    assert.deepEqual([tm(one, 't_check_status', '.*'), tm(one, 't_get_status_code')], [-1, -1]);
    tm(one, 't_send_reply', 183, 'Progress');
    assert.deepEqual([tm(one, 't_check_status', '18[0-3]'), tm(one, 't_check_status', '200'), tm(one, 't_get_status_code')], [1, -1, 183]);
  });

  test('what asks about branches: -1 when there are none', () => {
    const one = stage().route();
    for (const name of ['t_any_replied', 't_any_timeout', 't_branch_replied', 't_branch_timeout', 't_is_canceled', 't_get_branch_index']) assert.equal(tm(one, name), -1, name);
    assert.equal(tm(one, 't_grep_status', 404), -1);
    assert.equal(tm(one, 't_drop_replies', 'a'), -1);
  });
});

describe('tmx without a network (KEMI)', () => {
  test('each kind of route knows itself', () => {
    const { route } = stage();
    const kinds = (kind: 'request' | 'reply' | 'onreply' | 'branch' | 'failure') => {
      const one = route();
      one.kind = kind;
      return ['t_is_request_route', 't_is_reply_route', 't_is_branch_route', 't_is_failure_route'].map((name) => tmx(one, name));
    };
    assert.deepEqual(kinds('request'), [1, -1, -1, -1]);
    assert.deepEqual(kinds('reply'), [-1, 1, -1, -1]);
    assert.deepEqual(kinds('onreply'), [-1, 1, -1, -1]);
    assert.deepEqual(kinds('branch'), [-1, -1, 1, -1]);
    assert.deepEqual(kinds('failure'), [-1, -1, -1, 1]);
  });

  test('t_precheck_trans is always -1: retransmissions do not get this far', () => {
    assert.equal(tmx(stage().route(), 't_precheck_trans'), -1);
  });

  test('t_flush_flags writes the flags to the transaction; -1 without one', () => {
    const one = stage().route();
    assert.equal(tmx(one, 't_flush_flags'), -1);
    tm(one, 't_newtran');
    one.flags = 6;
    assert.deepEqual([tmx(one, 't_flush_flags'), one.transaction!.flags], [1, 6]);
  });
});

describe('tmx.t_cancel_branches (KEMI)', () => {
  for (const [which, cancelled] of [['all', ['198.51.100.2:5060', '198.51.100.3:5060']], ['others', ['198.51.100.3:5060']], ['this', ['198.51.100.2:5060']], ['none', []]] as const) {
    test(`"${which}", from the reply route of the first branch`, () => {
      const { net, engine } = functions({
        request: (ksr, route) => {
          route.appended.push(target('sip:bob@198.51.100.3'));
          ksr('tm.t_relay');
        },
        on_reply: (ksr) => void ksr('tmx.t_cancel_branches', which),
      });
      net.receive(proxyRequest({ uri: 'sip:bob@198.51.100.2' }));
      const [, first, second] = net.take();
      for (const sent of [first!, second!]) net.receive(answer(sent, 180), sent.to);
      net.take();
      // Armed by a later message of the transaction, as a script does in its reply route.
      engine.contexts[0]!.transaction!.callbacks.reply = 'on_reply';
      net.receive(answer(first!, 183), first!.to);
      assert.deepEqual(summary(net.take()).filter((line) => line.startsWith('CANCEL')), cancelled.map((to) => `CANCEL -> ${to}`));
    });
  }

  test('-1 without a transaction', () => {
    assert.equal(tmx(stage().route(), 't_cancel_branches', 'all'), -1);
  });
});
