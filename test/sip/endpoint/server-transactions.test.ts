import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerTransaction } from '../../../src/sip/endpoint/server-transaction.ts';
import { CALLER, CONNECTION, EndpointFixture, OTHER_REQUESTS, request } from './endpoint-fixture.ts';

/** An endpoint whose core makes each request a transaction and answers with `status`, if it is not 0. */
function answering(status: number): EndpointFixture & { transactions: ServerTransaction[] } {
  const net = Object.assign(new EndpointFixture(), { transactions: [] as ServerTransaction[] });
  net.core = (message, source) => {
    if (message.method === 'ACK') return;
    const transaction = net.endpoint.openServer(message, source);
    net.transactions.push(transaction);
    if (status > 0) net.answer(transaction, status);
  };
  return net;
}

describe('§17.2.3 matching', () => {
  test('a retransmission is absorbed and answered with the last response', () => {
    const net = answering(486);
    net.receive(request());
    const first = net.takeOne();
    net.receive(request());
    assert.equal(net.takeOne().text, first.text);
    assert.equal(net.requests.length, 1);
    assert.equal(net.counter('sip.retransmissions'), 1);
  });

  test('a retransmission before any response is absorbed in silence', () => {
    const net = answering(0);
    net.receive(request({ method: 'MESSAGE' }));
    net.receive(request({ method: 'MESSAGE' }));
    assert.deepEqual([net.take().length, net.requests.length], [0, 1]);
  });

  for (const [what, other] of OTHER_REQUESTS) {
    test(`another ${what} is another transaction`, () => {
      const net = answering(0);
      net.receive(request());
      net.receive(request(other));
      assert.deepEqual([net.requests.length, net.endpoint.serverTransactionCount], [2, 2]);
    });
  }

  test('sent-by is compared without regard to case', () => {
    const net = answering(0);
    net.receive(request({ via: 'SIP/2.0/UDP Phone.Example.com:5090;branch=z9hG4bKc1' }));
    net.receive(request({ via: 'SIP/2.0/UDP phone.example.COM:5090;branch=z9hG4bKc1' }));
    assert.equal(net.requests.length, 1);
  });

  test('RFC 2543 clients: without the cookie, From tag, To tag and Request-URI decide too', () => {
    const via = 'SIP/2.0/UDP 203.0.113.9:5090';
    const net = answering(0);
    net.receive(request({ via }));
    net.receive(request({ via }));
    assert.equal(net.requests.length, 1, 'the same request again');
    for (const other of [{ uri: 'sip:carol@example.com' }, { fromTag: 'a2' }, { toTag: 'b1' }]) net.receive(request({ via, ...other }));
    assert.equal(net.requests.length, 4);
  });

  test('RFC 2543 clients: the ACK of a failure, whose To tag is ours, is absorbed', () => {
    const via = 'SIP/2.0/UDP 203.0.113.9:5090';
    const net = answering(486);
    net.receive(request({ via }));
    net.receive(request({ via, method: 'ACK', toTag: 't1' }));
    assert.equal(net.requests.length, 1);
  });
});

