import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { target } from '../../src/proxy/target.ts';
import { answer, request, summary, type Sent } from '../proxy/proxy-fixture.ts';
import { functions, lua, ScriptError, type FunctionStage, type Ksr, type TestRoute } from './script-fixture.ts';

const CALLER = '203.0.113.9:5090';
const PHONE = '198.51.100.2:5070';
const toPhone = request({ uri: 'sip:bob@198.51.100.2:5070' });

/** A call to one phone whose callbacks are these; `arm` runs before the relay. */
function call(routes: Record<string, TestRoute>, arm: (ksr: Ksr) => void = () => {}): FunctionStage & { invite: Sent } {
  const stage = functions({
    request: (ksr) => {
      for (const name of Object.keys(routes)) if (name.startsWith('on_')) ksr(`tm.t_${name}`, name);
      arm(ksr);
      ksr('tm.t_relay');
    },
    ...routes,
  });
  stage.net.receive(toPhone);
  return { ...stage, invite: stage.net.take().find(({ message }) => message.method === 'INVITE' && message.isRequest)! };
}

describe('branch route', () => {
  test('runs for each branch, and what it changes is of that branch alone', () => {
    const seen: unknown[] = [];
    const { net } = functions({
      request: (ksr, route) => {
        route.appended.push(target('sip:carol@198.51.100.3'));
        ksr('tm.t_on_branch', 'on_branch');
        ksr('tm.t_relay');
      },
      on_branch: (ksr, route) => {
        seen.push([ksr('tm.t_get_branch_index'), route.requestUri, ksr('tmx.t_is_branch_route')]);
        ksr('hdr.append', `X-Branch: ${ksr('tm.t_get_branch_index')}\r\n`);
        if (ksr('tm.t_get_branch_index') === 1) route.requestUri = 'sip:carol@198.51.100.4';
      },
    });
    net.receive(toPhone);
    const [, first, second] = net.take();
    assert.deepEqual(seen, [[0, 'sip:bob@198.51.100.2:5070', 1], [1, 'sip:carol@198.51.100.3', 1]]);
    assert.deepEqual([first!.to, second!.to], [PHONE, '198.51.100.4:5060']);
    assert.match(first!.text, /X-Branch: 0\r\n/);
    assert.doesNotMatch(first!.text, /X-Branch: 1/);
    assert.match(second!.text, /X-Branch: 1\r\n/);
  });

  test('that waits holds its branch up; an error does not stop it', () => {
    const { net, engine } = functions({
      request: (ksr) => {
        ksr('tm.t_on_branch', 'on_branch');
        ksr('tm.t_relay');
      },
      on_branch: () => () => {
        throw new ScriptError();
      },
    });
    net.receive(toPhone);
    assert.deepEqual(summary(net.take()), [`100 -> ${CALLER}`]);
    engine.wake();
    assert.deepEqual(summary(net.take()), [`INVITE -> ${PHONE}`]);
  });

  test('§9.2 cancelled while it waits: the branch is never sent', () => {
    const { net, engine } = functions({
      request: (ksr) => {
        ksr('tm.t_on_branch', 'on_branch');
        ksr('tm.t_relay');
      },
      on_branch: () => () => {},
    });
    net.receive(toPhone);
    net.receive(request({ method: 'CANCEL' }));
    engine.wake();
    assert.deepEqual(summary(net.take()), [`100 -> ${CALLER}`, `200 -> ${CALLER}`, `487 -> ${CALLER}`]);
  });
});

