import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { missedCall, type MissedCall } from '../../src/jobs/contract/missed-call.ts';
import { freePort } from '../free-port.ts';
import { Phone, statusOf, type PhoneOptions } from './phone.ts';
import { DOMAIN, ScriptCopy, ringingFor, startDefaultService } from './sip-service.ts';

/**
 * Which calls become an event, by the default script and real messages over UDP: one event a call
 * that nobody answered, whatever the number of phones, and none for any other.
 */
const script = new ScriptCopy(ringingFor(400));
const HOSTILE = "x'or'1'='1";
const service = await startDefaultService([`script.path=${script.path}`, 'registrar.minExpiresS=1'], {
  users: { alice: 'alice-pw', bob: 'bob-pw', carol: 'carol-pw', "o'hara": "o'hara-pw", [HOSTILE]: 'hostile-pw' },
});
const phones: Phone[] = [];
after(async () => {
  for (const phone of phones) phone.close();
  await service.node.close();
  script.remove();
});

async function phoneOf(user: string, options: Partial<PhoneOptions> = {}): Promise<Phone> {
  const phone = await Phone.open(service.port, { user, ...options });
  phones.push(phone);
  return phone;
}

/** A registered phone, until the end of the test. */
async function registered(user: string, options: Partial<PhoneOptions> = {}): Promise<Phone> {
  const phone = await phoneOf(user, options);
  assert.equal(statusOf(await phone.register()), 200);
  return phone;
}

const alice = await phoneOf('alice');

afterEach(() => {
  service.node.registrar.unregister('bob', DOMAIN);
  service.outbox.events.length = 0;
  for (const phone of phones) phone.peer.received.length = 0;
});

/** The events since the last look, read by the contract that the worker reads them by. */
async function events(caller: Phone): Promise<MissedCall[]> {
  await caller.fence();
  return service.outbox.events.splice(0).map(({ queue, key, value }) => {
    assert.equal(queue, 'missed-call');
    // The queue takes JSON in UTF-8; the port hands ordinary text over.
    const parsed = missedCall.parse(value);
    assert.ok(parsed.ok, `the worker can read ${value}`);
    assert.equal(parsed.payload.eventId, key, 'the key of the event names it');
    return parsed.payload;
  });
}

async function theEvent(caller: Phone): Promise<MissedCall> {
  const seen = await events(caller);
  assert.equal(seen.length, 1, `one event, not ${seen.length}`);
  return seen[0]!;
}

test('Cancelled by the caller while it rings: one event, cause cancelled, and the caller gets 487', async () => {
  const bob = await registered('bob');
  const before = Date.now();
  const call = await alice.call('bob', { from: `"Alice" <sip:alice@${DOMAIN}>` });
  const invite = await bob.ring();
  await call.ringing();
  const [cancelled] = await Promise.all([call.cancel(), bob.endCancelled(invite)]);
  assert.equal(statusOf(cancelled), 200);
  assert.equal(statusOf(await call.final()), 487);
  const event = await theEvent(alice);
  assert.deepEqual({ ...event, at: 0, eventId: '' }, {
    v: 1,
    eventId: '',
    caller: `alice@${DOMAIN}`,
    callerName: 'Alice',
    callee: 'bob',
    calleeDomain: DOMAIN,
    cause: 'cancelled',
    at: 0,
    callId: call.callId,
  });
  assert.ok(event.at >= before && event.at <= Date.now(), 'the time of the event is the end of the call');
});

test('Cancelled before the phone has said anything: one event', async () => {
  const bob = await registered('bob');
  const call = await alice.call('bob');
  const invite = await bob.receive('INVITE');
  assert.equal(statusOf(await call.cancel()), 200);
  await alice.fence();
  bob.reply(invite, 180, 'Ringing');
  await bob.endCancelled(invite);
  assert.equal(statusOf(await call.final()), 487);
  assert.equal((await theEvent(alice)).cause, 'cancelled');
});

for (const { rule, status, reason, cause } of [
  { rule: 'Busy (486)', status: 486, reason: 'Busy Here', cause: 'busy' },
  { rule: 'Busy everywhere (600)', status: 600, reason: 'Busy Everywhere', cause: 'busy' },
  { rule: 'Declined (603)', status: 603, reason: 'Decline', cause: 'declined' },
  { rule: 'The phone says that it is not there (480)', status: 480, reason: 'Temporarily Unavailable', cause: 'unreachable' },
]) {
  test(`${rule}: one event, cause ${cause}, and the caller gets ${status}`, async () => {
    const bob = await registered('bob');
    const call = await alice.call('bob');
    await bob.refuse(status, reason);
    assert.equal(statusOf(await call.final()), status);
    assert.equal((await theEvent(alice)).cause, cause);
    });
}

