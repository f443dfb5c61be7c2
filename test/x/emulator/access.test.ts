import assert from 'node:assert/strict';
import test from 'node:test';
import { API_ROUTES } from '../../../src/x/emulator/api-routes.ts';
import { SANDBOX_BEARER } from '../../../src/x/emulator/sandbox-keys.ts';
import { bearerRequest, sandbox, signedRequest } from '../sandbox.ts';

/** X's table of logins: 1 for an OAuth 1.0a signature, 2 for a user's OAuth 2.0 token, a for the app's bearer token. */
const LOGINS: Readonly<Record<string, string>> = {
  'POST /2/dm_conversations/with/:participant_id/messages': '12',
  'POST /2/dm_conversations/:dm_conversation_id/messages': '12',
  'GET /2/dm_events': '12',
  'GET /2/dm_conversations/with/:participant_id/dm_events': '12',
  'GET /2/dm_conversations/:dm_conversation_id/dm_events': '12',
  'GET /2/users/me': '12',
  'GET /2/users/by/username/:username': '12a',
  'GET /2/users/:id': '12a',
  'GET /2/users/:id/mentions': '12a',
  'POST /2/tweets': '12',
  'GET /2/tweets/search/stream': 'a',
  'GET /2/tweets/search/stream/rules': 'a',
  'POST /2/tweets/search/stream/rules': 'a',
  'GET /2/connections': 'a',
  'DELETE /2/connections/all': 'a',
  'POST /2/webhooks': 'a',
  'GET /2/webhooks': 'a',
  'PUT /2/webhooks/:id': 'a',
  'DELETE /2/webhooks/:id': 'a',
  'POST /2/activity/subscriptions': '12a',
  'GET /2/activity/subscriptions': 'a',
  'PUT /2/activity/subscriptions/:id': 'a',
  'DELETE /2/activity/subscriptions/:id': 'a',
  'GET /2/activity/stream': 'a',
};

test('every endpoint takes the logins that X documents for it, and answers 403 to the others and 401 to none', async (t) => {
  const x = await sandbox(t, { limitsEnabled: false });
  assert.deepEqual(API_ROUTES.map(({ method, path }) => `${method} ${path}`).sort(), Object.keys(LOGINS).sort());
  const { access_token } = await x.control.issueTokens('bob', 'tweet.read tweet.write users.read dm.read dm.write');
  for (const [endpoint, logins] of Object.entries(LOGINS)) {
    const [method = '', path = ''] = endpoint.split(' ');
    const target = path.replace(/:[a-z_]+/g, '5');
    const body = method === 'POST' || method === 'PUT' ? { body: {} } : {};
    // A request that gets past the door fails on its empty body or unknown id, so that no stream is opened and nothing written.
    const query = path.endsWith('stream') ? '?unknown=1' : '';
    const answers = {
      1: await signedRequest(x.apiUrl, { method, target: target + query, ...('body' in body ? { body: '{}' } : {}) }),
      2: await bearerRequest(x.apiUrl, { token: access_token, method, target: target + query, ...body }),
      a: await bearerRequest(x.apiUrl, { token: SANDBOX_BEARER, method, target: target + query, ...body }),
    };
    for (const [login, answer] of Object.entries(answers)) {
      const isRefused = answer.status === 403 && answer.text.includes('unsupported-authentication');
      assert.equal(isRefused, !logins.includes(login), `${endpoint} with ${login}: ${answer.status} ${answer.text}`);
    }
    assert.equal((await bearerRequest(x.apiUrl, { token: 'nobody', method, target, ...body })).status, 401, endpoint);
  }
});
