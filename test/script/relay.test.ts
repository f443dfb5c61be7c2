import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProxyOptions } from '../../src/proxy/proxy-parts.ts';
import { answer, request, summary } from '../proxy/proxy-fixture.ts';
import { functions, type FunctionStage, type TestRoute } from './script-fixture.ts';

const CALLER = '203.0.113.9:5090';
const PHONE = '198.51.100.2:5070';
const toPhone = request({ uri: 'sip:bob@198.51.100.2:5070' });

/** What t_relay returns for a request, and what goes out. */
function relayed(text: string, more: { before?: TestRoute; routes?: Record<string, TestRoute>; options?: Partial<ProxyOptions> } = {}): FunctionStage & { code: unknown; sent: string[] } {
  let code: unknown;
  const stage = functions(
    {
      ...more.routes,
      request: (ksr, route) => {
        more.before?.(ksr, route);
        code = ksr('tm.t_relay');
      },
    },
    more.options,
  );
  stage.net.receive(text);
  return { ...stage, code, sent: summary(stage.net.take()) };
}

describe('t_relay in the request route (KEMI)', () => {
  test('above 0: an INVITE gets a 100 and is forwarded', () => {
    const { code, sent } = relayed(toPhone);
    assert.deepEqual([code, sent], [1, [`100 -> ${CALLER}`, `INVITE -> ${PHONE}`]]);
  });

  test('RFC 4320 §4.1: other requests get no 100', () => {
    assert.deepEqual(relayed(request({ method: 'MESSAGE', uri: 'sip:bob@198.51.100.2' })).sent, ['MESSAGE -> 198.51.100.2:5060']);
  });

  test('-1 when there is no branch', () => {
    const { code } = relayed(toPhone, { before: (_ksr, route) => void route.takeTargets() });
    assert.equal(code, -1);
  });

  test('-478 and 478 for a next hop that cannot be found, -479 and 479 for one that is no URI; no failure route runs', () => {
    for (const [uri, expected] of [['sip:bob@no-such-host.example', -478], ['mailto', -479]] as const) {
      const { code, sent, engine } = relayed(toPhone, {
        before: (ksr, route) => {
          ksr('tm.t_on_failure', 'on_failure');
          route.setRequestUri(uri);
        },
        routes: { on_failure: () => {} },
      });
      assert.deepEqual([code, sent, engine.ran.length], [expected, [`100 -> ${CALLER}`, `${-expected} -> ${CALLER}`], 1]);
    }
  });

  test('-6 when the branch route drops every branch, and 500', () => {
    const { code, sent } = relayed(toPhone, { before: (ksr) => void ksr('tm.t_on_branch', 'on_branch'), routes: { on_branch: (_ksr, route) => route.setDrop() } });
    assert.deepEqual([code, sent], [-6, [`100 -> ${CALLER}`, `500 -> ${CALLER}`]]);
  });

  test('-12 for more branches than are allowed, and 500', () => {
    const { code, sent } = relayed(toPhone, { options: { maxBranches: 0 } });
    assert.deepEqual([code, sent.at(-1)], [-12, `500 -> ${CALLER}`]);
  });

  test('RFC 5393 §5.3.3.1: 440 when Max-Breadth does not suffice', () => {
    const { code, sent } = relayed(request({ uri: 'sip:bob@198.51.100.2', headers: 'Max-Breadth: 0\n' }));
    assert.deepEqual([code, sent.at(-1)], [-1, `440 -> ${CALLER}`]);
  });

  test('§16.3 step 3: 483 when no hop is left', () => {
    const { code, sent } = relayed(toPhone.replace('Max-Forwards: 70', 'Max-Forwards: 0'));
    assert.deepEqual([code, sent], [-1, [`483 -> ${CALLER}`]]);
  });

  test('§16.3 step 5: 420 and Unsupported when a proxy extension is demanded', () => {
    const { net } = functions({ request: (ksr) => void ksr('tm.t_relay') });
    net.receive(request({ uri: 'sip:bob@198.51.100.2', headers: 'Proxy-Require: magic\n' }));
    const reply = net.takeOne();
    assert.equal(reply.message.status, 420);
    assert.match(reply.text, /\r\nUnsupported: magic\r\n/);
  });

  test('-4 for any of these, and no answer of our own, behind t_set_disable_internal_reply(1)', () => {
    const { code, sent } = relayed(toPhone.replace('Max-Forwards: 70', 'Max-Forwards: 0'), { before: (ksr) => void ksr('tm.t_set_disable_internal_reply', 1) });
    assert.deepEqual([code, sent], [-4, []]);
  });

  test('-1 behind a final answer', () => {
    const { code, sent } = relayed(toPhone, { before: (ksr) => void ksr('tm.t_send_reply', 486, 'Busy Here') });
    assert.deepEqual([code, sent], [-1, [`486 -> ${CALLER}`]]);
  });

  test('the refusal is sent at the end of the route: sl_reply_error knows (-3), an answer of the script goes before it', () => {
    const codes: unknown[] = [];
    const { net } = functions({
      request: (ksr) => {
        codes.push(ksr('tm.t_relay'), ksr('sl.sl_reply_error'));
      },
    });
    net.receive(toPhone.replace('Max-Forwards: 70', 'Max-Forwards: 0'));
    assert.deepEqual([codes, summary(net.take())], [[-1, -3], [`483 -> ${CALLER}`]]);

    const own = functions({
      request: (ksr) => {
        ksr('tm.t_relay');
        ksr('sl.send_reply', 404, 'Not Found');
      },
    });
    own.net.receive(toPhone.replace('Max-Forwards: 70', 'Max-Forwards: 0'));
    assert.deepEqual(summary(own.net.take()), [`404 -> ${CALLER}`]);
  });
});

