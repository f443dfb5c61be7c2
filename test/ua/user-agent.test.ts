import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';
import { SESSION_DESCRIPTION } from '../../src/ua/session-description.ts';
import { LoopbackProxy, soon } from './ua-fixture.ts';

/** Alice, and Bob who does with a call what the test says. */
async function twoPhones(bobDoes: (call: IncomingCall) => void) {
  const proxy = await LoopbackProxy.start();
  let onIncoming: (call: IncomingCall) => void = () => {};
  const incoming = new Promise<IncomingCall>((resolve) => {
    onIncoming = resolve;
  });
  const alice = await proxy.phone('alice');
  const bob = await proxy.phone('bob', (call) => {
    onIncoming(call);
    bobDoes(call);
  });
  return { proxy, alice, bob, incoming };
}

test('a call rings, is answered, and the caller hangs up (§13, §15)', async () => {
  const { proxy, alice, incoming } = await twoPhones((call) => call.ring());
  const call = alice.call('sip:bob@example.com');
  await soon(call.ringing);
  const answered = await soon(incoming);
  assert.equal(answered.caller, 'sip:alice@example.com');
  answered.answer();
  assert.equal(await soon(call.ended), 200);
  assert.equal(await soon(call.hangUp()), 200);
  await soon(answered.wasHungUp);
  assert.deepEqual(proxy.seen, ['INVITE', 'ACK', 'BYE'], 'all of it went through the proxy that recorded its route');
});

test('the callee may hang up too', async () => {
  const { proxy, alice, incoming } = await twoPhones((call) => call.answer());
  const call = alice.call('sip:bob@example.com');
  assert.equal(await soon(call.ended), 200);
  const answered = await soon(incoming);
  assert.equal(await soon(answered.hangUp()), 200);
  assert.deepEqual(proxy.seen, ['INVITE', 'ACK', 'BYE']);
});

test('§22.3 a BYE that is challenged is sent again with the credentials, so that the call ends on both sides', async () => {
  const { proxy, alice, incoming } = await twoPhones((call) => call.answer());
  const call = alice.call('sip:bob@example.com');
  assert.equal(await soon(call.ended), 200);
  const answered = await soon(incoming);
  proxy.challenges = ['Digest realm="example.com", nonce="n1", algorithm=MD5, qop="auth"'];
  assert.equal(await soon(answered.hangUp()), 200);
  await soon(call.wasHungUp);
  assert.deepEqual(proxy.seen.slice(-2), ['BYE', 'BYE+auth']);
});

test('§9.1 the caller gives up while it rings: both sides learn of it', async () => {
  const { alice, incoming } = await twoPhones((call) => call.ring());
  const call = alice.call('sip:bob@example.com');
  await soon(call.ringing);
  call.cancel();
  assert.equal(await soon(call.ended), 487);
  await soon((await incoming).wasCancelled);
});

test('§9.1 a CANCEL before any provisional response waits for one', async () => {
  const { alice, incoming } = await twoPhones((call) => call.ring());
  const call = alice.call('sip:bob@example.com');
  call.cancel();
  assert.equal(await soon(call.ended), 487);
  await soon((await incoming).wasCancelled);
});

test('§15 an answer that crosses the CANCEL is acknowledged and hung up', async () => {
  const { proxy, alice, incoming } = await twoPhones((call) => call.answer());
  const call = alice.call('sip:bob@example.com');
  call.cancel();
  assert.equal(await soon(call.ended), 200);
  await soon((await incoming).wasHungUp);
  assert.deepEqual(proxy.seen, ['INVITE', 'ACK', 'BYE']);
});

test('the callee declines', async () => {
  const { alice } = await twoPhones((call) => call.reject(603, 'Decline'));
  assert.equal(await soon(alice.call('sip:bob@example.com').ended), 603);
});

test('a phone that takes no calls is busy', async () => {
  const proxy = await LoopbackProxy.start();
  const alice = await proxy.phone('alice');
  await proxy.phone('bob');
  assert.equal(await soon(alice.call('sip:bob@example.com').ended), 486);
});

test('§22 a challenge is answered once: the strongest algorithm that we know', async () => {
  const { proxy, alice } = await twoPhones((call) => call.answer());
  proxy.challenges = ['Digest realm="example.com", nonce="n1", algorithm=SHA-256, qop="auth"', 'Digest realm="example.com", nonce="n1", algorithm=MD5, qop="auth"'];
  assert.equal(await soon(alice.register(60)), 200);
  assert.equal(await soon(alice.call('sip:bob@example.com').ended), 200);
  assert.deepEqual(proxy.seen.filter((method) => method !== 'ACK'), ['REGISTER', 'REGISTER+auth', 'INVITE', 'INVITE+auth']);
});

test('§22 a challenge that cannot be answered ends the call with it', async () => {
  const { proxy, alice } = await twoPhones((call) => call.answer());
  proxy.challenges = ['Digest realm="example.com", nonce="n1", algorithm=UNKNOWN-1'];
  assert.equal(await soon(alice.call('sip:bob@example.com').ended), 407);
  assert.equal(await soon(alice.register(60)), 401);
});

test('hanging up what was never answered: 481', async () => {
  const { alice, incoming } = await twoPhones((call) => call.reject(486, 'Busy Here'));
  const call = alice.call('sip:bob@example.com');
  await soon(call.ended);
  assert.deepEqual([await call.hangUp(), await (await incoming).hangUp()], [481, 481]);
});

test('§14.2 a re-INVITE of the callee is taken, and the callee may hang up: the caller knows both', async () => {
  const { alice, incoming } = await twoPhones((call) => call.answer());
  const call = alice.call('sip:bob@example.com');
  assert.equal(await soon(call.ended), 200);
  const answered = await soon(incoming);
  assert.equal(await soon(answered.reinvite(SESSION_DESCRIPTION.replace('audio 9', 'audio 4002'))), 200);
  assert.match(call.remoteDescription, /m=audio 4002/);
  assert.equal(await soon(answered.hangUp()), 200);
  await soon(call.wasHungUp);
});

test('RFC 3428: an instant message comes as it was written, in UTF-8, once, and is answered with 200; who takes none answers too', async () => {
  const proxy = await LoopbackProxy.start();
  const received: SipMessage[] = [];
  const [alice] = [await proxy.phone('alice'), await proxy.phone('bob', undefined, undefined, (message) => received.push(message)), await proxy.phone('carol')];
  assert.equal(await soon(alice.message('sip:bob@example.com', 'Grüße\r\nVia: 1')), 200);
  assert.equal(received.length, 1);
  assert.equal(Buffer.from(received[0]!.body, 'latin1').toString('utf8'), 'Grüße\r\nVia: 1');
  assert.match(received[0]!.text, /^Content-Type: text\/plain;charset=UTF-8\r$/m);
  assert.equal(await soon(alice.message('sip:carol@example.com', 'x')), 200);
});
