import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALLER, CONNECTION, EndpointFixture, request, UDP } from './endpoint-fixture.ts';

describe('messages that cannot be parsed', () => {
  test('§16.3 a request is answered with 400 and the reason', () => {
    const net = new EndpointFixture();
    net.receive(request().replace('CSeq: 1 INVITE', 'CSeq: 1 BYE'));
    const { message } = net.takeOne();
    assert.equal(message.status, 400);
    assert.match(message.reason, /CSeq/);
    assert.deepEqual([net.requests.length, net.counter('sip.unparsable'), net.counter('sip.unparsable-dropped')], [0, 1, 0]);
  });

  test('§21.5.6 another version of SIP is answered with 505', () => {
    const net = new EndpointFixture();
    net.receive(request().replace('SIP/2.0\n', 'SIP/7.0\n'));
    assert.equal(net.takeOne().message.status, 505);
  });

  test('a bound on header fields is answered with 513', () => {
    const net = new EndpointFixture({ messageLimits: { maxMessageBytes: 65_535, maxHeaders: 8 } });
    net.receive(request({ headers: 'X-One: 1\nX-Two: 2\n' }));
    assert.equal(net.takeOne().message.status, 513);
  });

  test('RFC 4475 §3.1.2.1 with a malformed Via the answer goes to where the request came from', () => {
    const net = new EndpointFixture();
    net.receive(request({ via: 'SIP/2.0/UDP 203.0.113.9:5090;;,;,,' }));
    const sent = net.takeOne();
    assert.equal(sent.message.status, 400);
    assert.equal(sent.destination, CALLER);
  });

  for (const [what, text] of [
    ['an ACK', request({ method: 'ACK' }).replace('CSeq: 1', 'CSeq: x')],
    ['a response', 'SIP/2.0 200 OK\nVia: SIP/2.0/UDP 203.0.113.9\nCSeq: 1 INVITE\n\n'],
    ['what is not SIP', 'GET / HTTP/1.1\nHost: example.com\n\n'],
    ['a request without any Via', request().replace(/Via: .*\n/, '')],
    ['what is too long', request({ headers: `X: ${'x'.repeat(70_000)}\n` })],
  ] as const) {
    test(`§18.3 ${what} is dropped and counted`, () => {
      const net = new EndpointFixture();
      net.receive(text);
      assert.deepEqual([net.take().length, net.requests.length, net.responses.length, net.counter('sip.unparsable-dropped')], [0, 0, 0, 1]);
    });
  }
});

describe('framing errors on a stream', () => {
  test('a request whose end cannot be found is answered with 400, on its connection', () => {
    const net = new EndpointFixture();
    const head = request().replace('Content-Length: 0\n\n', 'Content-Length: x\n').replace(/\n/g, '\r\n');
    net.endpoint.onFramingError(CONNECTION, 'content-length-invalid', `${head}\r\n`);
    const sent = net.takeOne();
    assert.equal(sent.message.status, 400);
    assert.match(sent.message.reason, /content-length-invalid/);
    assert.equal(sent.destination, CONNECTION);
    assert.equal(net.counter('sip.framing-errors'), 1);
  });

  test('one that is too large is answered with 513', () => {
    const net = new EndpointFixture();
    net.endpoint.onFramingError(CONNECTION, 'message-too-large', request().replace(/\n/g, '\r\n'));
    assert.equal(net.takeOne().message.status, 513);
  });

  test('garbage, responses and ACKs are not answered', () => {
    const net = new EndpointFixture();
    for (const head of ['\x16\x03\x01', 'SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 203.0.113.9\r\n', request({ method: 'ACK' }).replace(/\n/g, '\r\n')]) net.endpoint.onFramingError(CONNECTION, 'garbage', head);
    assert.deepEqual(net.take(), []);
  });
});