describe('RFC 5393 loops', () => {
  test('a request that comes back unchanged is refused with 482, and the first one ends with it', () => {
    const { net } = functions({ request: (ksr) => void ksr('tm.t_relay') });
    net.receive(request({ method: 'OPTIONS', uri: 'sip:bob@192.0.2.1:5060' }));
    const sent = net.takeOne();
    net.receive(sent.text, '192.0.2.1:5060');
    const [refusal] = net.take();
    assert.deepEqual([refusal!.message.status, refusal!.to], [482, '192.0.2.1:5060']);
    net.receive(refusal!.text, '192.0.2.1:5060');
    assert.deepEqual(summary(net.take()), [`482 -> ${CALLER}`]);
  });

  test('a spiral, which comes back with another Request-URI, is forwarded', () => {
    const { net } = functions({
      request: (ksr, route) => {
        route.setRequestUri(route.requestUri === 'sip:bob@192.0.2.1' ? 'sip:carol@192.0.2.1' : 'sip:carol@198.51.100.2');
        ksr('tm.t_relay');
      },
    });
    net.receive(request({ method: 'OPTIONS', uri: 'sip:bob@192.0.2.1' }));
    net.receive(net.takeOne().text, '192.0.2.1:5060');
    assert.deepEqual(summary(net.take()), ['OPTIONS -> 198.51.100.2:5060']);
  });
});

describe('t_relay elsewhere', () => {
  test('the ACK of a 2xx is forwarded without state', () => {
    const { net } = functions({ request: (ksr) => void ksr('tm.t_relay') });
    net.receive(request({ method: 'ACK', uri: 'sip:bob@198.51.100.2', toTag: 'b1' }));
    assert.deepEqual(summary(net.take()), ['ACK -> 198.51.100.2:5060']);
    assert.equal(net.endpoint.serverTransactionCount, 0);
  });

  test('a CANCEL is answered and cancels its INVITE; one without is left to the script (-1)', () => {
    const codes: unknown[] = [];
    const { net } = functions({ request: (ksr, route) => void (route.message.method === 'CANCEL' ? codes.push(ksr('tm.t_check_trans'), ksr('tm.t_relay')) : ksr('tm.t_relay')) });
    net.receive(request({ method: 'CANCEL' }));
    net.receive(toPhone);
    const invite = net.take()[1]!;
    net.receive(answer(invite, 180), invite.to);
    net.take();
    net.receive(request({ method: 'CANCEL' }));
    assert.deepEqual(codes, [-1, -1, 1, 1]);
    assert.deepEqual(summary(net.take()), [`200 -> ${CALLER}`, `CANCEL -> ${PHONE}`]);
  });

  test('in a branch or reply route: 0, and a line in the log', () => {
    const codes: unknown[] = [];
    const again: TestRoute = (ksr) => void codes.push(ksr('tm.t_relay'));
    const { net } = functions({
      request: (ksr) => {
        ksr('tm.t_on_branch', 'on_branch');
        ksr('tm.t_on_reply', 'on_reply');
        ksr('tm.t_relay');
      },
      on_branch: again,
      on_reply: again,
    });
    net.receive(toPhone);
    const invite = net.take()[1]!;
    net.receive(answer(invite, 180), invite.to);
    assert.deepEqual([codes, net.logged.length], [[0, 0], 2]);
  });

  test('in a failure route: 1 or -1, and nothing to relay to unless the script says where', () => {
    const codes: unknown[] = [];
    const { net } = functions({
      request: (ksr) => {
        ksr('tm.t_on_failure', 'on_failure');
        ksr('tm.t_relay');
      },
      on_failure: (ksr, route) => {
        codes.push(ksr('tm.t_relay'));
        route.setRequestUri('sip:bob@no-such-host.example');
        codes.push(ksr('tm.t_relay'));
        route.setRequestUri('sip:voicemail@198.51.100.9');
        codes.push(ksr('tm.t_relay'));
      },
    });
    net.receive(toPhone);
    const invite = net.take()[1]!;
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(codes, [-1, -1, 1]);
    assert.deepEqual(summary(net.take()), [`ACK -> ${PHONE}`, 'INVITE -> 198.51.100.9:5060']);
  });
});
