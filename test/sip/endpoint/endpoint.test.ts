import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALLER, CONNECTION, EndpointFixture, request, UDP } from './endpoint-fixture.ts';

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
