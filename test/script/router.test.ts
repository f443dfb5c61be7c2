import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, request, summary } from '../proxy/proxy-fixture.ts';
import { functions, lua, ScriptError } from './script-fixture.ts';

const CALLER = '203.0.113.9:5090';
const PHONE = '198.51.100.2:5070';
const toPhone = request({ uri: 'sip:bob@198.51.100.2:5070' });

describe('request route', () => {
  test('runs once for a request, whose retransmissions it never sees', () => {
    const { net, engine } = functions({ request: (ksr) => void ksr('tm.t_relay') });
    net.receive(toPhone);
    net.receive(toPhone);
    assert.deepEqual(engine.ran, ['ksr_request_route INVITE']);
    assert.deepEqual(summary(net.take()), [`100 -> ${CALLER}`, `INVITE -> ${PHONE}`, `100 -> ${CALLER}`]);
  });

  test('that waits: retransmissions are absorbed, an INVITE gets 100 after 200 ms, and it goes on with the same message', () => {
    const seen: unknown[] = [];
    const { net, engine } = functions({
      request: (ksr, route) => {
        ksr('setflag', 3);
        route.attributes.avps.push('callee', 'bob');
        return () => {
          seen.push(ksr('isflagset', 3), route.attributes.avps.get('callee'), route.message.callId);
          ksr('tm.t_relay');
        };
      },
    });
    net.receive(toPhone);
    net.receive(toPhone);
    assert.deepEqual([net.take().length, net.endpoint.serverTransactionCount], [0, 1]);
    net.clock.advance(200);
    assert.deepEqual(summary(net.take()), [`100 -> ${CALLER}`]);
    engine.wake();
    assert.deepEqual(seen, [true, 'bob', 'call-1@caller']);
    assert.deepEqual(summary(net.take()).at(-1), `INVITE -> ${PHONE}`);
    assert.deepEqual(engine.ran, ['ksr_request_route INVITE']);
  });

  test('that waits and then answers without state leaves nothing behind', () => {
    const { net, engine } = functions({ request: (ksr) => () => void ksr('sl.sl_send_reply', 404, 'Not Found') });
    net.receive(toPhone);
    engine.wake();
    assert.deepEqual(summary(net.take()), [`404 -> ${CALLER}`]);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
  });

  test('that waits twice: once held, then as a transaction', async () => {
    const { net, wake } = lua(`
      function ksr_request_route()
        KSR.test.wait()
        KSR.tm.t_newtran()
        KSR.test.wait()
        KSR.tm.t_reply(486, "Busy Here")
      end`);
    net.receive(toPhone);
    await wake();
    net.clock.advance(1000);
    await wake();
    assert.deepEqual(summary(net.take()), [`100 -> ${CALLER}`, `486 -> ${CALLER}`]);
  });

  test('§17.2.1 one that waits behind t_newtran gets its 100 too', () => {
    const { net, engine } = functions({
      request: (ksr) => {
        ksr('tm.t_newtran');
        return () => void ksr('tm.t_reply', 480, 'Later');
      },
    });
    net.receive(toPhone);
    net.clock.advance(200);
    net.receive(toPhone);
    engine.wake();
    assert.deepEqual(summary(net.take()), [`100 -> ${CALLER}`, `100 -> ${CALLER}`, `480 -> ${CALLER}`]);
  });

  test('§9.2 cancelled while it waits: the CANCEL is answered, and what t_relay then makes ends with 487', () => {
    const codes: unknown[] = [];
    const { net, engine } = functions({
      request: (ksr, route) => {
        if (route.message.method === 'CANCEL') {
          codes.push(ksr('tm.t_check_trans'), ksr('tm.t_relay'));
          return;
        }
        return () => void codes.push(ksr('tm.t_relay'), ksr('sl.sl_reply_error'), ksr('tm.t_is_canceled'));
      },
    });
    net.receive(toPhone);
    net.receive(request({ method: 'CANCEL' }));
    assert.deepEqual(summary(net.take()), [`200 -> ${CALLER}`]);
    engine.wake();
    assert.deepEqual(summary(net.take()), [`487 -> ${CALLER}`]);
    assert.deepEqual(codes, [1, 1, -1, -2, 1]);
  });

  test('an error of the script is answered with 500, with and without a transaction, and once', () => {
    for (const before of [[], ['tm.t_newtran']]) {
      const { net } = functions({
        request: (ksr) => {
          for (const name of before) ksr(name);
          throw new ScriptError();
        },
      });
      net.receive(toPhone);
      assert.deepEqual(summary(net.take()), [`500 -> ${CALLER}`], before.join());
    }
  });

  test('an error behind a reply or a relay changes nothing any more', () => {
    const { net } = functions({
      request: (ksr) => {
        ksr('sl.sl_send_reply', 403, 'Forbidden');
        throw new ScriptError();
      },
    });
    net.receive(toPhone);
    assert.deepEqual(summary(net.take()), [`403 -> ${CALLER}`]);
    const relayed = functions({
      request: (ksr) => {
        ksr('tm.t_relay');
        throw new ScriptError();
      },
    });
    relayed.net.receive(toPhone);
    assert.deepEqual(summary(relayed.net.take()), [`100 -> ${CALLER}`, `INVITE -> ${PHONE}`]);
  });

  test('an error of real Lua is answered with 500, also after a wait', async () => {
    const { net, wake } = lua('function ksr_request_route() KSR.test.wait() local x = nil + 1 end');
    net.receive(toPhone);
    await wake();
    assert.deepEqual(summary(net.take()), [`500 -> ${CALLER}`]);
    assert.equal(net.endpoint.serverTransactionCount, 0);
  });

  test('a script that does nothing sends nothing and keeps nothing', () => {
    const { net } = functions({ request: () => {} });
    net.receive(toPhone);
    assert.deepEqual([net.take().length, net.endpoint.serverTransactionCount], [0, 0]);
  });

  test('t_newtran without a reply is let go at the end of the route', () => {
    const { net } = functions({ request: (ksr) => void ksr('tm.t_newtran') });
    net.receive(toPhone);
    assert.deepEqual([net.take().length, net.endpoint.serverTransactionCount, net.clock.armed], [0, 0, 0]);
  });
});

