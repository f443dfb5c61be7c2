import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NextHops, NoNextHop } from '../../src/proxy/next-hop.ts';
import { RequestEdits } from '../../src/proxy/request-edits.ts';
import { target } from '../../src/proxy/target.ts';
import type { Destination } from '../../src/sip/transport/transport.ts';
import { parsed } from './messages.ts';
import { answer, ProxyFixture, request, summary } from './proxy-fixture.ts';

/** A name service whose answers come when the test says so. */
class SlowNames implements NextHops {
  readonly waiting: { host: string; answer: (found: Destination | NoNextHop) => void; fail: (error: Error) => void }[] = [];

  find({ host }: { host: string }): Promise<Destination | NoNextHop> {
    return new Promise((resolve, reject) => this.waiting.push({ host, answer: resolve, fail: reject }));
  }

  /** Answers the oldest question, and lets what follows from it happen. */
  async answer(found: Destination | NoNextHop = { protocol: 'udp', address: '198.51.100.2', port: 5060 }): Promise<void> {
    this.waiting.shift()!.answer(found);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('§16.11 forwarding without state', () => {
  const ack = (more = '') => request({ method: 'ACK', toTag: 'b1', branch: 'z9hG4bKack', headers: more });

  test('the ACK of a 2xx goes on as it is; a retransmission gets the same branch', () => {
    const net = new ProxyFixture();
    net.receive(ack());
    net.receive(ack());
    const [first, second] = net.take();
    assert.equal(first!.text, second!.text);
    assert.equal(first!.message.vias().length, 2);
    assert.equal(net.endpoint.serverTransactionCount + net.endpoint.clientTransactionCount, 0);
  });

  test('§16.3 step 3: an ACK that has no hop left is dropped, or it would go round for ever', () => {
    const net = new ProxyFixture();
    net.receive(ack().replace('Max-Forwards: 70', 'Max-Forwards: 0'));
    assert.deepEqual(net.take(), []);
  });

  test('it tells why nothing was sent', () => {
    const net = new ProxyFixture();
    net.onRequest = (message, source) => {
      net.forwarded = net.proxy.forwardStatelessly(message, source, net.targets[0]!, new RequestEdits(), false);
    };
    for (const [uri, why] of [['sip:bob@no-such-host.example', 'unresolvable'], ['no uri', 'unresolvable']] as const) {
      net.targets = [target(uri)];
      net.receive(ack());
      assert.equal(net.forwarded, why);
    }
    net.receive(ack().replace('Max-Forwards: 70', 'Max-Forwards: 0'));
    assert.equal(net.forwarded, 'too-many-hops');
  });

  test('a look-up that takes time sends when it is done; one that finds nothing sends nothing', async () => {
    const names = new SlowNames();
    const net = new ProxyFixture({}, names);
    net.receive(ack());
    net.receive(ack());
    assert.deepEqual(net.take(), []);
    await names.answer();
    assert.deepEqual(summary(net.take()), ['ACK -> 198.51.100.2:5060']);
    await names.answer('unresolvable');
    assert.deepEqual(net.take(), []);
  });
});

describe('§16.6 step 7: look-ups that take time', () => {
  test('the branch is sent when its next hop is known', async () => {
    const names = new SlowNames();
    const net = new ProxyFixture({}, names);
    net.targets = [target('sip:bob@one.example'), target('sip:bob@two.example')];
    net.receive(request());
    assert.deepEqual([net.forwarded, net.take().length], [2, 0]);
    await names.answer({ protocol: 'udp', address: '198.51.100.2', port: 5060 });
    assert.deepEqual(summary(net.take()), ['INVITE -> 198.51.100.2:5060']);
    await names.answer({ protocol: 'udp', address: '198.51.100.3', port: 5060 });
    assert.deepEqual(summary(net.take()), ['INVITE -> 198.51.100.3:5060']);
  });

  test('a name that leads nowhere is a failed branch: 478, a forbidden next hop 403', async () => {
    for (const [why, status] of [['unresolvable', 478], ['forbidden', 403]] as const) {
      const names = new SlowNames();
      const net = new ProxyFixture({}, names);
      net.receive(request());
      await names.answer(why);
      assert.deepEqual(summary(net.take()), [`${status} -> 203.0.113.9:5090`]);
      assert.deepEqual(net.owner.failures, [status]);
    }
  });

  test('§16.10 a CANCEL meanwhile: nothing is sent, the INVITE ends with 487', async () => {
    const names = new SlowNames();
    const net = new ProxyFixture({}, names);
    net.receive(request());
    net.receive(request({ method: 'CANCEL' }));
    assert.deepEqual(summary(net.take()), ['200 -> 203.0.113.9:5090', '487 -> 203.0.113.9:5090']);
    await names.answer();
    assert.deepEqual(net.take(), []);
    net.clock.advance(40_000);
    assert.deepEqual([net.endpoint.serverTransactionCount, net.endpoint.clientTransactionCount, net.clock.armed], [0, 0, 0]);
  });

  test('another branch answers meanwhile: the late one is not sent', async () => {
    const names = new SlowNames();
    const net = new ProxyFixture({}, names);
    net.targets = [target('sip:bob@one.example'), target('sip:bob@two.example')];
    net.receive(request());
    await names.answer();
    const invite = net.takeOne();
    net.receive(answer(invite, 200), invite.to);
    net.take();
    await names.answer({ protocol: 'udp', address: '198.51.100.3', port: 5060 });
    assert.deepEqual(net.take(), []);
  });

  test('a look-up that breaks its promise costs this branch only, and is told', async () => {
    const names = new SlowNames();
    const net = new ProxyFixture({}, names);
    net.receive(request());
    names.waiting.shift()!.fail(new Error('broken'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(summary(net.take()), ['500 -> 203.0.113.9:5090']);
    assert.match(net.logged[0]!, /broken/);
  });
});

describe('§16.10 a CANCEL for a request that is held', () => {
  test('is remembered for the transaction that the request becomes', () => {
    const net = new ProxyFixture();
    const { endpoint, proxy } = net;
    net.onRequest = (message, source) => {
      if (message.method === 'CANCEL') proxy.cancel(message, source);
      else endpoint.hold(message, source);
    };
    net.receive(request());
    net.receive(request({ method: 'CANCEL', headers: 'Reason: SIP;cause=200\n' }));
    assert.deepEqual(summary(net.take()), ['200 -> 203.0.113.9:5090']);
    assert.equal(endpoint.findServer(parsed(request()))?.cancelledWhileHeld, 'Reason: SIP;cause=200\r\n');
  });
});
