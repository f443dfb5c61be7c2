import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { Sipp, type SippOptions } from './sipp.ts';
import { DOMAIN, ScriptCopy, USERS, ringingFor, startDefaultService } from './sip-service.ts';

/**
 * Calls of SIPp through the default script, with digest authentication. A scenario that meets
 * anything but the messages it names fails, and so does its test, with SIPp's own words.
 */
const script = new ScriptCopy(ringingFor(1000));
const service = await startDefaultService([`script.path=${script.path}`]);
after(async () => {
  await service.node.close();
  script.remove();
});

const started: Sipp[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((sipp) => sipp.kill()));
  for (const user of Object.keys(USERS)) service.node.registrar.unregister(user, DOMAIN);
  service.outbox.events.length = 0;
});

type Transport = 'udp' | 'tcp';
const ALICE = { user: 'alice', password: 'alice-pw' };

function portOf(transport: Transport): number {
  return transport === 'udp' ? service.port : service.tcpPort;
}

/**
 * A phone that waits for its call, registered as `user`. The REGISTER comes over UDP from another
 * socket than the phone's, as a third party's does (RFC 3261 §10.2): over TCP it would tie the phone
 * to the connection of a SIPp that has ended.
 */
async function phone(scenario: string, user: string, { transport = 'udp', words = {} }: { transport?: Transport; words?: SippOptions['words'] } = {}): Promise<Sipp> {
  const sipp = await Sipp.start({ scenario, target: portOf(transport), transport, words });
  started.push(sipp);
  await register(user, sipp.port, { contactTransport: transport });
  return sipp;
}

function register(user: string, contact: number, options: { transport?: Transport; contactTransport?: Transport; password?: string; status?: number; expires?: number; login?: string } = {}): Promise<void> {
  const { transport = 'udp', contactTransport = transport, password = `${user}-pw`, status = 200, expires = 600, login = user } = options;
  return Sipp.run({
    scenario: 'register',
    target: portOf(transport),
    transport,
    words: { status },
    keys: { user, contact, contact_transport: contactTransport, expires },
    login: { user: login, password },
  });
}

function call(scenario: string, callee: string, words: SippOptions['words'] = {}, transport: Transport = 'udp'): Promise<void> {
  return Sipp.run({ scenario, target: portOf(transport), transport, words, keys: { callee }, login: ALICE });
}

const causes = (): unknown[] => service.outbox.events.map(({ value }) => (JSON.parse(value) as { cause: unknown }).cause);

for (const transport of ['udp', 'tcp'] as const) {
  describe(`over ${transport.toUpperCase()}`, () => {
    test('register, be called, answer, be hung up on', async () => {
      const bob = await phone('phone-that-answers', 'bob', { transport });
      assert.equal(service.node.registrar.lookup('bob', DOMAIN).length, 1);
      await call('call', 'bob', { talkMs: 100 }, transport);
      await bob.succeeded();
      assert.deepEqual(causes(), []);
    });

    test('unregister: the user is not reached any more', async () => {
      await register('bob', 5999, { transport });
      await register('bob', 5999, { transport, expires: 0 });
      assert.equal(service.node.registrar.lookup('bob', DOMAIN).length, 0);
      await call('call-that-fails', 'bob', { status: 480 }, transport);
    });
  });
}

test('a caller on UDP reaches a phone on TCP, and hangs up through both', async () => {
  const bob = await phone('phone-that-answers', 'bob', { transport: 'tcp' });
  await call('call', 'bob', { talkMs: 100 });
  await bob.succeeded();
});

test('busy: the caller gets the 486 of the phone', async () => {
  const bob = await phone('phone-that-refuses', 'bob', { words: { status: 486 } });
  await call('call-that-fails', 'bob', { status: 486 });
  await bob.succeeded();
  assert.deepEqual(causes(), ['busy']);
});

test('no answer: after the ring time of the script the phone is cancelled and the caller gets 408', async () => {
  const bob = await phone('phone-that-rings', 'bob');
  await call('call-that-fails', 'bob', { status: 408 });
  await bob.succeeded();
  assert.deepEqual(causes(), ['no-answer']);
});

test('cancel: the phone is cancelled and the caller gets 487', async () => {
  const bob = await phone('phone-that-rings', 'bob');
  await call('call-that-is-cancelled', 'bob');
  await bob.succeeded();
  assert.deepEqual(causes(), ['cancelled']);
});

test('fork to two phones, one answers: the other is cancelled and the caller sees one 200', async () => {
  const desk = await phone('phone-that-rings', 'bob');
  const mobile = await phone('phone-that-answers', 'bob');
  assert.equal(service.node.registrar.lookup('bob', DOMAIN).length, 2);
  await call('call', 'bob', { talkMs: 700 });
  await Promise.all([desk.succeeded(), mobile.succeeded()]);
  assert.deepEqual(causes(), []);
});

test('fork to two phones, both refuse: the caller gets one failure', async () => {
  const desk = await phone('phone-that-refuses', 'bob', { words: { status: 486 } });
  const mobile = await phone('phone-that-refuses', 'bob', { words: { status: 486 } });
  await call('call-that-fails', 'bob', { status: 486 });
  await Promise.all([desk.succeeded(), mobile.succeeded()]);
  assert.deepEqual(causes(), ['busy']);
});

test('a user who is not registered: 480', async () => {
  await call('call-that-fails', 'carol', { status: 480 });
  assert.deepEqual(causes(), ['unreachable']);
});

test('a wrong password: REGISTER is challenged again, and nothing is registered', async () => {
  await register('bob', 5999, { password: 'wrong', status: 401 });
  assert.equal(service.node.registrar.lookup('bob', DOMAIN).length, 0);
});

test('a user who does not exist is answered exactly as a wrong password', async () => {
  await register('nobody', 5999, { password: 'wrong', status: 401 });
});

test('the right password of somebody else: 403', async () => {
  await register('bob', 5999, { login: 'alice', password: 'alice-pw', status: 403 });
  assert.equal(service.node.registrar.lookup('bob', DOMAIN).length, 0);
});

test('a wrong password: INVITE is challenged again, and no phone rings', async () => {
  await Sipp.run({ scenario: 'call-that-fails', target: service.port, words: { status: 407 }, keys: { callee: 'carol' }, login: { user: 'alice', password: 'wrong' } });
  assert.deepEqual(causes(), []);
});
