/** Messages for somebody who is not there: kept by the script, delivered behind a registration, by a real node. */
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import type { SqlConnection } from '../../src/script/ports.ts';
import { MemoryMessageStore } from '../../src/testing/memory-message-store.ts';
import { until } from '../jobs/until.ts';
import { Phone, headerValue, statusOf } from './phone.ts';
import { DOMAIN, ScriptCopy, startDefaultService } from './sip-service.ts';

const script = new ScriptCopy((original) => `${original}
function ksr_rtimer_send()
  while KSR.mqueue.mq_fetch("send") > 0 do
    KSR.pv.sets("$uac_req(method)", "MESSAGE")
    KSR.pv.sets("$uac_req(ruri)", "sip:bob@${DOMAIN}")
    KSR.pv.sets("$uac_req(furi)", "sip:sipweet@${DOMAIN}")
    KSR.pv.sets("$uac_req(body)", KSR.mqueue.mqv_get("send"))
    KSR.pv.seti("$uac_req(evroute)", 1)
    KSR.pv.sets("$uac_req(evparam)", KSR.mqueue.mqk_get("send"))
    KSR.uac.uac_req_send()
  end
end
function ksr_uac_event()
  KSR.mqueue.mq_add("sent", KSR.pv.get("$uac_req(evparam)"), tostring(KSR.pv.get("$uac_req(evcode)")))
end
`);
/** Everybody is a subscriber, and nobody is on X. */
const database: SqlConnection = {
  query: (text) => Promise.resolve(text.includes('FROM subscriber') ? { columns: ['on_x', 'known'], rows: [['f', 't']], rowCount: 1 } : { columns: [], rows: [], rowCount: 0 }),
};
const jobs: { readonly key: string; readonly value: string }[] = [];
const messageStore = new MemoryMessageStore({ maxPerUser: 10 });
const service = await startDefaultService(
  [
    `script.path=${script.path}`,
    'script.timers={"send":{"route":"ksr_rtimer_send","intervalMs":20}}',
    'script.mqueues={"send":{"direction":"in"},"sent":{"direction":"out"},"missed-call":{"direction":"out"}}',
  ],
  { messageStore, sqlConnections: new Map([['db', database]]), inboxes: { take: (queue) => (queue === 'send' ? jobs.shift() : undefined), size: () => jobs.length } },
);
const phones: Phone[] = [];
after(async () => {
  await service.node.close();
  script.remove();
});
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close();
  service.node.registrar.unregister('bob', DOMAIN);
  service.outbox.events.length = 0;
});

async function open(user: string): Promise<Phone> {
  const phone = await Phone.open(service.port, { user });
  phones.push(phone);
  return phone;
}

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

/** Takes the next MESSAGE, and is asked for it once only. */
async function take(phone: Phone, status = 200): Promise<string> {
  const message = await phone.receive('MESSAGE');
  phone.reply(message, status, status === 200 ? 'OK' : 'No');
  return message;
}

// The phone of the tests says of every body that it is application/sdp: no plain text, so nothing is put before it.
test('a message to bob, who is not there, is accepted, waits, and comes when he registers: as alice wrote it, in order, once', async () => {
  const alice = await open('alice');
  for (const body of ['first', 'second']) {
    const reply = await alice.request('MESSAGE', { uri: `sip:bob@${DOMAIN}`, to: `<sip:bob@${DOMAIN}>`, body });
    assert.equal(statusOf(reply), 202);
  }
  assert.equal(messageStore.size, 2);
  const bob = await open('bob');
  await bob.register();
  const [first, second] = [await take(bob), await take(bob)];
  assert.deepEqual([first, second].map(bodyOf), ['first', 'second']);
  assert.match(headerValue(first, 'From'), new RegExp(`<sip:alice@${DOMAIN}>`));
  assert.match(headerValue(first, 'Date'), / GMT$/);
  assert.equal(headerValue(first, 'Content-Type'), 'application/sdp');
  assert.equal(headerValue(first, 'Contact'), '');
  await until('they are gone', () => messageStore.size === 0);
  await bob.register();
  await bob.fence();
  assert.deepEqual(bob.peer.received, []);
});

test('bob goes away while it is on its way to him: it is not kept a second time, and comes at the next registration', async () => {
  const alice = await open('alice');
  await alice.request('MESSAGE', { uri: `sip:bob@${DOMAIN}`, to: `<sip:bob@${DOMAIN}>`, body: 'one' });
  const bob = await open('bob');
  await bob.register();
  await take(bob, 480);
  await until('it waits again', () => service.count('msilo.undelivered') === 1);
  assert.equal(messageStore.size, 1);
  service.node.registrar.unregister('bob', DOMAIN);
  await bob.register();
  assert.equal(bodyOf(await take(bob)), 'one');
  await until('it is gone', () => messageStore.size === 0);
});

test('a message of the service itself: kept when bob is not there, which the script is told; a plain text says since when', async () => {
  jobs.push({ key: 'm-1', value: 'call mum' });
  await until('the script was told', () => service.outbox.events.length === 1);
  assert.deepEqual(service.outbox.events.map(({ key, value }) => [key, value]), [['m-1', '202']]);
  const bob = await open('bob');
  await bob.register();
  assert.match(bodyOf(await take(bob)), /^\[Offline message - \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} UTC\] call mum$/);
  await until('it is gone', () => messageStore.size === 0);
  jobs.push({ key: 'm-2', value: 'at once' });
  assert.equal(bodyOf(await take(bob)), 'at once');
  await until('the script was told', () => service.outbox.events.length === 2);
  assert.equal(service.outbox.events[1]!.value, '200');
});