test('No answer within the ring time: the phone is cancelled, the caller gets 408, one event, cause no-answer', async () => {
  const bob = await registered('bob');
  const call = await alice.call('bob');
  await bob.endCancelled(await bob.ring());
  assert.equal(statusOf(await call.final()), 408);
  assert.equal((await theEvent(alice)).cause, 'no-answer');
});

test('Not registered: the caller gets 480, one event, cause unreachable', async () => {
  assert.equal(statusOf(await (await alice.call('carol')).final()), 480);
  const event = await theEvent(alice);
  assert.equal(event.cause, 'unreachable');
  assert.equal(event.callee, 'carol');
});

test('A phone that is gone although it is registered: the caller gets 500, one event, cause unreachable', async () => {
  const bob = await phoneOf('bob');
  assert.equal(statusOf(await bob.register({ contact: `<sip:bob@127.0.0.1:${await freePort()};transport=tcp>` })), 200);
  assert.equal(statusOf(await (await alice.call('bob')).final()), 500);
  assert.equal((await theEvent(alice)).cause, 'unreachable');
});

test('Two phones, one is gone and the other refuses: the answer of the one that is there, one event', async () => {
  const bob = await registered('bob');
  assert.equal(statusOf(await bob.register({ contact: `<sip:bob@127.0.0.1:${await freePort()};transport=tcp>` })), 200);
  const call = await alice.call('bob');
  await bob.refuse(486, 'Busy Here');
  assert.equal(statusOf(await call.final()), 486);
  assert.equal((await theEvent(alice)).cause, 'busy');
});

test('Two phones, one declines with 486 and the other is not answered: one event', async () => {
  const [desk, mobile] = [await registered('bob'), await registered('bob')];
  const call = await alice.call('bob');
  const [, invite] = await Promise.all([desk.refuse(486, 'Busy Here'), mobile.ring()]);
  await mobile.endCancelled(invite);
  const status = statusOf(await call.final());
  assert.ok(status === 408 || status === 486, `the caller gets the answer of one of them, not ${status}`);
  assert.equal((await events(alice)).length, 1);
});

test('Two phones, one declines with 603: the other is cancelled, one event, cause declined', async () => {
  const [desk, mobile] = [await registered('bob'), await registered('bob')];
  const call = await alice.call('bob');
  const invite = await mobile.ring();
  await Promise.all([desk.refuse(603, 'Decline'), mobile.endCancelled(invite)]);
  assert.equal(statusOf(await call.final()), 603);
  assert.equal((await theEvent(alice)).cause, 'declined');
});

test('Two calls of one caller that are both missed are two events', async () => {
  await (await alice.call('carol')).final();
  await (await alice.call('carol')).final();
  const seen = await events(alice);
  assert.equal(new Set(seen.map(({ eventId }) => eventId)).size, 2);
});

test('Retransmissions of an INVITE that is refused make no second event', async () => {
  const call = await alice.call('carol');
  alice.peer.send(call.request);
  alice.peer.send(call.request);
  await call.final();
  alice.peer.send(call.request);
  assert.equal((await events(alice)).length, 1);
});

test('Answered: no event', async () => {
  const bob = await registered('bob');
  const call = await alice.call('bob');
  bob.reply(await bob.ring(), 200, 'OK');
  const answer = await call.final();
  assert.equal(statusOf(answer), 200);
  call.inDialog('ACK', answer);
  await bob.receive('ACK');
  const bye = call.inDialog('BYE', answer);
  bob.reply(await bob.receive('BYE'), 200, 'OK');
  assert.equal(statusOf(await bye.response()), 200);
  assert.deepEqual(await events(alice), []);
});

test('Answered on another phone: the one that rang is cancelled with cause 200, and there is no event', async () => {
  const [desk, mobile] = [await registered('bob'), await registered('bob')];
  const call = await alice.call('bob');
  const [deskInvite, mobileInvite] = await Promise.all([desk.ring(), mobile.ring()]);
  mobile.reply(mobileInvite, 200, 'OK');
  assert.match(await desk.endCancelled(deskInvite), /\r\nReason: SIP;cause=200/);
  const answer = await call.final();
  assert.equal(statusOf(answer), 200);
  call.inDialog('ACK', answer);
  await mobile.receive('ACK');
  assert.deepEqual(await events(alice), []);
});