describe('§17.2.1 ACK', () => {
  test('of a failure is absorbed, also when it comes again, and ends the retransmissions', () => {
    const net = answering(486);
    net.receive(request());
    net.clock.advance(500);
    assert.equal(net.take().length, 2, 'timer G has sent it again');
    net.receive(request({ method: 'ACK', toTag: 't1' }));
    net.receive(request({ method: 'ACK', toTag: 't1' }));
    net.clock.advance(4000);
    assert.deepEqual([net.take().length, net.requests.length], [0, 1]);
    net.clock.advance(1000);
    assert.equal(net.endpoint.serverTransactionCount, 0, 'timer I');
  });

  test('of a 2xx is a request of its own for the core, also from clients that give it the branch of the INVITE', () => {
    const net = answering(200);
    net.receive(request());
    net.receive(request({ method: 'ACK', toTag: 't1', via: 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKack' }));
    net.receive(request({ method: 'ACK', toTag: 't1' }));
    assert.deepEqual(net.requests.map(({ request: one }) => one.method), ['INVITE', 'ACK', 'ACK']);
    assert.equal(net.endpoint.knowsAcknowledged(net.requests[1]!.request), true);
  });

  test('of an INVITE that has no final response means nothing', () => {
    const net = answering(180);
    net.receive(request());
    net.receive(request({ method: 'ACK' }));
    assert.equal(net.requests.length, 1);
  });

  test('§8.2.7 of a failure that was sent without state ends here, whatever its branch', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => net.endpoint.replyStatelessly(message, source, { status: 404, reason: 'Not Found' });
    net.receive(request());
    const toTag = net.takeOne().message.to!.tag!;
    net.receive(request({ method: 'ACK', toTag }));
    assert.equal(net.requests.length, 1);
    net.receive(request({ method: 'ACK', toTag: 'somebody-elses' }));
    assert.equal(net.requests.length, 2);
  });

  test('§8.2.7 without state, a retransmission gets the same tag', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => net.endpoint.replyStatelessly(message, source, { status: 404, reason: 'Not Found' });
    net.receive(request());
    net.receive(request());
    const [first, second] = net.take();
    assert.equal(first!.text, second!.text);
  });
});

describe('§9.2 CANCEL', () => {
  test('finds the request on the same branch', () => {
    const net = answering(0);
    net.receive(request());
    net.receive(request({ callId: 'call-2', via: 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKc2' }));
    net.core = () => {};
    net.receive(request({ method: 'CANCEL' }));
    assert.equal(net.endpoint.findCancelled(net.requests.at(-1)!.request), net.transactions[0]);
  });

  test('finds nothing by Call-ID and CSeq alone', () => {
    const net = answering(0);
    net.receive(request());
    net.core = () => {};
    net.receive(request({ method: 'CANCEL', via: 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKc2' }));
    net.receive(request({ method: 'CANCEL', cseq: 2 }));
    for (const { request: cancel } of net.requests.slice(1)) assert.equal(net.endpoint.findCancelled(cancel), undefined);
  });
});

describe('held requests', () => {
  test('§17.2.1 an INVITE gets its 100 after 200 ms, once; retransmissions then get it again', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => void net.endpoint.hold(message, source);
    net.receive(request());
    net.clock.advance(199);
    net.receive(request());
    assert.deepEqual(net.take(), [], 'absorbed before there is anything to send');
    net.clock.advance(1);
    const trying = net.takeOne();
    assert.equal(trying.message.status, 100);
    assert.equal(trying.message.to?.tag, undefined, '§8.2.6.2: no tag in a 100');
    net.receive(request());
    assert.equal(net.takeOne().text, trying.text);
    net.clock.advance(60_000);
    assert.deepEqual([net.take().length, net.requests.length], [0, 1]);
  });

  test('RFC 4320 §4.1: other requests get no 100', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => void net.endpoint.hold(message, source);
    net.receive(request({ method: 'REGISTER' }));
    net.clock.advance(10_000);
    net.receive(request({ method: 'REGISTER' }));
    assert.deepEqual([net.take().length, net.requests.length], [0, 1]);
  });

  test('one that is let go leaves nothing: the next is a new request', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => net.endpoint.hold(message, source).release();
    net.receive(request());
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
    net.receive(request());
    assert.equal(net.requests.length, 2);
  });

  test('one that begins becomes a transaction, also after its 100, and then lives by §17.2', () => {
    const net = new EndpointFixture();
    let held: ServerTransaction | undefined;
    net.core = (message, source) => {
      held ??= net.endpoint.hold(message, source);
    };
    net.receive(request());
    net.clock.advance(300);
    net.take();
    held!.begin();
    net.take();
    net.receive(request());
    assert.equal(net.takeOne().message.status, 100);
    net.answer(held!, 486);
    assert.equal(net.takeOne().message.status, 486);
    net.clock.advance(500);
    assert.equal(net.takeOne().message.status, 486, 'timer G');
  });

  test('an answer within 200 ms leaves the 100 out', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => {
      const transaction = net.endpoint.hold(message, source);
      transaction.begin();
      net.answer(transaction, 180);
    };
    net.receive(request());
    net.clock.advance(1000);
    assert.deepEqual(net.take().map(({ message }) => message.status), [180]);
  });
});

describe('places are freed', () => {
  for (const [what, method, status, lifeMs] of [
    ['an accepted INVITE after timer L', 'INVITE', 200, 32_000],
    ['a refused INVITE that nobody acknowledges after timer H', 'INVITE', 486, 32_000],
    ['another request after timer J', 'OPTIONS', 200, 32_000],
  ] as const) {
    test(what, () => {
      const net = answering(status);
      net.receive(request({ method }));
      net.clock.advance(lifeMs - 1);
      assert.equal(net.endpoint.serverTransactionCount, 1);
      net.clock.advance(1);
      assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
      net.take();
      net.receive(request({ method }));
      assert.equal(net.requests.length, 2, 'what comes after is a new request');
    });
  }

  test('over TCP a request that is not INVITE is over with its answer (timer J is zero)', () => {
    const net = answering(200);
    net.receive(request({ method: 'OPTIONS' }), CONNECTION);
    assert.equal(net.endpoint.serverTransactionCount, 0);
  });

  test('requests that share Call-ID and CSeq go one by one, in any order', () => {
    const net = answering(0);
    const vias = ['c1', 'c2', 'c3'].map((id) => `SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bK${id}`);
    for (const via of vias) net.receive(request({ via }), CALLER);
    const [first, second, third] = net.transactions;
    second!.terminate();
    net.receive(request({ via: vias[2]! }));
    net.receive(request({ via: vias[0]! }));
    assert.equal(net.requests.length, 3, 'the others are still known');
    third!.terminate();
    net.receive(request({ via: vias[0]! }));
    assert.equal(net.requests.length, 3);
    first!.terminate();
    first!.terminate();
    assert.equal(net.endpoint.serverTransactionCount, 0);
  });

  test('at the end of the process all are forgotten, timers and all', () => {
    const net = answering(486);
    net.receive(request());
    net.core = (message, source) => void net.endpoint.hold(message, source);
    net.receive(request({ callId: 'call-2' }));
    net.sendRequest('INVITE');
    net.sendRequest('OPTIONS');
    net.endpoint.close();
    assert.deepEqual([net.endpoint.serverTransactionCount, net.endpoint.clientTransactionCount, net.clock.armed], [0, 0, 0]);
  });
});
