import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, ProxyFixture, request as proxied, summary } from '../../proxy/proxy-fixture.ts';
import { CALLER, EndpointFixture, OTHER_REQUESTS, request } from './endpoint-fixture.ts';

/** An endpoint whose core answers each request with 200. */
function answering(): EndpointFixture {
  const net = new EndpointFixture();
  net.core = (message, source) => {
    if (message.method !== 'ACK') net.answer(net.endpoint.openServer(message, source), 200);
  };
  return net;
}

describe('§17.2.2 completed: a request that was answered over UDP', () => {
  test('gets the same response at the same address when it comes again, until timer J', () => {
    const net = answering();
    net.receive(request({ method: 'MESSAGE' }));
    const first = net.takeOne();
    net.clock.advance(31_999);
    net.receive(request({ method: 'MESSAGE' }));
    const again = net.takeOne();
    assert.deepEqual([again.text, again.destination.address, again.destination.port], [first.text, '203.0.113.9', 5090]);
    assert.deepEqual([net.requests.length, net.counter('sip.retransmissions')], [1, 1]);
    net.clock.advance(1);
    net.receive(request({ method: 'MESSAGE' }));
    assert.equal(net.requests.length, 2);
  });

  for (const [what, other] of OTHER_REQUESTS) {
    test(`§17.2.3 another ${what} is another request`, () => {
      const net = answering();
      net.receive(request({ method: 'MESSAGE' }));
      net.receive(request({ method: 'MESSAGE', ...other }));
      assert.equal(net.requests.length, 2);
    });
  }

  test('§17.2.3 RFC 2543 clients: without the cookie, From tag, To tag and Request-URI decide too', () => {
    const shape = { method: 'MESSAGE', via: 'SIP/2.0/UDP 203.0.113.9:5090' };
    const net = answering();
    net.receive(request(shape));
    net.receive(request(shape));
    assert.equal(net.requests.length, 1, 'the same request again');
    for (const other of [{ uri: 'sip:carol@example.com' }, { fromTag: 'a2' }, { toTag: 'b1' }]) net.receive(request({ ...shape, ...other }));
    assert.equal(net.requests.length, 4);
  });

  test('10,000 of them are told apart, leave one by one, and make room for as many', () => {
    const net = new EndpointFixture({ maxTransactions: 20_000 });
    net.core = (message, source) => net.answer(net.endpoint.openServer(message, source), 200);
    for (const half of [0, 1]) {
      for (let call = half * 5000; call < (half + 1) * 5000; call += 1) net.receive(request({ method: 'OPTIONS', callId: `call-${call}` }));
      net.clock.advance(10_000);
    }
    net.take();
    for (const call of [0, 4095, 4096, 4999, 5000, 9999]) {
      net.receive(request({ method: 'OPTIONS', callId: `call-${call}` }));
      assert.equal(net.takeOne().message.callId, `call-${call}`);
    }
    assert.deepEqual([net.requests.length, net.endpoint.serverTransactionCount], [10_000, 10_000]);
    net.clock.advance(12_000);
    assert.equal(net.endpoint.serverTransactionCount, 5000);
    net.receive(request({ method: 'OPTIONS', callId: 'call-9999' }));
    assert.deepEqual([net.requests.length, net.takeOne().message.callId], [10_000, 'call-9999']);
    net.clock.advance(10_000);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
  });

  test('they count among the transactions that limits.maxTransactions allows', () => {
    const net = new EndpointFixture({ maxTransactions: 2 });
    net.core = (message, source) => net.answer(net.endpoint.openServer(message, source), 200);
    for (const callId of ['call-1', 'call-2', 'call-3']) net.receive(request({ method: 'OPTIONS', callId }), CALLER);
    assert.deepEqual(net.take().map(({ message }) => message.status), [200, 200, 503]);
  });
});

describe('RFC 6026 §7 accepted: an INVITE over UDP whose only branch was accepted', () => {
  function accepted() {
    const net = new ProxyFixture();
    net.receive(proxied());
    const invite = net.takeOne();
    net.receive(answer(invite, 200), invite.to);
    return { net, invite, passedOn: net.takeOne() };
  }

  test('is over at once for all but repetitions, and these for 64*T1', () => {
    const { net } = accepted();
    assert.deepEqual([net.owner.ended, net.endpoint.clientTransactionCount, net.endpoint.serverTransactionCount], [1, 0, 1]);
    net.clock.advance(32_000);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
  });

  test('§7.1 the INVITE is absorbed when it comes again', () => {
    const { net } = accepted();
    net.receive(proxied());
    assert.deepEqual(net.take(), []);
  });

  test('§7.2 the 2xx is passed on each time that it comes, as it was', () => {
    const { net, invite, passedOn } = accepted();
    for (const _ of [1, 2]) {
      net.receive(answer(invite, 200), invite.to);
      const again = net.takeOne();
      assert.deepEqual([again.text, again.to], [passedOn.text, passedOn.to]);
    }
  });

  test('§7.2 the 2xx of another fork is passed on too, without our Via', () => {
    const { net, invite } = accepted();
    net.receive(answer(invite, 200, 'OK', '', 'b2'), invite.to);
    const other = net.takeOne();
    assert.deepEqual([other.message.to?.tag, other.to, other.message.vias().length], ['b2', '203.0.113.9:5090', 1]);
  });

  test('what else answers it comes too late', () => {
    const { net, invite } = accepted();
    for (const status of [180, 302, 486, 603]) net.receive(answer(invite, status), invite.to);
    assert.deepEqual(net.take(), []);
    assert.equal(net.counter('sip.stray-responses'), 4);
  });

  test('§9.2 a CANCEL is answered with 200 and has no effect', () => {
    const { net } = accepted();
    net.receive(proxied({ method: 'CANCEL' }));
    assert.deepEqual(summary(net.take()), ['200 -> 203.0.113.9:5090']);
    net.receive(proxied({ method: 'CANCEL', branch: 'z9hG4bKother' }));
    assert.deepEqual(summary(net.take()), ['481 -> 203.0.113.9:5090']);
  });

  test('§13.2.2.4 its ACK is known by Call-ID, CSeq number and From tag', () => {
    const net = new ProxyFixture();
    net.receive(proxied());
    const invite = net.takeOne();
    net.receive(answer(invite, 200), invite.to);
    const { message } = invite;
    assert.equal(net.endpoint.knowsAcknowledged(message), true);
    net.clock.advance(32_000);
    assert.equal(net.endpoint.knowsAcknowledged(message), false);
  });

  test('§16.7 step 5 with two branches the transactions stay: the 2xx of the second goes upstream through them', () => {
    const net = new ProxyFixture();
    net.targets = [...net.targets, { ...net.targets[0]!, requestUri: 'sip:bob@198.51.100.3:5070' }];
    net.receive(proxied());
    const [first, second] = net.take();
    net.receive(answer(first!, 200), first!.to);
    net.take();
    assert.equal(net.endpoint.clientTransactionCount, 2);
    net.receive(answer(second!, 200, 'OK', '', 'b2'), second!.to);
    assert.equal(net.take().at(-1)!.message.to?.tag, 'b2');
  });
});