describe('onreply route', () => {
  test('runs for every response with the status at hand; drop keeps provisional ones only', () => {
    const seen: unknown[] = [];
    const { net, invite } = call({
      on_reply: (ksr, route) => {
        seen.push([ksr('tm.t_get_status_code'), ksr('tm.t_check_status', '18[03]'), ksr('tmx.t_is_reply_route')]);
        route.setDrop();
      },
    });
    for (const status of [180, 200]) net.receive(answer(invite, status), invite.to);
    assert.deepEqual(seen, [[180, 1, 1], [200, -1, 1]]);
    assert.deepEqual(summary(net.take()), [`200 -> ${CALLER}`]);
  });

  test('that waits holds the response up; a final one then still counts once', () => {
    const { net, engine, invite } = call({ on_reply: () => () => {} });
    net.receive(answer(invite, 486), invite.to);
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${PHONE}`, `ACK -> ${PHONE}`]);
    engine.wake();
    assert.deepEqual([summary(net.take()), engine.parked], [[`486 -> ${CALLER}`], 0]);
  });

  test('is no place to answer the request from (-1)', () => {
    const codes: unknown[] = [];
    const { net, invite } = call({ on_reply: (ksr) => void codes.push(ksr('sl.send_reply', 404, 'x'), ksr('sl.sl_send_reply', 404, 'x'), ksr('tm.t_reply', 404, 'x')) });
    net.receive(answer(invite, 180), invite.to);
    assert.deepEqual(codes, [-1, -1, -1]);
  });
});

describe('failure route', () => {
  test('runs once when all branches have failed, with the status of the best', () => {
    const seen: unknown[] = [];
    const { net, engine, invite } = call({ on_failure: (ksr) => void seen.push(ksr('tm.t_get_status_code'), ksr('tm.t_check_status', '486|600'), ksr('tmx.t_is_failure_route'), ksr('tm.t_branch_replied'), ksr('tm.t_branch_timeout'), ksr('tm.t_is_canceled')) });
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(seen, [486, 1, 1, 1, -1, -1]);
    assert.deepEqual(engine.ran.filter((name) => name.startsWith('on_')), ['on_failure INVITE']);
    assert.deepEqual(summary(net.take()), [`ACK -> ${PHONE}`, `486 -> ${CALLER}`]);
  });

  test('for silence: 408, timed out, nobody replied', () => {
    const seen: unknown[] = [];
    const { net } = call({ on_failure: (ksr) => void seen.push(ksr('tm.t_get_status_code'), ksr('tm.t_branch_timeout'), ksr('tm.t_any_timeout'), ksr('tm.t_any_replied')) });
    net.clock.advance(32_000);
    assert.deepEqual(seen, [408, 1, 1, -1]);
  });

  test('is disarmed before it runs: the second attempt has one only if the first has named it again', () => {
    for (const rearm of [false, true]) {
      const runs: unknown[] = [];
      const { net, invite } = call({
        on_failure: (ksr, route) => {
          runs.push(ksr('tm.t_is_set', 'failure_route'));
          if (runs.length > 1) return;
          if (rearm) ksr('tm.t_on_failure', 'on_failure');
          route.setRequestUri('sip:voicemail@198.51.100.9');
          ksr('tm.t_relay');
        },
      });
      net.receive(answer(invite, 486), invite.to);
      const second = net.take().at(-1)!;
      net.receive(answer(second, 404), second.to);
      assert.deepEqual(runs, rearm ? [-1, -1] : [-1]);
    }
  });

  test('that waits keeps the caller waiting, and goes on with another target', () => {
    const { net, engine, invite } = call({ on_failure: (ksr, route) => () => {
      route.setRequestUri('sip:voicemail@198.51.100.9');
      ksr('tm.t_relay');
    } });
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${PHONE}`]);
    engine.wake();
    assert.deepEqual(summary(net.take()), ['INVITE -> 198.51.100.9:5060']);
  });

  test('§9.2 cancelled: it runs with t_is_canceled, and no new attempt is made', () => {
    const seen: unknown[] = [];
    const { net, invite } = call({
      on_failure: (ksr, route) => {
        route.setRequestUri('sip:voicemail@198.51.100.9');
        seen.push(ksr('tm.t_is_canceled'), ksr('tm.t_relay'));
      },
      request: (ksr, route) => {
        if (route.message.method === 'INVITE') ksr('tm.t_on_failure', 'on_failure');
        ksr('tm.t_relay');
      },
    });
    net.receive(answer(invite, 180), invite.to);
    net.receive(request({ method: 'CANCEL' }));
    net.receive(answer(invite, 487), invite.to);
    assert.deepEqual(seen, [1, -1]);
    assert.deepEqual(summary(net.take()).at(-1), `487 -> ${CALLER}`);
  });

  test('may answer by itself: t_reply once, then -1; sl_reply_error then says -2', () => {
    const codes: unknown[] = [];
    const { net, invite } = call({ on_failure: (ksr) => void codes.push(ksr('tm.t_reply', 480, 'Later'), ksr('tm.t_reply', 486, 'Busy'), ksr('sl.send_reply', 486, 'Busy'), ksr('sl.sl_reply_error')) });
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(codes, [1, -1, -2, -2]);
    assert.deepEqual(summary(net.take()), [`ACK -> ${PHONE}`, `480 -> ${CALLER}`]);
  });

  test('t_drop_replies: what was said so far is not the answer any more', () => {
    const { net, invite } = call({ on_failure: (ksr) => void ksr('tm.t_drop_replies_all') });
    net.receive(answer(invite, 603), invite.to);
    assert.deepEqual(summary(net.take()).at(-1), `500 -> ${CALLER}`);
  });
});

