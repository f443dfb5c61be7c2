import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BranchIds, MAX_GENERATION } from '../../../src/sip/endpoint/branch-id.ts';
import { ClientTransactions } from '../../../src/sip/endpoint/client-transactions.ts';
import type { ClientTransactionUser } from '../../../src/sip/endpoint/client-transaction.ts';
import { EndpointFixture, request, response } from './endpoint-fixture.ts';

class RecordingUser implements ClientTransactionUser {
  readonly seen: string[] = [];

  onResponse(message: { status: number }): void {
    this.seen.push(String(message.status));
  }
  onTransactionFailure(failure: string): void {
    this.seen.push(failure);
  }
  onTransactionEnded(): void {
    this.seen.push('ended');
  }
}

const own = (branch: string): string => `SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`;

describe('§17.1.3 matching', () => {
  test('a response finds its transaction by the branch of the topmost Via', () => {
    const net = new EndpointFixture();
    const [one, two] = [new RecordingUser(), new RecordingUser()];
    net.sendRequest('INVITE', one);
    const { branch } = net.sendRequest('INVITE', two);
    net.receive(response({ status: 180, vias: [own(branch)] }));
    assert.deepEqual([one.seen, two.seen], [[], ['180']]);
  });

  test('a response to another method on that branch is not its own', () => {
    const net = new EndpointFixture();
    const user = new RecordingUser();
    const { branch } = net.sendRequest('INVITE', user);
    net.receive(response({ status: 200, vias: [own(branch)], method: 'BYE' }));
    net.receive(response({ status: 200, vias: [own(branch)], method: 'CANCEL' }));
    assert.deepEqual(user.seen, []);
  });

  test('a slot that is used again has another branch: a late response meets no successor', () => {
    const net = new EndpointFixture();
    const user = new RecordingUser();
    const first = net.sendRequest('OPTIONS', user);
    first.terminate();
    const second = net.sendRequest('OPTIONS', user);
    assert.equal(second.slot, first.slot);
    assert.notEqual(second.branch, first.branch);
    net.receive(response({ vias: [own(first.branch)], method: 'OPTIONS' }));
    assert.deepEqual(user.seen, ['ended']);
    assert.equal(net.counter('sip.stray-responses'), 1);
  });
});

describe('the number of transactions', () => {
  test('is right when a slot has used up its generations, and the next slot is taken', () => {
    const net = new EndpointFixture();
    const user = new RecordingUser();
    const clients = new ClientTransactions(new BranchIds());
    const open = () => clients.open(net.endpoint, 'OPTIONS', user);
    for (let use = 0; use <= MAX_GENERATION; use += 1) clients.close(open());
    assert.equal(clients.size, 0);
    const next = open();
    assert.deepEqual([next.slot, next.generation, clients.size], [1, 0, 1]);
  });
});

