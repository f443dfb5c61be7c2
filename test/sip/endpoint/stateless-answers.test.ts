import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALLER, CONNECTION, EndpointFixture, request } from './endpoint-fixture.ts';

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

describe('answers that keep nothing', () => {
  const refuse = (net: EndpointFixture): void => {
    net.core = (message, source) => net.endpoint.replyStatelessly(message, source, { status: 404, reason: 'Not Found' });
  };

  test('§8.2.7 each retransmission gets the same tag, another call and another process other ones', () => {
    const net = new EndpointFixture();
    const other = new EndpointFixture();
    for (const one of [net, other]) {
      refuse(one);
      one.receive(request());
      one.receive(request());
      one.receive(request({ callId: 'another-call' }));
    }
    const [first, again, ofAnotherCall] = net.take().map(({ message }) => message.to!.tag);
    assert.equal(first, again);
    assert.equal(new Set([first, ofAnotherCall, other.take()[0]!.message.to!.tag]).size, 3);
  });

  test('§17.2.1 the ACK of a failure ends here, that of anything else goes to the core', () => {
    const net = new EndpointFixture();
    refuse(net);
    net.receive(request());
    const { tag } = net.takeOne().message.to!;
    net.requests.length = 0;
    net.receive(request({ method: 'ACK', toTag: tag! }));
    assert.equal(net.requests.length, 0);
    net.receive(request({ method: 'ACK', toTag: net.endpoint.newTag() }));
    assert.equal(net.requests.length, 1);
  });
});
