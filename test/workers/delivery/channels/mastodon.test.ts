import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { MastodonChannel } from '../../../../src/workers/delivery/channels/mastodon.ts';
import { bearsReference } from '../../../../src/workers/render/reference.ts';
import { parcel } from './parcels.ts';
import { json, startReceiver, type Receiver } from './receiver.ts';

const BOB = { mastodon: 'bob@social.example' };

/** As a server does: the same key gives the same status. */
async function fakeMastodon(t: TestContext): Promise<{ server: Receiver; channel: MastodonChannel; statuses: Map<string, string> }> {
  const server = await startReceiver(t);
  const statuses = new Map<string, string>();
  server.answer = (response, { headers, path, body }) => {
    if (path !== '/api/v1/statuses' || headers.authorization !== 'Bearer secret') return json(401, { error: 'The access token is invalid' })(response);
    const key = String(headers['idempotency-key']);
    if (!statuses.has(key)) statuses.set(key, (JSON.parse(body) as { status: string }).status);
    json(200, { id: String([...statuses.keys()].indexOf(key) + 1), mentions: [{ acct: 'bob@social.example' }] })(response);
  };
  return { server, statuses, channel: new MastodonChannel({ url: server.url, token: 'secret', timeoutMs: 5_000 }) };
}

test('a direct post that mentions the account and bears the reference', async (t) => {
  const { server, channel } = await fakeMastodon(t);
  const one = parcel({}, BOB);
  assert.deepEqual(await channel.send(one), { remoteId: '1' });
  const { status, visibility } = JSON.parse(server.received[0]!.body) as { status: string; visibility: string };
  assert.equal(visibility, 'direct');
  assert.ok(status.startsWith('@bob@social.example Missed call from alice'));
  assert.ok(bearsReference(status, one.entry.id));
});

test('sent again it is the same post', async (t) => {
  const { channel, statuses } = await fakeMastodon(t);
  const one = parcel({ id: 'missed-call:ü\r\n' }, BOB);
  assert.deepEqual([await channel.send(one), await channel.send(one)], [{ remoteId: '1' }, { remoteId: '1' }]);
  await channel.send(parcel({ id: 'missed-call:other' }, BOB));
  assert.equal(statuses.size, 2);
});

test('no more than 500 characters', async (t) => {
  const { channel, statuses } = await fakeMastodon(t);
  await channel.send(parcel({ content: 'ä'.repeat(2_000) }, BOB));
  const [status] = statuses.values();
  // The ellipsis counts twice on X, whose weights are used: one may be left over.
  assert.ok(status!.length === 499 && status!.includes('ä…'), String(status!.length));
});

test('an account that the server does not find is a refusal', async (t) => {
  const { server, channel } = await fakeMastodon(t);
  server.answer = json(200, { id: '7', mentions: [] });
  await assert.rejects(channel.send(parcel({}, BOB)), { class: 'refused', message: 'Mastodon knows no account bob@social.example' });
});

test('a wrong token is a refusal, what is no status is not', async (t) => {
  const { server } = await fakeMastodon(t);
  const wrong = new MastodonChannel({ url: server.url, token: 'wrong', timeoutMs: 5_000 });
  await assert.rejects(wrong.send(parcel({}, BOB)), { class: 'refused', message: /answered 401/ });
  for (const body of [null, [], { id: 7 }, { id: '../x' }]) {
    server.answer = json(200, body);
    await assert.rejects(wrong.send(parcel({}, BOB)), { class: 'unavailable', message: 'The answer of Mastodon is no status' });
  }
  server.answer = (response) => void response.end('<html>');
  await assert.rejects(wrong.send(parcel({}, BOB)), { class: 'unavailable' });
});

test('only who has named an account gets something here', async (t) => {
  const { channel } = await fakeMastodon(t);
  assert.equal(channel.takes(parcel({}, BOB)), true);
  assert.equal(channel.takes(parcel()), false);
  for (const mastodon of ['bob', 'bob@host @everybody', '@bob@host', 'bob@host\nx']) assert.equal(channel.takes(parcel({}, { mastodon })), false, mastodon);
});
