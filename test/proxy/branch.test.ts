import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { target } from '../../src/proxy/target.ts';
import { answer, ProxyFixture, request, summary } from './proxy-fixture.ts';

const TWO_PHONES = [target('sip:bob@198.51.100.2:5070'), target('sip:bob@198.51.100.3:5070')];
const nothingLeft = (net: ProxyFixture): void => assert.deepEqual([net.endpoint.serverTransactionCount, net.endpoint.clientTransactionCount, net.clock.armed], [0, 0, 0]);

describe('a phone that never comes to an end', () => {
  test('§16.8 timer C: cancelled, and forgotten 64*T1 later when it does not even answer the CANCEL', () => {
    const net = new ProxyFixture({ ringMs: 45_000 });
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.clock.advance(45_000);
    assert.deepEqual(summary(net.take()).slice(-2), [`CANCEL -> ${invite.to}`, '408 -> 203.0.113.9:5090']);
    net.receive(request({ method: 'ACK', toTag: 'x' }));
    net.clock.advance(31_999);
    assert.equal(net.endpoint.clientTransactionCount, 1);
    net.clock.advance(1);
    nothingLeft(net);
  });

  test('a phone that loses the race is forgotten 64*T1 after its CANCEL', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(second!, 180), second!.to);
    net.receive(answer(first!, 200), first!.to);
    net.clock.advance(32_000);
    nothingLeft(net);
  });

  test('§16.7 step 2: a provisional response after the CANCEL does not give it more time', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.receive(request({ method: 'CANCEL' }));
    net.clock.advance(20_000);
    net.receive(answer(invite, 183), invite.to);
    net.take();
    net.clock.advance(12_000);
    assert.deepEqual(summary(net.take()).filter((line) => line.startsWith('4')), ['487 -> 203.0.113.9:5090']);
  });

  test('a request that is not INVITE is never cancelled, also when it has answered provisionally', () => {
    const net = new ProxyFixture({ firstResponseMs: 5000 });
    net.receive(request({ method: 'MESSAGE' }));
    const message = net.takeOne();
    net.receive(answer(message, 100), message.to);
    net.clock.advance(5000);
    assert.deepEqual(net.take().filter((sent) => sent.message.method === 'CANCEL'), []);
    assert.deepEqual(net.owner.failures, [408]);
    nothingLeft(net);
  });
});

describe('a response that comes after its branch was given up', () => {
  const givenUp = (): { net: ProxyFixture; first: ReturnType<ProxyFixture['takeOne']>; second: ReturnType<ProxyFixture['takeOne']> } => {
    const net = new ProxyFixture({ ringMs: 10_000 });
    net.owner.nextAttempts = [[target('sip:voicemail@198.51.100.9')]];
    net.receive(request());
    const first = net.takeOne();
    net.receive(answer(first, 180), first.to);
    net.clock.advance(10_000);
    const second = net.take().find((sent) => sent.message.method === 'INVITE' && sent.message.isRequest && sent.to !== first.to)!;
    return { net, first, second };
  };

  test('the 487 of its CANCEL is acknowledged and counts for nothing', () => {
    const { net, first, second } = givenUp();
    net.receive(answer(first, 487), first.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${first.to}`]);
    net.receive(answer(second, 404), second.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${second.to}`, '404 -> 203.0.113.9:5090']);
    assert.deepEqual([net.owner.failures, net.logged], [[408, 404], []]);
  });

  test('a late 180 is not passed on', () => {
    const { net, first } = givenUp();
    net.receive(answer(first, 180), first.to);
    assert.deepEqual(net.take(), []);
    assert.equal(net.lastContext!.branches[0]!.status, 408);
  });

  test('a late 2xx is an answer: it goes upstream and ends the second attempt', () => {
    const { net, first, second } = givenUp();
    net.receive(answer(second, 180), second.to);
    net.take();
    net.receive(answer(first, 200), first.to);
    assert.deepEqual(summary(net.take()), [`CANCEL -> ${second.to}`, '200 -> 203.0.113.9:5090']);
  });

  test('the failed delivery of an ACK does not change what the branch has said', () => {
    const net = new ProxyFixture();
    net.owner.replyDecision = 'parked';
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 486), invite.to);
    const branch = net.lastContext!.branches[0]!;
    branch.onTransactionFailure('transport-error');
    assert.deepEqual([branch.state, branch.status], ['sent', 486]);
  });
});

