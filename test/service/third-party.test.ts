import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { machineInterfaces } from '../../src/sip/endpoint/own-addresses.ts';
import type { IncomingCall } from '../../src/ua/incoming-call.ts';
import { UserAgent } from '../../src/ua/user-agent.ts';
import { until } from '../jobs/until.ts';
import { Baresip } from './baresip.ts';
import { Phone, headerValue, headerValues, statusOf } from './phone.ts';
import { Sipp } from './sipp.ts';
import { DOMAIN, ScriptCopy, startDefaultService } from './sip-service.ts';

/**
 * Calls that the routing script asks for by `KSR.sipweet.call`: the default script on a real node, with
 * baresip and SIPp as the phones. The script is told what to do by a queue and tells what happens by another.
 */
const script = new ScriptCopy((original) => `${original}
function ksr_rtimer_calls()
  local get = KSR.sipweet.json_get
  while KSR.mqueue.mq_fetch("begin") > 0 do
    local job = KSR.mqueue.mqv_get("begin")
    if get(job, "cancel") ~= "" then
      KSR.sipweet.cancel_call(get(job, "cancel"))
    elseif KSR.sipweet.call(get(job, "from"), get(job, "to"), get(job, "options")) < 0 then
      KSR.mqueue.mq_add("call-event", "refused", '{"event":"refused"}')
    end
  end
end

function on_call(event)
  KSR.mqueue.mq_add("call-event", KSR.sipweet.json_get(event, "id") .. "/" .. KSR.sipweet.json_get(event, "event"), event)
end
`);
const jobs: { readonly key: string; readonly value: string }[] = [];
const SETTINGS = [
  `script.path=${script.path}`,
  'script.timers={"calls":{"route":"ksr_rtimer_calls","intervalMs":20}}',
  'script.mqueues={"begin":{"direction":"in"},"call-event":{"direction":"out"},"missed-call":{"direction":"out"}}',
];
const inboxes = { take: (queue: string) => (queue === 'begin' ? jobs.shift() : undefined), size: () => jobs.length };
const service = await startDefaultService(SETTINGS, { inboxes });

const started: { readonly stop: () => Promise<void> | void }[] = [];
after(async () => {
  await service.node.close();
  script.remove();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ stop }) => stop()));
  for (const user of ['alice', 'bob']) service.node.registrar.unregister(user, DOMAIN);
  service.outbox.events.length = 0;
});

async function baresip(user: string, options: { transport?: 'udp' | 'tcp'; answers: boolean }): Promise<Baresip> {
  const phone = await Baresip.start({ user, proxyPort: options.transport === 'tcp' ? service.tcpPort : service.port, ...options });
  started.push({ stop: () => phone.close() });
  await until(`${user} is registered`, () => service.node.registrar.lookup(user, DOMAIN).length === 1);
  return phone;
}

async function sipp(scenario: string, user: string, words: Record<string, string | number> = {}): Promise<Sipp> {
  const phone = await Sipp.start({ scenario, target: service.port, words });
  started.push({ stop: () => phone.kill() });
  const login = { user, password: `${user}-pw` };
  await Sipp.run({ scenario: 'register', target: service.port, words: { status: 200 }, keys: { user, contact: phone.port, contact_transport: 'udp', expires: 600 }, login });
  return phone;
}

async function byHand(user: string): Promise<Phone> {
  const phone = await Phone.open(service.port, { user });
  started.push({ stop: () => phone.close() });
  assert.equal(statusOf(await phone.register()), 200);
  return phone;
}

let calls = 0;
function begin(options: Record<string, unknown> = {}): string {
  calls += 1;
  const id = `call-${calls}`;
  const value = { from: `sip:alice@${DOMAIN}`, to: `sip:bob@${DOMAIN}`, options: JSON.stringify({ id, fromName: 'Alice A.', toName: 'Bob B.', onEvent: 'on_call', ...options }) };
  jobs.push({ key: id, value: JSON.stringify(value) });
  return id;
}

function cancel(id: string): void {
  jobs.push({ key: id, value: JSON.stringify({ cancel: id }) });
}

/** What was told of the calls, in short. */
function told(): string[] {
  return service.outbox.events
    .filter(({ queue }) => queue === 'call-event')
    .map(({ value }) => {
      const { event, party, cause, status } = JSON.parse(value) as Record<string, unknown>;
      return [event, party, cause, status].filter((part) => part !== undefined).join(' ');
    });
}

const isTold = (step: string): Promise<void> => until(`"${step}" is told, not only ${told().join(', ')}`, () => told().includes(step), 10_000);
const missedCalls = (): string[] => service.outbox.events.filter(({ queue }) => queue === 'missed-call').map(({ value }) => (JSON.parse(value) as { callee: string; cause: string }).cause);
const CONNECTED = ['ringing caller', 'answered caller', 'connected'];

