import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { missedCall } from '../../src/jobs/contract/missed-call.ts';
import { until } from '../jobs/until.ts';
import { Baresip } from './baresip.ts';
import { DOMAIN, startDefaultService } from './sip-service.ts';

/** Two real phones (baresip) that register with passwords and call each other through the default script. */
const service = await startDefaultService();
const phones: Baresip[] = [];
after(() => service.node.close());
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
  for (const user of ['alice', 'bob']) service.node.registrar.unregister(user, DOMAIN);
});

async function phone(user: string, options: { transport?: 'udp' | 'tcp'; answers: boolean }): Promise<Baresip> {
  const proxyPort = options.transport === 'tcp' ? service.tcpPort : service.port;
  const started = await Baresip.start({ user, proxyPort, ...options });
  phones.push(started);
  // Its own event may come before anybody listens to it.
  await until(`${user} is registered`, () => service.node.registrar.lookup(user, DOMAIN).length === 1);
  return started;
}

for (const transport of ['udp', 'tcp'] as const) {
  test(`baresip on UDP calls baresip on ${transport.toUpperCase()}: registered, established, hung up, no event`, async () => {
    const [alice, bob] = await Promise.all([phone('alice', { answers: false }), phone('bob', { transport, answers: true })]);
      await alice.command('dial', `sip:bob@${DOMAIN}`);
    await Promise.all([alice.event('CALL_ESTABLISHED'), bob.event('CALL_ESTABLISHED')]);
    await alice.command('hangup');
    await bob.event('CALL_CLOSED');
    assert.deepEqual(service.outbox.events, []);
  });
}

test('baresip calls baresip, hears it ring and gives up: one missed call', async () => {
  const [alice, bob] = await Promise.all([phone('alice', { answers: false }), phone('bob', { answers: false })]);
  await alice.command('dial', `sip:bob@${DOMAIN}`);
  await bob.event('CALL_INCOMING');
  await alice.event('CALL_RINGING');
  await alice.command('hangup');
  await bob.event('CALL_CLOSED');
  assert.equal(service.outbox.events.length, 1);
  const parsed = missedCall.parse(service.outbox.events.splice(0)[0]!.value);
  assert.ok(parsed.ok);
  const { cause, caller, callee } = parsed.payload;
  assert.deepEqual({ cause, caller, callee }, { cause: 'cancelled', caller: `alice@${DOMAIN}`, callee: 'bob' });
});

test('baresip declines: one missed call', async () => {
  const [alice, bob] = await Promise.all([phone('alice', { answers: false }), phone('bob', { answers: false })]);
  await alice.command('dial', `sip:bob@${DOMAIN}`);
  await bob.event('CALL_INCOMING');
  await bob.command('hangup');
  await alice.event('CALL_CLOSED');
  assert.deepEqual(service.outbox.events.splice(0).map(({ value }) => (JSON.parse(value) as { cause: string }).cause), ['busy']);
});

test('a phone that is told its password is wrong is not registered', async () => {
  const stranger = await Baresip.start({ user: 'nobody', proxyPort: service.port, answers: false });
  phones.push(stranger);
  await until('its credentials were refused', () => service.count('auth.rejected') > 0);
  assert.equal(service.node.registrar.lookup('nobody', DOMAIN).length, 0);
});
