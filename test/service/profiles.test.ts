/** What users have set on X, as the default script honours it in a real node. */
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import type { SqlConnection, SqlResult } from '../../src/script/ports.ts';
import { until } from '../jobs/until.ts';
import { Phone, statusOf } from './phone.ts';
import { DOMAIN, startDefaultService } from './sip-service.ts';

/** Rows of `sipweetusers` that have something set, as the script's statement has them. */
const profiles = new Map<string, string>();
/** First values of `$1`: since when profiles were asked for. */
const asked: string[] = [];
const answer = (rows: readonly (readonly string[])[]): SqlResult => ({ columns: ['a', 'b'], rows, rowCount: rows.length });

const database: SqlConnection = {
  query(text, values = []) {
    if (text.includes('now()::text')) return Promise.resolve(answer([['2026-11-27 10:00:00+00', '']]));
    if (!text.includes('FROM sipweetusers')) return Promise.resolve(answer([]));
    asked.push(String(values[0]));
    return Promise.resolve(answer([...profiles]));
  },
};
const service = await startDefaultService(['script.timers={"profiles":{"route":"ksr_rtimer_profiles","intervalMs":20}}'], { sqlConnections: new Map([['db', database]]) });
const caller = await Phone.open(service.port, { user: 'eve', domain: 'elsewhere.example' });
const [bob, carol] = [await Phone.open(service.port, { user: 'bob' }), await Phone.open(service.port, { user: 'carol' })];
for (const phone of [bob, carol]) assert.equal(statusOf(await phone.register()), 200);
after(async () => {
  for (const phone of [caller, bob, carol]) phone.close();
  await service.node.close();
});
afterEach(() => {
  profiles.clear();
  for (const phone of [caller, bob, carol]) phone.peer.received.length = 0;
  service.outbox.events.length = 0;
});

/** Sets what bob has set, and waits until the script has read it. */
async function bobHasSet(profile: string): Promise<void> {
  profiles.set('bob', profile);
  await readAgain();
}

async function readAgain(): Promise<void> {
  const before = asked.length;
  await until('the profiles were read', () => asked.length >= before + 2);
}

const callTo = (user: string) => caller.send('INVITE', { uri: `sip:${user}@${DOMAIN}`, to: `<sip:${user}@${DOMAIN}>` });

for (const name of ['bob', 'BOB', 'b%4Fb']) {
  test(`"do not disturb" holds however the caller spells the name: ${name}`, async () => {
    await bobHasSet('d');
    assert.match(await callTo(name).final(), /^SIP\/2\.0 486 Do Not Disturb\r\n/);
    await bob.fence();
    assert.deepEqual(bob.peer.received, []);
    assert.equal(service.outbox.events.length, 1, 'a missed call');
  });
}

test('calls go where their callee wants them, whose phones stay silent', async () => {
  await bobHasSet(`-sip:carol@${DOMAIN}`);
  const call = callTo('bob');
  await carol.refuse(486, 'Busy Here');
  assert.equal(statusOf(await call.final()), 486);
  assert.deepEqual(bob.peer.received, []);
});

test('two users who forward to each other make no circle: the phones of the second ring', async () => {
  profiles.set('carol', `-sip:bob@${DOMAIN}`);
  await bobHasSet(`-sip:carol@${DOMAIN}`);
  const call = callTo('bob');
  await carol.refuse(486, 'Busy Here');
  assert.equal(statusOf(await call.final()), 486);
});

test('what somebody has set ends with him: everything is read again once in a while', async () => {
  await bobHasSet(`-sip:+15550100@${DOMAIN}`);
  profiles.clear();
  asked.length = 0;
  await until('everything was read', () => asked.slice(1).includes('-infinity'));
  await readAgain();
  const call = callTo('bob');
  await bob.refuse(486, 'Busy Here');
  assert.equal(statusOf(await call.final()), 486);
});
