import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { VirtualClock } from '../../../../src/testing/clock.ts';
import { WebhookChannel } from '../../../../src/workers/delivery/channels/webhook.ts';
import { parcel } from './parcels.ts';
import { startReceiver, type Receiver } from './receiver.ts';

const SECRET = `whsec_${Buffer.from('a key that only two of us know..').toString('base64')}`;

async function setUp(t: TestContext, timeoutMs = 5_000): Promise<{ receiver: Receiver; channel: WebhookChannel }> {
  const receiver = await startReceiver(t);
  const clock = new VirtualClock(Date.now());
  return { receiver, channel: new WebhookChannel({ url: `${receiver.url}/hook`, secret: SECRET, timeoutMs, clock }) };
}

test('the receiver can check the signature with the public package, and reads a CloudEvent', async (t) => {
  const { receiver, channel } = await setUp(t);
  await channel.send(parcel());
  const [{ method, path, headers, body }, ...others] = receiver.received as [Receiver['received'][number]];
  assert.deepEqual([method, path, headers['content-type'], others.length], ['POST', '/hook', 'application/json', 0]);
  assert.equal(headers['webhook-id'], 'missed-call:c1@a');
  assert.deepEqual(new Webhook(SECRET).verify(body, headers as Record<string, string>), {
    specversion: '1.0',
    id: 'missed-call:c1@a',
    source: 'sipweet',
    type: 'sipweet.message',
    subject: 'bob',
    time: '2026-11-22T14:05:00.000Z',
    datacontenttype: 'application/json',
    data: {
      kind: 'direct-message',
      sipUser: 'bob',
      xUser: 'bob_example',
      xUserId: '1001',
      text: 'Missed call from alice@example.com',
      counterparty: 'alice@example.com',
      callId: 'c1@a',
      refusals: { dm: 'closed' },
    },
  });
  assert.throws(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>));
});

test('the same message comes with the same id, and ids of any characters stay apart and fit a header', async (t) => {
  const { receiver, channel } = await setUp(t);
  const ids = ['a\r\nb', 'a\nb', 'ü', 'a\r\nb', 'x%0Ay'];
  for (const id of ids) await channel.send(parcel({ id }));
  const sent = receiver.received.map(({ headers }) => headers['webhook-id']);
  assert.equal(sent[0], sent[3]);
  assert.equal(new Set(sent).size, 4);
  for (const { body, headers } of receiver.received) new Webhook(SECRET).verify(body, headers as Record<string, string>);
});

for (const status of [400, 401, 404, 410, 422]) {
  test(`${status} is a refusal, and says who refused`, async (t) => {
    const { receiver, channel } = await setUp(t);
    receiver.answer = (response) => void response.writeHead(status).end('{"detail":"no"}');
    await assert.rejects(channel.send(parcel()), { class: 'refused', message: `${new URL(receiver.url).host} answered ${status}` });
  });
}

for (const status of [408, 425, 429, 500, 503]) {
  test(`${status} passes: unavailable, to be sent again`, async (t) => {
    const { receiver, channel } = await setUp(t);
    receiver.answer = (response) => void response.writeHead(status).end();
    await assert.rejects(channel.send(parcel()), { class: 'unavailable' });
  });
}

test('a redirect is not followed: another address gets nothing', async (t) => {
  const { receiver, channel } = await setUp(t);
  const other = await startReceiver(t);
  receiver.answer = (response) => void response.writeHead(307, { location: other.url }).end();
  await assert.rejects(channel.send(parcel()), { class: 'refused', message: /answered 307, and redirects are not followed$/ });
  assert.equal(other.received.length, 0);
});

test('a receiver that does not answer in time, or whose answer never ends, is unavailable', async (t) => {
  const { receiver, channel } = await setUp(t, 200);
  receiver.answer = () => undefined;
  await assert.rejects(channel.send(parcel()), { class: 'unavailable' });
  receiver.answer = (response) => void response.writeHead(200).write('x');
  await assert.rejects(channel.send(parcel()), { class: 'unavailable' });
});

test('an answer as long as it likes is read to a bound', async (t) => {
  const { receiver, channel } = await setUp(t);
  receiver.answer = (response) => {
    response.writeHead(200);
    for (let index = 0; index < 64; index += 1) response.write('x'.repeat(65_536));
    response.end();
  };
  assert.deepEqual(await channel.send(parcel()), { remoteId: undefined });
});

test('nobody at the address: unavailable, with the cause', async () => {
  const channel = new WebhookChannel({ url: 'http://127.0.0.1:59999/', secret: SECRET, timeoutMs: 1_000, clock: new VirtualClock() });
  await assert.rejects(channel.send(parcel()), { class: 'unavailable', message: /^127\.0\.0\.1:59999 cannot be reached: .*ECONNREFUSED/ });
});

test('what concerns no user of ours is not told here', async (t) => {
  const { channel } = await setUp(t);
  assert.equal(channel.takes(parcel()), true);
  assert.equal(channel.takes({ ...parcel(), entry: { ...parcel().entry, sipUser: undefined } }), false);
});