describe('what the script decides', () => {
  test('a final answer of its own cancels the branches that ring', () => {
    const net = new ProxyFixture();
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    net.take();
    assert.equal(net.lastContext!.reply(486, 'Busy Here'), true);
    assert.deepEqual(summary(net.take()), [`CANCEL -> ${invite.to}`, '486 -> 203.0.113.9:5090']);
    assert.equal(net.lastContext!.reply(480, 'Too late'), false);
    assert.deepEqual(net.owner.failures, []);
  });

  test('branches that it drops are not sent; when it drops all nothing is forwarded', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.owner.branchDecision = 'drop';
    net.receive(request());
    assert.deepEqual([net.forwarded, net.take()], ['dropped', []]);
  });

  test('a branch it thinks about keeps the request waiting, until it goes or is dropped', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.owner.branchDecision = 'parked';
    net.receive(request());
    const context = net.lastContext!;
    assert.deepEqual([net.forwarded, net.take().length, context.waiting], [2, 0, true]);
    context.branchDecided(context.branches[0]!, 'go');
    const invite = net.takeOne();
    net.receive(answer(invite, 486), invite.to);
    assert.deepEqual(summary(net.take()), [`ACK -> ${invite.to}`]);
    context.branchDecided(context.branches[1]!, 'drop');
    assert.deepEqual(summary(net.take()), ['486 -> 203.0.113.9:5090']);
  });

  test('only provisional responses can be dropped', () => {
    const net = new ProxyFixture();
    net.owner.replyDecision = 'drop';
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 180), invite.to);
    assert.deepEqual(net.take(), []);
    net.receive(answer(invite, 200), invite.to);
    assert.deepEqual(summary(net.take()), ['200 -> 203.0.113.9:5090']);
  });

  test('each branch that fails is told, before the failure of all', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.owner.branchFailureDecision = 'parked';
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(first!, 486), first!.to);
    net.receive(answer(second!, 480), second!.to);
    assert.deepEqual([net.owner.failedBranches, net.owner.failures], [[486, 480], []], 'it is still thinking');
    net.lastContext!.branchFailureHandled();
    net.lastContext!.branchFailureHandled();
    assert.deepEqual(net.owner.failures, [480]);
  });

  test('a new target for a branch that failed is tried while the others ring', () => {
    const net = new ProxyFixture();
    net.targets = TWO_PHONES;
    net.owner.branchFailureDecision = 'parked';
    net.receive(request());
    const [first, second] = net.take();
    net.receive(answer(first!, 486), first!.to);
    net.take();
    net.lastContext!.forward([target('sip:voicemail@198.51.100.9')], net.edits);
    net.lastContext!.branchFailureHandled();
    net.owner.branchFailureDecision = 'go';
    const third = net.takeOne();
    net.receive(answer(second!, 480), second!.to);
    net.receive(answer(third, 200), third.to);
    assert.deepEqual(summary(net.take()).slice(-1), ['200 -> 203.0.113.9:5090']);
    assert.deepEqual(net.owner.failures, []);
  });

  test('responses that it drops in the failure route are not the answer', () => {
    const net = new ProxyFixture();
    net.owner.failureDecision = 'parked';
    net.receive(request());
    const invite = net.takeOne();
    net.receive(answer(invite, 603), invite.to);
    net.take();
    net.lastContext!.dropReplies();
    net.lastContext!.failureHandled();
    assert.deepEqual(summary(net.take()), ['500 -> 203.0.113.9:5090']);
  });

  test('cancelling the last branches ends the request, also when they wait for a name', () => {
    const net = new ProxyFixture({}, { find: () => new Promise(() => {}) });
    net.receive(request());
    net.lastContext!.cancelBranches(() => true);
    assert.deepEqual(summary(net.take()), ['487 -> 203.0.113.9:5090']);
  });
});
