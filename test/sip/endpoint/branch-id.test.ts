import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BranchIds, GENERATIONS, MAX_GENERATION } from '../../../src/sip/endpoint/branch-id.ts';
import { parseMessage } from '../../../src/sip/message/parse-message.ts';
import { SipMessage } from '../../../src/sip/message/sip-message.ts';
import { request } from './endpoint-fixture.ts';

const parsed = (text: string): SipMessage => {
  const message = parseMessage(text.replace(/\n/g, '\r\n'));
  assert.ok(message instanceof SipMessage);
  return message;
};
const stateless = (ids: BranchIds, text: string): string => ids.stateless(parsed(text), parsed(text).via!);

test('§8.1.1.7 a branch names its slot and generation, and begins with the cookie', () => {
  const ids = new BranchIds();
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.nat(MAX_GENERATION), (slot, generation) => {
      const branch = ids.format(slot, generation);
      assert.match(branch, /^z9hG4bK[\da-z.]+$/);
      assert.equal(ids.parse(branch), slot * GENERATIONS + generation);
    }),
  );
});

test('a branch can be written in one way only: whatever else looks like one is not ours', () => {
  const ids = new BranchIds();
  const ours = ids.format(5, 3);
  const prefix = ours.slice(0, ours.indexOf('.') + 1);
  for (const foreign of ['', 'z9hG4bK', `${prefix}`, `${prefix}0`, `${prefix}5.0`, `${prefix}5..0`, `${prefix}.3.0`, `${prefix}5.3`, `${prefix}5.3.1`, `${prefix}5.-3.0`, `${prefix}5.3.3.0`, `${prefix}${'z'.repeat(400)}.3.0`]) {
    assert.equal(ids.parse(foreign), -1, foreign);
  }
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => assert.equal(ids.parse(prefix + text) >= 0, /^[\da-z]+\.[\da-z]+\.0$/.test(text))));
});

test('the branches of another run of the process are strangers', () => {
  const branch = new BranchIds().format(0, 0);
  assert.equal(new BranchIds().parse(branch), -1);
});

test('a branch names the worker that owns it: its siblings do not take it, and a receiver knows where it belongs', () => {
  const [first, last] = [new BranchIds(0, 'abc123'), new BranchIds(35, 'abc123')];
  const branch = last.format(1, 1);
  assert.match(branch, /\.z$/);
  assert.equal(first.parse(branch), -1);
  assert.equal(last.parse(branch), GENERATIONS + 1);
  assert.equal(first.ownerOf(branch), 35);
  assert.equal(last.ownerOf(first.format(7, 2)), 0);
  for (const foreign of ['', 'z9hG4bK', 'z9hG4bKabc123', 'z9hG4bKabc123.', 'z9hG4bKabc123.1.1.', 'z9hG4bKabc123.1.1.Z', `z9hG4bKabc123.1.1.${'z'.repeat(400)}`, new BranchIds().format(1, 1), stateless(first, request())]) {
    assert.equal(first.ownerOf(foreign), -1, foreign);
  }
});

test('§16.11 without state: the same branch for a retransmission, and for a CANCEL and its INVITE', () => {
  const ids = new BranchIds();
  const invite = stateless(ids, request());
  assert.equal(stateless(ids, request({ headers: 'Subject: again\n' })), invite);
  assert.equal(stateless(ids, request({ method: 'CANCEL' })), invite);
  assert.ok(ids.isStateless(invite));
  assert.equal(ids.parse(invite), -1);
});

test('§16.11 without state: another transaction gets another branch, also when a client of RFC 2543 has none', () => {
  const ids = new BranchIds();
  const branches = [request(), request({ method: 'BYE' }), request({ cseq: 2 }), request({ callId: 'call-2' }), request({ via: 'SIP/2.0/UDP 203.0.113.9:5091;branch=z9hG4bKc1' })].map((text) => stateless(ids, text));
  assert.equal(new Set(branches).size, branches.length);
  const without = 'SIP/2.0/UDP 203.0.113.9:5090';
  assert.notEqual(stateless(ids, request({ via: without })), stateless(ids, request({ via: without, callId: 'call-2' })));
});
