import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { target } from '../../src/proxy/target.ts';
import { answer, ProxyFixture, request, summary } from './proxy-fixture.ts';

const TWO_PHONES = [target('sip:bob@198.51.100.2:5070'), target('sip:bob@198.51.100.3:5070')];

describe('§16.7 response processing', () => {
  test('step 5: 100 is hop by hop, other provisionals go upstream at once', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 100), invite.to);
    assert.deepEqual(net.take(), []);
    net.receive(answer(invite, 180), invite.to);
    const ringing = net.takeOne();
    assert.equal(ringing.to, '203.0.113.9:5090');
    assert.equal(ringing.message.status, 180);
  });

  test('step 3: our Via is taken off, and it only', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    assert.equal(invite.message.vias().length, 2);
    net.receive(answer(invite, 180), invite.to);
    const vias = net.takeOne().message.vias();
    assert.deepEqual(vias.map((via) => via.branch), ['z9hG4bKcaller1']);
  });

  test('step 5: a 2xx goes upstream at once and the other branches are cancelled', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(first!, 180), first!.to);
    net.receive(answer(second!, 180, 'Ringing', '', 'b2'), second!.to);
    net.take();
    net.receive(answer(first!, 200), first!.to);
    const sent = net.take();
    assert.deepEqual(summary(sent), [`CANCEL -> ${second!.to}`, '200 -> 203.0.113.9:5090']);
    assert.equal(sent[0]!.message.header(24), 'SIP;cause=200;text="Call completed elsewhere"');
    assert.deepEqual(net.owner.failures, []);
  });

  test('§9.1 a branch that has not answered yet is cancelled at its first provisional response', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(first!, 200), first!.to);
    assert.deepEqual(summary(net.take()), ['200 -> 203.0.113.9:5090']);
    net.receive(answer(second!, 100), second!.to);
    assert.deepEqual(summary(net.take()), [`CANCEL -> ${second!.to}`]);
  });

  test('step 5: every 2xx to an INVITE goes upstream, also that of another branch', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(first!, 200), first!.to);
    net.receive(answer(second!, 200, 'OK', '', 'b2'), second!.to);
    assert.deepEqual(summary(net.take()), ['200 -> 203.0.113.9:5090', '200 -> 203.0.113.9:5090']);
  });

  test('step 6: with all branches failed the best response goes upstream, each failure is acknowledged by us', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(first!, 503), first!.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${first!.to}`]);
    net.receive(answer(second!, 486, 'Busy Here', '', 'b2'), second!.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${second!.to}`, '486 -> 203.0.113.9:5090']);
    assert.deepEqual(net.owner.failures, [486]);
  });

  test('step 6: a 503 that is the best is passed on as 500', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 503), invite.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${invite.to}`, '500 -> 203.0.113.9:5090']);
  });

  test('step 5: a 6xx cancels the other branches and is sent when they have ended', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(second!, 180), second!.to);
    net.take();
    net.receive(answer(first!, 603), first!.to);
    const sent = net.take();
    assert.deepEqual(summary(sent), [`ACK -> ${first!.to}`, `CANCEL -> ${second!.to}`]);
    net.receive(answer(second!, 487, 'Request Terminated', '', 'b2'), second!.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${second!.to}`, '603 -> 203.0.113.9:5090']);
  });

  test('step 7: challenges of all branches are gathered in the one that is sent', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(first!, 407, 'Proxy Authentication Required', 'Proxy-Authenticate: Digest realm="one"\n'), first!.to);
    net.receive(answer(second!, 401, 'Unauthorized', 'WWW-Authenticate: Digest realm="two"\n'), second!.to);
    const last = net.take().at(-1)!;
    assert.equal(last.message.status, 401);
    assert.match(last.text, /Proxy-Authenticate: Digest realm="one"/);
    assert.match(last.text, /WWW-Authenticate: Digest realm="two"/);
  });

  test('§16.8 timer C: a branch that rings for too long is cancelled and counts as 408', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.take();
    net.clock.advance(180_990);
    assert.deepEqual(net.take(), []);
    net.clock.advance(20);
    assert.deepEqual(summary(net.take()), [`CANCEL -> ${invite.to}`, '408 -> 203.0.113.9:5090']);
    assert.deepEqual(net.owner.failures, [408]);
  });

  test('§16.7 step 2: each provisional response but 100 starts timer C again', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.clock.advance(100_000);
    net.receive(answer(invite, 183), invite.to);
    net.take();
    net.clock.advance(100_000);
    assert.deepEqual(net.take(), []);
  });

  test('timer B: a branch that never answers counts as 408', () => {
    const net = new ProxyFixture({ firstResponseMs: 60_000 });
    net.receive(request());
    net.clock.advance(32_010);
    const sent = net.take();
    assert.deepEqual(summary(sent).slice(-1), ['408 -> 203.0.113.9:5090']);
    assert.equal(sent.filter(({ message }) => message.method === 'INVITE' && message.isRequest).length, 7, 'the INVITE is sent seven times (§17.1.1.2)');
  });

  test('fr_timer: the configured time to a first response may be shorter than timer B', () => {
    const net = new ProxyFixture({ firstResponseMs: 5000 });
    net.receive(request());
    net.clock.advance(5010);
    assert.deepEqual(summary(net.take()).slice(-1), ['408 -> 203.0.113.9:5090']);
  });

  test('RFC 4320 §4.2: a request that is not INVITE is not answered with 408', () => {
    const net = new ProxyFixture();
    net.receive(request({ method: 'OPTIONS' }));
    net.take();
    net.clock.advance(40_000);
    assert.deepEqual(net.take().filter(({ message }) => !message.isRequest), []);
    assert.equal(net.endpoint.serverTransactionCount, 0);
    assert.equal(net.endpoint.clientTransactionCount, 0);
  });
});