describe('baresip on both sides', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    // It refuses an offer without media (488), so this is the fall-back of "auto" too.
    for (const flow of ['auto', 'i'] as const) {
      test(`flow ${flow}, phones on ${transport.toUpperCase()}: audio flows between the two; the callee hangs up, the caller is hung up`, async () => {
        const [alice, bob] = await Promise.all([baresip('alice', { answers: true, transport }), baresip('bob', { answers: true, transport })]);
        begin({ flow });
        await isTold('connected');
        // Its RTP reaches the other phone: the addresses were exchanged, and nobody stands between them.
        await Promise.all([alice.event('CALL_RTPESTAB'), bob.event('CALL_RTPESTAB')]);
        assert.equal((await bob.event('CALL_ESTABLISHED')).param, `sip:alice@${DOMAIN}`);
        assert.equal((await alice.event('CALL_ESTABLISHED')).param, `sip:bob@${DOMAIN}`);
        await bob.command('hangup');
        await isTold('ended');
        await alice.event('CALL_CLOSED');
        assert.deepEqual([told(), missedCalls()], [[...CONNECTED, 'ended'], []]);
      });
    }
  }

  test('the caller hangs up: the callee is hung up', async () => {
    const [alice, bob] = await Promise.all([baresip('alice', { answers: true }), baresip('bob', { answers: true })]);
    begin();
    await isTold('connected');
    await alice.event('CALL_ESTABLISHED');
    await alice.command('hangup');
    await bob.event('CALL_CLOSED');
    await isTold('ended');
  });

  test('hold and resume by a phone reach the other side, and the call goes on', async () => {
    const [alice, bob] = await Promise.all([baresip('alice', { answers: true }), baresip('bob', { answers: true })]);
    begin();
    await isTold('connected');
    await bob.event('CALL_ESTABLISHED');
    for (const command of ['hold', 'resume']) {
      alice.events.length = 0;
      await bob.command(command);
      await alice.event('CALL_REMOTE_SDP');
    }
    await alice.command('hangup');
    await bob.event('CALL_CLOSED');
    assert.deepEqual(told(), [...CONNECTED, 'ended']);
  });

  test('REFER: the phone calls by itself, with its own password, and tells how it goes; then it is left alone', async () => {
    const [alice, bob] = await Promise.all([baresip('alice', { answers: true }), baresip('bob', { answers: true })]);
    begin({ flow: 'refer' });
    await isTold('ended');
    await alice.event('TRANSFER');
    await bob.event('CALL_ESTABLISHED');
    assert.deepEqual(told(), [...CONNECTED, 'ended']);
    await bob.command('hangup');
    await bob.event('CALL_CLOSED');
  });

  test('the callee declines', async () => {
    const [, bob] = await Promise.all([baresip('alice', { answers: true }), baresip('bob', { answers: false })]);
    begin();
    await bob.event('CALL_INCOMING');
    await bob.command('hangup');
    await isTold('failed callee busy 486');
    assert.deepEqual(missedCalls(), ['busy'], 'who was called and was not reached has missed a call');
  });

  test('the asker does not come: his phone stops ringing, and he has missed nothing', async () => {
    const alice = await baresip('alice', { answers: false });
    begin({ ringMs: 800 });
    await alice.event('CALL_INCOMING');
    await isTold('failed caller no-answer 408');
    await alice.event('CALL_CLOSED');
    assert.deepEqual(missedCalls(), []);
  });

  test('cancelled while the callee rings: both phones are quiet', async () => {
    const [alice, bob] = await Promise.all([baresip('alice', { answers: true }), baresip('bob', { answers: false })]);
    const id = begin();
    await bob.event('CALL_INCOMING');
    cancel(id);
    await isTold('failed cancelled');
    await Promise.all([alice.event('CALL_CLOSED'), bob.event('CALL_CLOSED')]);
  });

  test('the asker has no phone: unreachable, without a missed call', async () => {
    begin();
    await isTold('failed caller unreachable 480');
    assert.deepEqual(missedCalls(), []);
  });
});

describe('SIPp: phones that fail at any message they do not expect', () => {
  test('flow IV, with the names that they show and the media addresses of each other', async () => {
    const alice = await sipp('called-without-media', 'alice', { shown: 'Bob B[.].*sip:bob@example[.]com' });
    const bob = await sipp('called-for-an-offer', 'bob', { shown: 'Alice A[.].*sip:alice@example[.]com' });
    const id = begin({ flow: 'iv' });
    await isTold('connected');
    cancel(id);
    await Promise.all([alice.succeeded(), bob.succeeded()]);
    assert.deepEqual(told(), [...CONNECTED, 'ended']);
  });

  test('flow I with a phone that knows nothing of all this', async () => {
    const alice = await sipp('phone-that-answers', 'alice');
    const bob = await sipp('phone-that-answers', 'bob');
    const id = begin({ flow: 'i' });
    await isTold('connected');
    cancel(id);
    await Promise.all([alice.succeeded(), bob.succeeded()]);
  });
});