describe('branch failure route', () => {
  test('runs before the failure route, disarmed, about its own branch', () => {
    const { net, engine, invite } = call({ on_branch_failure: () => {}, on_failure: () => {} });
    net.receive(answer(invite, 404), invite.to);
    assert.deepEqual(engine.ran.slice(1), ['on_branch_failure INVITE', 'on_failure INVITE']);
    assert.equal(engine.contexts[1]!.kind, 'branch_failure');
  });

  test('may try somewhere else; the failure route is then for what follows', () => {
    const { net, engine, invite } = call({
      on_branch_failure: (ksr, route) => () => {
        route.setRequestUri('sip:voicemail@198.51.100.9');
        ksr('tm.t_relay');
      },
      on_failure: () => {},
    });
    net.receive(answer(invite, 404), invite.to);
    engine.wake();
    const second = net.take().at(-1)!;
    assert.equal(second.to, '198.51.100.9:5060');
    net.receive(answer(second, 200), second.to);
    assert.deepEqual(engine.ran.filter((name) => name.startsWith('on_')), ['on_branch_failure INVITE']);
  });
});

describe('what a transaction carries from callback to callback', () => {
  test('flags, which every callback may change, and attributes', () => {
    const seen: unknown[] = [];
    const look: TestRoute = (ksr, route) => {
      seen.push([1, 2, 3, 4].filter((flag) => ksr('isflagset', flag)), route.attributes.avps.get('callee'));
    };
    const { net, invite } = call(
      {
        on_branch: (ksr, route) => {
          look(ksr, route);
          ksr('setflag', 2);
        },
        on_reply: (ksr, route) => {
          look(ksr, route);
          ksr('setflag', 3);
        },
        on_failure: look,
      },
      (ksr) => {
        ksr('setflag', 1);
        ksr('pvx.avp_sets', 'callee', 'bob');
      },
    );
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(seen, [[1], 'bob', [1, 2], 'bob', [1, 2, 3], 'bob']);
  });

  test('times: t_set_fr before the relay, t_reset_fr takes it back', () => {
    for (const [reset, failures] of [[false, [408]], [true, []]] as const) {
      const seen: unknown[] = [];
      const { net } = call({ on_failure: (ksr) => void seen.push(ksr('tm.t_get_status_code')) }, (ksr) => {
        ksr('tm.t_set_fr', 10_000, 4000);
        if (reset) ksr('tm.t_reset_fr');
      });
      net.clock.advance(4000);
      assert.deepEqual(seen, failures);
    }
  });

  test('real Lua: a callback that waits goes on with the same call', async () => {
    const { net, out, wake } = lua(`
      function ksr_request_route()
        KSR.pvx.avp_sets("callee", "bob")
        KSR.setflag(5)
        KSR.tm.t_on_failure("on_failure")
        KSR.tm.t_relay()
      end
      function on_failure()
        local answer = KSR.test.wait()
        KSR.test.out(answer .. " " .. KSR.pvx.avp_gete("callee") .. " " .. KSR.tm.t_get_status_code() .. " " .. tostring(KSR.isflagset(5)))
        KSR.tm.t_reply(480, "Later")
      end`);
    net.receive(toPhone);
    const invite = net.take()[1]!;
    net.receive(answer(invite, 486), invite.to);
    await wake('woken');
    assert.deepEqual(out, ['woken bob 486 true']);
    assert.deepEqual(summary(net.take()).at(-1), `480 -> ${CALLER}`);
  });
});