describe('reply route', () => {
  const relay = { request: (ksr: (name: string) => unknown) => void ksr('tm.t_relay') };

  test('sees every response before the transaction does', () => {
    const { net, engine } = functions({ ...relay, reply: () => {} });
    net.receive(toPhone);
    const invite = net.take()[1]!;
    for (const status of [100, 180, 200]) net.receive(answer(invite, status), invite.to);
    assert.deepEqual(engine.ran, ['ksr_request_route INVITE', 'ksr_reply_route 100', 'ksr_reply_route 180', 'ksr_reply_route 200']);
  });

  test('drop keeps a response from going any further; an error does not', () => {
    const { net } = functions({
      ...relay,
      reply: (_ksr, route) => {
        if (route.message.status === 183) route.setDrop();
        throw new ScriptError();
      },
    });
    net.receive(toPhone);
    const invite = net.take()[1]!;
    net.receive(answer(invite, 183), invite.to);
    assert.deepEqual(net.take(), []);
    net.receive(answer(invite, 180), invite.to);
    assert.deepEqual(summary(net.take()), [`180 -> ${CALLER}`]);
  });

  test('that waits holds its response up, and no other', () => {
    const { net, engine } = functions({ ...relay, reply: (_ksr, route) => (route.message.status === 180 ? () => {} : undefined) });
    net.receive(toPhone);
    const invite = net.take()[1]!;
    net.receive(answer(invite, 180), invite.to);
    net.receive(answer(invite, 183), invite.to);
    assert.deepEqual(summary(net.take()), [`183 -> ${CALLER}`]);
    engine.wake();
    assert.deepEqual(summary(net.take()), [`180 -> ${CALLER}`]);
  });

  test('what it changes, the onreply route sees and the caller gets', () => {
    const { net } = functions({
      request: (ksr) => {
        ksr('tm.t_on_reply', 'on_reply');
        ksr('tm.t_relay');
      },
      reply: (ksr) => void ksr('hdr.append', 'X-First: 1\r\n'),
      on_reply: (ksr) => void ksr('hdr.append', 'X-Second: 2\r\n'),
    });
    net.receive(toPhone);
    const invite = net.take()[1]!;
    net.receive(answer(invite, 180), invite.to);
    assert.match(net.takeOne().text, /X-First: 1\r\nX-Second: 2\r\n/);
  });

  test('§16.11 a response to what was forwarded without state goes where its next Via says', () => {
    const { net } = functions({ request: (ksr) => void ksr('forward') });
    net.receive(request({ method: 'OPTIONS', uri: 'sip:bob@198.51.100.2:5070' }));
    const options = net.takeOne();
    net.receive(answer(options, 200), options.to);
    const reply = net.takeOne();
    assert.deepEqual([reply.to, reply.message.vias().length], [CALLER, 1]);
  });

  test('hardening 15: a stray response reaches no script', () => {
    const { net, engine } = functions({ reply: () => {} });
    net.receive('SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKguess\nVia: SIP/2.0/UDP 198.51.100.66:6379\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: x\nCSeq: 1 INVITE\n\n');
    assert.deepEqual([engine.ran, net.take().length, net.counter('sip.stray-responses')], [[], 0, 1]);
  });
});

describe('events', () => {
  test('run their callback with a faked request and tell when it has ended, also when it waits', () => {
    const { net, engine } = functions({ ksr_rtimer: () => () => {} });
    let ended = 0;
    net.router.runEvent('ksr_rtimer', 'rtimer', () => (ended += 1));
    assert.deepEqual([engine.ran, ended], [['ksr_rtimer OPTIONS'], 0]);
    engine.wake();
    assert.equal(ended, 1);
    net.router.runEvent('no_such_function', 'rtimer', () => (ended += 1));
    assert.equal(ended, 2);
  });

  test('are no place to relay or to suspend', () => {
    const codes: unknown[] = [];
    const { net } = functions({ ksr_rtimer: (ksr) => void codes.push(ksr('tm.t_relay'), ksr('tmx.t_suspend')) });
    net.router.runEvent('ksr_rtimer', 'rtimer');
    assert.deepEqual(codes, [0, -1]);
    assert.equal(net.logged.length, 1);
  });
});