test('Cancelled with "Reason: SIP;cause=200" by a proxy before us: answered elsewhere, no event', async () => {
  const bob = await registered('bob');
  const call = await alice.call('bob');
  const invite = await bob.ring();
  await call.ringing();
  const [, cancel] = await Promise.all([call.cancel('Reason: SIP;cause=200;text="Call completed elsewhere"\r\n'), bob.endCancelled(invite)]);
  assert.match(cancel, /\r\nReason: SIP;cause=200/, 'the reason goes on to the phone, which then shows no missed call either');
  assert.equal(statusOf(await call.final()), 487);
  assert.deepEqual(await events(alice), []);
});

test('What is no call is not missed: MESSAGE and OPTIONS to somebody who is away', async () => {
  assert.equal(statusOf(await alice.request('MESSAGE', { uri: `sip:carol@${DOMAIN}`, to: `<sip:carol@${DOMAIN}>` })), 480);
  assert.equal(statusOf(await alice.request('OPTIONS', { uri: `sip:carol@${DOMAIN}`, to: `<sip:carol@${DOMAIN}>` })), 480);
  assert.deepEqual(await events(alice), []);
});

test('A call that needs a password and does not have it is not an event', async () => {
  const thief = await phoneOf('alice', { password: 'wrong' });
  assert.equal(statusOf(await (await thief.call('carol')).final()), 407);
  assert.deepEqual(await events(alice), []);
});

test('A re-INVITE that is refused is not a missed call', async () => {
  const bob = await registered('bob');
  const call = await alice.call('bob');
  bob.reply(await bob.ring(), 200, 'OK');
  const answer = await call.final();
  call.inDialog('ACK', answer);
  await bob.receive('ACK');
  const again = call.inDialog('INVITE', answer);
  bob.reply(await bob.receive('INVITE'), 486, 'Busy Here');
  assert.equal(statusOf(await again.response()), 486);
  assert.deepEqual(await events(alice), []);
});

test("A callee whose name is SQL stays a name: sip:x'or'1'='1", async () => {
  const call = await alice.call('', { uri: `sip:${HOSTILE}@${DOMAIN}` });
  assert.equal(statusOf(await call.final()), 480);
  assert.equal((await theEvent(alice)).callee, HOSTILE);
});

test('A stranger whose name is SQL stays a name', async () => {
  const stranger = await phoneOf(HOSTILE, { domain: 'elsewhere.example' });
  const call = await stranger.call('', { uri: `sip:carol@${DOMAIN}`, to: `<sip:carol@${DOMAIN}>` });
  assert.equal(statusOf(await call.final()), 480);
  assert.equal((await theEvent(alice)).caller, `${HOSTILE}@elsewhere.example`);
});

for (const { rule, from, name } of [
  { rule: 'in UTF-8', from: '"Jürgen Žižek 🙂"', name: 'Jürgen Žižek 🙂' },
  { rule: 'with quotes and backslashes', from: '"Eve \\"the\\\\cat\\" O\'Hara"', name: 'Eve "the\\cat" O\'Hara' },
  { rule: 'that is JSON', from: '"\\",\\"cause\\":\\"busy"', name: '","cause":"busy' },
  { rule: 'of tokens', from: 'Alice of Wonderland', name: 'Alice of Wonderland' },
  { rule: 'with control characters', from: '"a\u001b[31mb\tc\u007f"', name: 'a\u001b[31mb\tc\u007f' },
  { rule: 'with invisible direction marks', from: '"\u202egnp.exe"', name: '\u202egnp.exe' },
]) {
  test(`A display name ${rule} reaches the event as it was meant`, async () => {
    const wire = Buffer.from(from, 'utf8').toString('latin1');
    const call = await alice.call('carol', { from: `${wire} <sip:alice@${DOMAIN}>` });
    assert.equal(statusOf(await call.final()), 480);
    const event = await theEvent(alice);
    assert.equal(event.callerName, name);
    assert.equal(event.cause, 'unreachable');
  });
}

test('A Call-ID with quotes and backslashes reaches the event as it is', async () => {
  const callId = 'a"\\u0000\\"<>{}%s\'--@x';
  const call = await alice.call('carol', { callId });
  assert.equal(statusOf(await call.final()), 480);
  assert.equal((await theEvent(alice)).callId, callId);
});