describe('who may say that he is the service', () => {
  test('a stranger with the header of our calls is asked for his password like anybody, and no phone sees the header', async () => {
    const [alice, bob] = [await byHand('alice'), await byHand('bob')];
    const headers = 'X-Sipweet-Call: call-1;leg=caller\r\n';
    const unasked = alice.send('INVITE', { uri: `sip:bob@${DOMAIN}`, to: `<sip:bob@${DOMAIN}>`, headers });
    assert.equal(statusOf(await unasked.final()), 407);
    const attempt = await alice.call('bob', { headers });
    const invite = await bob.receive('INVITE');
    assert.deepEqual(headerValues(invite, 'X-Sipweet-Call'), []);
    bob.reply(invite, 486, 'Busy Here');
    assert.equal(statusOf(await attempt.final()), 486);
    assert.deepEqual(missedCalls(), ['busy'], 'his word about the leg counts for nothing');
  });

  test("what a user routes to the service's agent is refused by it", async () => {
    const alice = await byHand('alice');
    const bob = await byHand('bob');
    begin();
    const invite = await alice.receive('INVITE');
    const [agent = ''] = /sip:sipweet@127\.0\.0\.1:\d+/.exec(headerValue(invite, 'Contact')) ?? [];
    assert.notEqual(agent, '');
    const attempt = await bob.start('INVITE', { uri: agent, to: `<${agent}>` });
    assert.equal(statusOf(await attempt.final()), 405);
    alice.reply(invite, 603, 'Decline');
    await isTold('failed caller declined 603');
  });
});

/** A node of its own, which is given one job. */
async function nodeWithJob(settings: readonly string[] = []) {
  const own: { key: string; value: string }[] = [];
  const node = await startDefaultService([...SETTINGS, ...settings], { inboxes: { take: (queue) => (queue === 'begin' ? own.shift() : undefined), size: () => own.length } });
  const begins = () => {
    begin();
    own.push(...jobs.splice(0));
  };
  const steps = () => node.outbox.events.filter(({ queue }) => queue === 'call-event').map(({ value }) => (JSON.parse(value) as { event: string }).event);
  return { node, begins, steps };
}

test('a node that listens on TCP only makes calls through a listener that it opens for itself', async () => {
  const { node, begins } = await nodeWithJob(['sip.listen=tcp:0.0.0.0:0']);
  started.push({ stop: () => node.node.close() });
  assert.deepEqual(node.node.localSockets.map(({ protocol }) => protocol), ['tcp']);
  begins();
  await until('the script has answered its INVITE', () => node.outbox.events.some(({ value }) => value.includes('"status":480')));
});

const external = machineInterfaces().find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
if (external !== undefined) {
  test('on every address of the machine, where nothing on loopback may be reached: phones reach the agent inside of its dialogs', async () => {
    const { node, begins, steps } = await nodeWithJob(['sip.listen=udp:0.0.0.0:0']);
    started.push({ stop: () => node.node.close() });
    const incoming: IncomingCall[] = [];
    for (const user of ['alice', 'bob']) {
      const onCall = (call: IncomingCall): void => {
        incoming.push(call);
        call.answer();
      };
      const phone = await UserAgent.start({ user, displayName: user, domain: DOMAIN, password: `${user}-pw`, proxy: { protocol: 'udp', address: external, port: node.port }, address: external, clock: new SystemClock(), logger: silentLogger, onCall });
      started.push({ stop: () => phone.close() });
      assert.equal(await phone.register(60), 200);
    }
    begins();
    await until('connected', () => steps().includes('connected'));
    assert.equal(await incoming[1]!.hangUp(), 200);
    await incoming[0]!.wasHungUp;
    assert.deepEqual(steps(), ['answered', 'connected', 'ended']);
    assert.equal(node.count('sip.resolve.forbidden'), 0);
  });
}

test('the service stops: the phones are hung up', async () => {
  const { node: other, begins } = await nodeWithJob();
  const phones = await Promise.all(['alice', 'bob'].map((user) => Baresip.start({ user, proxyPort: other.port, answers: true })));
  started.push(...phones.map((phone) => ({ stop: () => phone.close() })));
  await until('both are registered', () => ['alice', 'bob'].every((user) => other.node.registrar.lookup(user, DOMAIN).length === 1));
  begins();
  await Promise.all(phones.map((phone) => phone.event('CALL_ESTABLISHED')));
  await other.node.close();
  await Promise.all(phones.map((phone) => phone.event('CALL_CLOSED')));
  assert.match(other.outbox.events.at(-1)!.value, /"event":"ended"/);
});