describe('§16.10 CANCEL', () => {
  test('is answered with 200, cancels the branches, and the INVITE ends with 487', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.take();
    net.receive(request({ method: 'CANCEL', headers: 'Reason: SIP;cause=200\n' }));
    const sent = net.take();
    assert.deepEqual(summary(sent), ['200 -> 203.0.113.9:5090', `CANCEL -> ${invite.to}`]);
    assert.equal(sent[1]!.message.via!.branch, invite.message.via!.branch, '§9.1: the CANCEL has the branch of its INVITE');
    assert.equal(sent[1]!.message.header(24), 'SIP;cause=200', 'the reason is passed on');
    net.receive(answer(sent[1]!, 200), invite.to);
    net.receive(answer(invite, 487), invite.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${invite.to}`, '487 -> 203.0.113.9:5090']);
    assert.equal(net.lastContext!.cancelled, true);
  });

  test('§9.1 without an answer 64*T1 after the CANCEL the request counts as cancelled', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.receive(request({ method: 'CANCEL' }));
    net.take();
    net.clock.advance(32_010);
    assert.deepEqual(summary(net.take()).filter((line) => line.startsWith('4')), ['487 -> 203.0.113.9:5090']);
  });

  test('one that matches nothing is told to the caller', () => {
    const net = new ProxyFixture();
    net.receive(request({ method: 'CANCEL' }));
    assert.deepEqual(summary(net.take()), ['481 -> 203.0.113.9:5090']);
  });
});

describe('failure route', () => {
  test('new targets are tried before anything is sent upstream', () => {
    const net = new ProxyFixture();
    net.owner.nextAttempts = [[target('sip:voicemail@198.51.100.9')]];
    net.receive(request());
    const first = net.takeOne();
    net.receive(answer(first, 486), first.to);
    const [ack, second] = net.take();
    assert.deepEqual(summary([ack!, second!]), [`ACK -> ${first.to}`, 'INVITE -> 198.51.100.9:5060']);
    net.receive(answer(second!, 200, 'OK', '', 'v1'), second!.to);
    assert.deepEqual(summary(net.take()), ['200 -> 203.0.113.9:5090']);
    assert.deepEqual(net.owner.failures, [486]);
  });

  test('when the second attempt fails too, the best of both goes upstream', () => {
    const net = new ProxyFixture();
    net.owner.nextAttempts = [[target('sip:bob@198.51.100.9')]];
    net.receive(request());
    const first = net.takeOne();
    net.receive(answer(first, 486), first.to);
    const second = net.take()[1]!;
    net.receive(answer(second, 600, 'Busy Everywhere', '', 'v1'), second.to);
    assert.deepEqual(summary(net.take()).slice(-1), ['600 -> 203.0.113.9:5090']);
    assert.deepEqual(net.owner.failures, [486, 600]);
  });

  test('targets of which none can be sent are refused at once, with the gravest reason, and no failure route', () => {
    const net = new ProxyFixture();
    net.targets = [target('sip:bob@no-such-host.example'), target('no uri at all')];
    net.receive(request());
    assert.equal(net.forwarded, 'bad-uri');
    assert.deepEqual(net.lastContext!.branches, []);
    assert.deepEqual([...net.take(), ...net.owner.failures], []);
  });

  test('a branch that cannot be sent has failed, while the other is waited for', () => {
    const net = new ProxyFixture();
    net.targets = [target('sip:bob@no-such-host.example'), target('sip:bob@198.51.100.2')];
    net.receive(request());
    assert.equal(net.forwarded, 2);
    const invite = net.takeOne();
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${invite.to}`, '486 -> 203.0.113.9:5090']);
    assert.deepEqual(net.owner.failures, [486], 'what a phone has said tells more than what we found out');
  });
});

describe('bounds', () => {
  test('RFC 5393 §5.3.3 Max-Breadth is shared among the branches', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request({ headers: 'Max-Breadth: 5\n' }));
    assert.deepEqual(net.take().map(({ message }) => message.header(22)), ['3', '2']);
  });

  test('RFC 5393 §5.3.3.1 without breadth for each branch nothing is forwarded', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request({ headers: 'Max-Breadth: 1\n' }));
    assert.equal(net.forwarded, 'no-breadth');
    assert.deepEqual(net.take(), []);
  });

  test('more targets than branches are allowed are refused', () => {
    const net = new ProxyFixture({ maxBranches: 1 });
    net.targets = TWO_PHONES;
    net.receive(request());
    assert.equal(net.forwarded, 'too-many-branches');
  });

  test('nothing is left when a call is over and its timers have run', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.receive(answer(invite, 200), invite.to);
    net.clock.advance(33_000);
    assert.equal(net.endpoint.serverTransactionCount, 0);
    assert.equal(net.endpoint.clientTransactionCount, 0);
    assert.equal(net.clock.armed, 0);
    assert.equal(net.owner.ended, 1);
  });
});
