import assert from 'node:assert/strict';
import test from 'node:test';
import { accountIdOf } from '../../../../src/x/emulator/snowflake.ts';
import { sandbox, signedRequest } from '../../sandbox.ts';

test('an unknown account is 200 with errors and without data, by name and by id', async (t) => {
  const x = await sandbox(t, { autoCreateUsers: false });
  for (const [target, parameter, value] of [
    ['/2/users/by/username/nobody', 'username', 'nobody'],
    ['/2/users/12', 'id', '12'],
  ] as const) {
    const { status, json } = await signedRequest(x.apiUrl, { target });
    assert.equal(status, 200);
    assert.deepEqual(json, {
      errors: [
        {
          value,
          detail: `Could not find user with ${parameter}: [${value}].`,
          title: 'Not Found Error',
          resource_type: 'user',
          parameter,
          resource_id: value,
          type: 'https://api.x.com/2/problems/resource-not-found',
        },
      ],
    });
  }
});

test('fields come when asked for', async (t) => {
  const x = await sandbox(t);
  const target = `/2/users/${accountIdOf('sipweet')}?user.fields=created_at,receives_your_dm`;
  const { json } = await signedRequest(x.apiUrl, { target });
  const created_at = new Date(x.clock.now()).toISOString();
  assert.deepEqual(json, { data: { id: accountIdOf('sipweet'), name: 'sipweet', username: 'sipweet', created_at, receives_your_dm: true } });
});

test('a handle or an id that cannot exist is 400', async (t) => {
  const x = await sandbox(t);
  for (const target of ['/2/users/by/username/a234567890123456', '/2/users/by/username/b%20c', '/2/users/bob']) {
    assert.equal((await signedRequest(x.apiUrl, { target })).status, 400, target);
  }
});
