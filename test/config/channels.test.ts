import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { loadConfig } from '../../src/config/load.ts';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

/** What is wrong with these options of the section, one line a problem. */
function problems(channels: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig({ searchPaths: [], overrides: Object.entries(channels).map(([name, value]) => `channels.${name}=${value}`) });
    return [];
  } catch (thrown) {
    assert.ok(thrown instanceof AppError && thrown.code === 'config.invalid', String(thrown));
    return thrown.message.split('\n').slice(1).map((line) => line.trim());
  }
}

test('no channel, one, and both', () => {
  const webhook = { webhookUrl: 'https://hooks.example/sipweet', webhookSecret: SECRET };
  const mastodon = { mastodonUrl: 'https://social.example', mastodonToken: 'token' };
  for (const channels of [{}, webhook, mastodon, { ...webhook, ...mastodon }]) assert.deepEqual(problems(channels), []);
});

test('an address without its secret is a mistake, and the other way round', () => {
  assert.match(problems({ webhookUrl: 'https://hooks.example/' }).join(), /channels\.webhookSecret.*is missing: channels\.webhookUrl and channels\.webhookSecret are set together/);
  assert.match(problems({ mastodonToken: 'token' }).join(), /channels\.mastodonUrl.*is missing/);
});

test('nothing goes through a network in the clear; this machine is none', () => {
  for (const host of ['hooks.example', '192.0.2.1', '128.0.0.1', '127.0.0.1.example.com', 'localhost.example']) {
    assert.match(problems({ webhookUrl: `http://${host}/`, webhookSecret: SECRET }).join(), /must begin with https:\/\/ unless it is on this machine/, host);
  }
  for (const host of ['127.0.0.1:8080', '127.1.2.3', '[::1]', 'localhost']) assert.deepEqual(problems({ webhookUrl: `http://${host}/`, webhookSecret: SECRET }), [], host);
  assert.match(problems({ mastodonUrl: 'http://social.example', mastodonToken: 'x' }).join(), /must begin with https/);
});

test('a secret of another form, or with too few bytes, is a mistake', () => {
  for (const secret of ['secret', SECRET.slice(6), `whsec_${Buffer.alloc(12).toString('base64')}`]) {
    assert.match(problems({ webhookUrl: 'https://hooks.example/', webhookSecret: secret }).join(), /expected whsec_ and 24 to 64 bytes in Base64/, secret);
  }
});