describe('RFC 6026 §8.9 stray responses are dropped', () => {
  for (const [what, vias] of [
    ['a spoofed 200 with our Via on top and a victim below', ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKguess', 'SIP/2.0/UDP 198.51.100.66:6379;branch=z9hG4bKx']],
    ['a response without a Via of ours', ['SIP/2.0/UDP 198.51.100.66:5060;branch=z9hG4bKx']],
    ['a response of a client of RFC 2543', ['SIP/2.0/UDP 192.0.2.1:5060', 'SIP/2.0/UDP 198.51.100.66']],
  ] as const) {
    test(what, () => {
      const net = new EndpointFixture();
      net.receive(response({ vias }));
      assert.deepEqual([net.responses.length, net.take().length, net.counter('sip.stray-responses')], [0, 0, 1]);
    });
  }

  test('§16.11 what answers something that was forwarded without state is let through, as it was sent only', () => {
    const net = new EndpointFixture();
    net.receive(request());
    const branch = net.endpoint.statelessBranch(net.requests[0]!.request);
    const below = 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKc1';
    net.receive(response({ vias: [own(branch), below] }));
    assert.equal(net.responses.length, 1);
    assert.equal(net.responses[0]!.transaction, undefined);
    net.receive(response({ vias: [own(branch), 'SIP/2.0/UDP 198.51.100.66:6379;branch=z9hG4bKc1'] }));
    net.receive(response({ vias: [own(branch), 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKc2'] }));
    net.receive(response({ vias: [own(branch), below], cseq: 2 }));
    net.receive(response({ vias: [own(branch), below], callId: 'call-2' }));
    net.receive(response({ vias: [own(branch)] }));
    assert.deepEqual([net.responses.length, net.counter('sip.stray-responses')], [1, 5]);
  });
});

describe('§17.1 a request of ours', () => {
  test('timer B: an INVITE is sent seven times, then the user learns of the silence', () => {
    const net = new EndpointFixture();
    const user = new RecordingUser();
    net.sendRequest('INVITE', user);
    net.clock.advance(32_000);
    assert.equal(net.take().length, 7);
    assert.deepEqual(user.seen, ['timeout', 'ended']);
    assert.deepEqual([net.endpoint.clientTransactionCount, net.clock.armed], [0, 0]);
  });

  test('§17.1.1.3 a failure is acknowledged on the same branch, again when it comes again', () => {
    const net = new EndpointFixture();
    const user = new RecordingUser();
    const { branch } = net.sendRequest('INVITE', user);
    net.take();
    net.receive(response({ status: 486, vias: [own(branch)] }));
    net.receive(response({ status: 486, vias: [own(branch)] }));
    const acks = net.take();
    assert.deepEqual(acks.map(({ message }) => message.method), ['ACK', 'ACK']);
    assert.equal(acks[0]!.message.via!.branch, branch);
    assert.equal(acks[0]!.message.to!.tag, 'b1');
    assert.deepEqual(user.seen, ['486']);
    net.clock.advance(32_000);
    assert.equal(net.endpoint.clientTransactionCount, 0, 'timer D');
  });

  test('a send that fails reaches the transaction whose destination it was, and no other', () => {
    const net = new EndpointFixture();
    const [one, two] = [new RecordingUser(), new RecordingUser()];
    net.sendRequest('OPTIONS', one);
    net.sendRequest('OPTIONS', two);
    const [, second] = net.take();
    net.endpoint.onSendError(second!.destination, 'ECONNREFUSED');
    assert.deepEqual([one.seen, two.seen], [[], ['transport-error', 'ended']]);
    assert.equal(net.counter('sip.send-errors'), 1);
  });

  test('a user that throws costs the others nothing', () => {
    const net = new EndpointFixture();
    const user = new RecordingUser();
    const broken: ClientTransactionUser = {
      onResponse() {},
      onTransactionFailure() {
        throw new Error('broken');
      },
    };
    net.sendRequest('OPTIONS', broken);
    net.sendRequest('OPTIONS', broken);
    net.sendRequest('OPTIONS', user);
    const [, second] = net.take();
    net.endpoint.onSendError(second!.destination, 'ECONNREFUSED');
    net.clock.advance(32_000);
    assert.deepEqual(user.seen, ['timeout', 'ended']);
    assert.equal(net.counter('sip.internal-errors'), 2);
  });
});

describe('§9.1 CANCEL', () => {
  test('waits for a provisional response, goes to the same address on the same branch, and once', () => {
    const net = new EndpointFixture();
    const transaction = net.sendRequest('INVITE');
    const invite = net.takeOne();
    transaction.cancel('');
    assert.deepEqual(net.take(), []);
    net.receive(response({ status: 100, vias: [own(transaction.branch)] }));
    transaction.cancel('Reason: SIP;cause=200\r\n');
    transaction.cancel('');
    const cancel = net.takeOne();
    assert.equal(cancel.message.method, 'CANCEL');
    assert.equal(cancel.message.via!.branch, transaction.branch);
    assert.deepEqual([cancel.destination.address, cancel.destination.port], [invite.destination.address, invite.destination.port]);
    assert.match(cancel.text, /\r\nReason: SIP;cause=200\r\n/);
  });

  test('it is sent again until it is answered, and its answer does not touch the INVITE', () => {
    const net = new EndpointFixture();
    const user = new RecordingUser();
    const transaction = net.sendRequest('INVITE', user);
    const vias = [own(transaction.branch)];
    net.receive(response({ status: 180, vias }));
    net.take();
    transaction.cancel('');
    net.clock.advance(500);
    assert.equal(net.take().length, 2);
    net.receive(response({ status: 200, vias, method: 'CANCEL' }));
    net.clock.advance(4000);
    assert.deepEqual(net.take(), []);
    assert.deepEqual(user.seen, ['180']);
  });

  test('the slot is free when both have ended, whichever is the last', () => {
    const net = new EndpointFixture();
    const transaction = net.sendRequest('INVITE');
    const vias = [own(transaction.branch)];
    net.receive(response({ status: 180, vias }));
    transaction.cancel('');
    net.receive(response({ status: 487, vias }));
    net.clock.advance(31_999);
    assert.equal(net.endpoint.clientTransactionCount, 1);
    net.clock.advance(1);
    assert.deepEqual([net.endpoint.clientTransactionCount, net.clock.armed], [0, 0]);
  });

  test('who ends the INVITE ends its CANCEL', () => {
    const net = new EndpointFixture();
    const transaction = net.sendRequest('INVITE');
    net.receive(response({ status: 180, vias: [own(transaction.branch)] }));
    transaction.cancel('');
    transaction.terminate();
    assert.deepEqual([net.endpoint.clientTransactionCount, net.clock.armed], [0, 0]);
  });
});
