import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { banner } from '../../src/app/banner.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { ServiceView } from '../../src/app/supervisor.ts';

const SOCKETS = (['udp', 'tcp'] as const).flatMap((protocol) =>
  ['0.0.0.0', '::'].map((address) => ({ protocol, address, port: 5060 })),
);
const EMBEDDED: ServiceView = {
  sockets: SOCKETS,
  database: { url: 'postgres://sipweet:hush@127.0.0.1:4444/sipweet', embedded: { folder: '/srv/.sipweet/postgres', port: 4444 } },
  x: { apiBase: 'http://127.0.0.1:4010', controlUrl: 'http://127.0.0.1:4011' },
  consoleUrl: 'http://127.0.0.1:4012',
};

function textOf(view: ServiceView, overrides: readonly string[] = []): string {
  const loaded = loadConfig({ searchPaths: [], overrides });
  return banner({ loaded, view, program: 'sipweet', address: '192.0.2.7' }).join('\n');
}

describe('what the start says', () => {
  test('at most 20 lines, and each default with what replaces it', () => {
    const text = textOf(EMBEDDED);
    assert.ok(text.split('\n').length <= 20);
    for (const name of ['sip.listen', 'script.path', 'DATABASE_URL', 'REDIS_URL', 'X_APP_KEY', 'X_ACCESS_SECRET']) {
      assert.ok(text.includes(name), name);
    }
    for (const place of ['udp:0.0.0.0:5060', 'tcp:[::]:5060', '/srv/.sipweet/postgres', 'http://127.0.0.1:4011', 'http://127.0.0.1:4012', '192.0.2.7:5060']) {
      assert.ok(text.includes(place), place);
    }
    assert.match(text, /sipweet user add bob --x bob_example --password/);
  });

  test('no password is shown, of the embedded database nor of others', () => {
    assert.doesNotMatch(textOf(EMBEDDED), /hush/);
    const remote = { ...EMBEDDED, database: { url: 'postgres://me:hush@db.example/sipweet', embedded: undefined } };
    const text = textOf(remote, ['queue.redisUrl=redis://me:hush@queue.example']);
    assert.doesNotMatch(text, /hush/);
    assert.match(text, /db\.example/);
    assert.match(text, /queue\.example/);
  });

  test('with real X nothing is said of a sandbox', () => {
    assert.doesNotMatch(textOf({ ...EMBEDDED, x: { apiBase: undefined, controlUrl: undefined } }), /sandbox|inbox/);
  });

  test('without the console nothing is said of it', () => {
    assert.doesNotMatch(textOf({ ...EMBEDDED, consoleUrl: undefined }), /4012|console\.port/);
  });

  test('phones are told the domain of the service when it has one', () => {
    assert.match(textOf(EMBEDDED, ['sip.domains=example.com']), /server example\.com,/);
  });

  test('many sockets stay one line', () => {
    const many = { ...EMBEDDED, sockets: Array.from({ length: 30 }, (_, at) => ({ ...SOCKETS[0]!, port: 6000 + at })) };
    assert.match(textOf(many), /udp:0\.0\.0\.0:6003 and 26 more/);
  });
});