describe('overload', () => {
  test('past limits.maxTransactions requests are answered with 503 and Retry-After, and one line a second says so', () => {
    const net = new EndpointFixture({ maxTransactions: 1 });
    net.core = (message, source) => void net.endpoint.openServer(message, source);
    net.receive(request());
    for (let call = 2; call < 12; call += 1) net.receive(request({ callId: `call-${call}` }));
    const refused = net.take();
    assert.deepEqual(new Set(refused.map(({ message }) => message.status)), new Set([503]));
    assert.match(refused[0]!.text, /\r\nRetry-After: 10\r\n/);
    assert.deepEqual([refused.length, net.requests.length, net.counter('sip.overload'), net.logged.length], [10, 1, 10, 1]);
    net.clock.advance(1000);
    net.receive(request({ callId: 'call-99' }));
    assert.equal(net.logged.length, 2);
  });

  test('what belongs to a transaction, an ACK and a CANCEL take no room and are served', () => {
    const net = new EndpointFixture({ maxTransactions: 1 });
    net.core = (message, source) => {
      if (message.method === 'INVITE') net.answer(net.endpoint.openServer(message, source), 180);
    };
    net.receive(request());
    net.receive(request());
    net.receive(request({ method: 'CANCEL' }));
    net.receive(request({ method: 'ACK', via: 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKack' }));
    assert.deepEqual(net.requests.map(({ request: one }) => one.method), ['INVITE', 'CANCEL', 'ACK']);
    assert.deepEqual(net.take().map(({ message }) => message.status), [180, 180]);
    assert.equal(net.counter('sip.overload'), 0);
  });
});

describe('defects', () => {
  test('a core that throws: the request is answered with 500, the line names the call, and calls go on', () => {
    const net = new EndpointFixture();
    net.core = () => {
      throw new Error('broken');
    };
    net.receive(request());
    assert.equal(net.takeOne().message.status, 500);
    assert.equal(net.logged[0]!.fields?.['callId'], 'call-1');
    assert.match(String(net.logged[0]!.fields?.['error']), /broken[^]*at /, 'with its stack');
    net.core = () => {};
    net.receive(request({ callId: 'call-2' }));
    assert.deepEqual([net.requests.length, net.counter('sip.internal-errors')], [2, 1]);
  });

  test('a transaction that was begun already ends with that 500', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => {
      net.endpoint.openServer(message, source);
      throw new Error('broken');
    };
    net.receive(request());
    assert.equal(net.takeOne().message.status, 500);
    net.clock.advance(32_000);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
  });

  test('one that is held is let go', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => {
      net.endpoint.hold(message, source);
      throw new Error('broken');
    };
    net.receive(request());
    assert.equal(net.takeOne().message.status, 500);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.clock.armed], [0, 0]);
  });

  test('an ACK is not answered, whatever happens', () => {
    const net = new EndpointFixture();
    net.core = () => {
      throw new Error('broken');
    };
    net.receive(request({ method: 'ACK' }));
    assert.deepEqual([net.take().length, net.counter('sip.internal-errors')], [0, 1]);
  });
});

describe('§18.2.2 replies over connections', () => {
  const reply = (net: EndpointFixture): void => {
    net.core = (message, source) => net.endpoint.replyStatelessly(message, source, { status: 404, reason: 'Not Found' });
  };

  test('go back on the connection while it is open', () => {
    const net = new EndpointFixture();
    reply(net);
    net.receive(request(), CONNECTION);
    assert.equal(net.takeOne().destination, CONNECTION);
  });

  test('take a new one to the port of sent-by when it was closed meanwhile', () => {
    const net = new EndpointFixture();
    net.core = (message, source) => void net.endpoint.openServer(message, source);
    net.receive(request(), CONNECTION);
    net.endpoint.onConnectionClosed(CONNECTION.connectionId);
    net.answer(net.endpoint.findServer(net.requests[0]!.request)!, 486);
    assert.deepEqual(net.takeOne().destination, { protocol: 'tcp', address: '203.0.113.9', port: 5090, local: CONNECTION.local });
  });

  test('a reply that cannot be sent is counted and ends nothing', () => {
    const net = new EndpointFixture();
    reply(net);
    net.receive(request());
    net.endpoint.onSendError(net.takeOne().destination, 'EMSGSIZE');
    assert.deepEqual([net.counter('sip.send-errors'), net.counter('sip.internal-errors')], [1, 0]);
  });
});

describe('our own name', () => {
  test('§18.1.1 is that of the socket which a message leaves from', () => {
    const net = new EndpointFixture();
    assert.equal(net.endpoint.sentBy({ protocol: 'udp', address: '198.51.100.2', port: 5070 }), '192.0.2.1:5060');
    const local = { ...UDP, address: '2001:db8::1', port: 5080, family: 6 } as const;
    assert.equal(net.endpoint.sentBy({ protocol: 'udp', address: '2001:db8::2', port: 5070, local }), '[2001:db8::1]:5080');
  });

  test('a hop names both sides', () => {
    const net = new EndpointFixture();
    assert.deepEqual(net.endpoint.hop({ ...CALLER, local: { ...UDP, port: 5090 } }, { protocol: 'tcp', address: '198.51.100.2', port: 5060 }, 'z9hG4bKx'), {
      branch: 'z9hG4bKx',
      sentBy: '192.0.2.1:5060',
      protocol: 'tcp',
      receivedBy: '192.0.2.1:5090',
      receivedProtocol: 'udp',
    });
  });
});
