import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { OAuth1Verifier, parseAuthorization, percentEncode, signatureOf } from '../../../src/x/emulator/oauth1.ts';
import { SANDBOX_KEYS } from '../../../src/x/emulator/sandbox-keys.ts';

const START_MS = Date.UTC(2026, 7, 1);

/** A header signed for `target`, with fields that the test may replace. */
function header(target: string, fields: Record<string, string> = {}, origin = 'https://api.x.com'): string {
  const all = new Map(
    Object.entries({
      oauth_consumer_key: SANDBOX_KEYS.appKey,
      oauth_nonce: 'nonce-1',
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: String(START_MS / 1000),
      oauth_token: SANDBOX_KEYS.accessToken,
      oauth_version: '1.0',
      ...fields,
    }),
  );
  const { appSecret, accessSecret: tokenSecret } = SANDBOX_KEYS;
  const signature = signatureOf({ method: 'GET', target, host: '', authorization: '' }, { origin, fields: all, appSecret, tokenSecret });
  if (!all.has('oauth_signature')) all.set('oauth_signature', signature);
  return `OAuth ${[...all].map(([name, value]) => `${name}="${percentEncode(value)}"`).join(', ')}`;
}

const request = (target: string, authorization: string, host = 'api.x.com') => ({ method: 'GET', target, host, authorization });

describe('the signature', () => {
  // The worked example of X's page "Creating a signature": a form field, a query parameter, spaces, commas, `!` and `+`.
  const fields = new Map([
    ['oauth_consumer_key', 'xvz1evFS4wEEPTGEFPHBog'],
    ['oauth_nonce', 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', '1318622958'],
    ['oauth_token', '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb'],
    ['oauth_version', '1.0'],
  ]);

  test('agrees with the example of X', () => {
    const signed = {
      method: 'POST',
      target: '/1.1/statuses/update.json?include_entities=true',
      host: 'api.twitter.com',
      authorization: '',
      form: 'status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21',
    };
    const signature = signatureOf(signed, {
      origin: 'https://api.twitter.com',
      fields,
      appSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
      tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
    });
    assert.equal(signature, 'hCtSmYh+iHYCEqBWrE7C7hYmtUk=');
  });

  test('RFC 5849 §3.6: everything but unreserved characters is encoded, in upper case', () => {
    assert.equal(percentEncode("Ladies + Gentlemen!*'()"), 'Ladies%20%2B%20Gentlemen%21%2A%27%28%29');
    assert.equal(percentEncode('-._~☃'), '-._~%E2%98%83');
  });
});

describe('the header', () => {
  test('is read with and without spaces after commas', () => {
    assert.deepEqual(parseAuthorization('OAuth a="1",b="%2B"'), new Map([['a', '1'], ['b', '+']]));
    assert.deepEqual(parseAuthorization('OAuth a="1",  b="2" '), new Map([['a', '1'], ['b', '2']]));
  });

  test('is none when it is broken, says a thing twice or is of another kind', () => {
    for (const text of ['', 'Bearer x', 'OAuth', 'OAuth a=1', 'OAuth a="1",a="2"', 'OAuth a="%zz"', 'OAuth a="1"b="2"']) {
      assert.equal(parseAuthorization(text), undefined, text);
    }
  });
});

describe('the verifier', () => {
  const verifierAt = (clock = new VirtualClock(START_MS)) => ({ clock, verifier: new OAuth1Verifier(SANDBOX_KEYS, clock) });
  const why = (verdict: { ok: boolean; why?: string }) => (verdict.ok ? 'ok' : verdict.why);

  test('takes the origin that the client believes to call, or its own', () => {
    const { verifier } = verifierAt();
    assert.equal(why(verifier.verify(request('/2/users/me', header('/2/users/me')))), 'ok');
    const own = header('/2/users/me', { oauth_nonce: 'n2' }, 'http://127.0.0.1:4010');
    assert.equal(why(verifier.verify(request('/2/users/me', own, '127.0.0.1:4010'))), 'ok');
    const old = header('/2/users/me', { oauth_nonce: 'n3' }, 'https://api.twitter.com');
    assert.equal(why(verifier.verify(request('/2/users/me', old, 'api.twitter.com'))), 'ok');
    const other = header('/2/users/me', { oauth_nonce: 'n4' }, 'https://evil.example');
    assert.equal(why(verifier.verify(request('/2/users/me', other, 'evil.example'))), 'wrong signature');
  });

  test('covers method, path and query', () => {
    const { verifier } = verifierAt();
    const signed = header('/2/dm_events?max_results=5');
    assert.equal(why(verifier.verify(request('/2/dm_events?max_results=50', signed))), 'wrong signature');
    assert.equal(why(verifier.verify(request('/2/dm_events', signed))), 'wrong signature');
    assert.equal(why(verifier.verify({ ...request('/2/dm_events?max_results=5', signed), method: 'POST' })), 'wrong signature');
    assert.equal(why(verifier.verify(request('/2/dm_events?max_results=5', signed))), 'ok');
  });

  test('the order of query parameters does not matter, a repeated one counts by value', () => {
    const { verifier } = verifierAt();
    assert.equal(why(verifier.verify(request('/2/x?b=1&a=2&a=1', header('/2/x?a=1&a=2&b=1')))), 'ok');
  });

  test('a nonce is good once per timestamp', () => {
    const { verifier } = verifierAt();
    assert.equal(why(verifier.verify(request('/2/users/me', header('/2/users/me')))), 'ok');
    assert.equal(why(verifier.verify(request('/2/users/me', header('/2/users/me')))), 'nonce used before');
    const later = header('/2/users/me', { oauth_timestamp: String(START_MS / 1000 + 1) });
    assert.equal(why(verifier.verify(request('/2/users/me', later))), 'ok');
  });

  test('a request with a wrong signature does not use its nonce up', () => {
    const { verifier } = verifierAt();
    const forged = header('/2/users/me', { oauth_signature: 'AAAA' });
    assert.equal(why(verifier.verify(request('/2/users/me', forged))), 'wrong signature');
    assert.equal(why(verifier.verify(request('/2/users/me', header('/2/users/me')))), 'ok');
  });

  test('a timestamp is good for five minutes to either side, a replay no moment longer', () => {
    const { clock, verifier } = verifierAt();
    const signed = header('/2/users/me');
    assert.equal(why(verifier.verify(request('/2/users/me', signed))), 'ok');
    clock.advance(300_000);
    assert.equal(why(verifier.verify(request('/2/users/me', signed))), 'nonce used before');
    clock.advance(1);
    assert.equal(why(verifier.verify(request('/2/users/me', signed))), 'timestamp too far off');
    const early = header('/2/users/me', { oauth_timestamp: String(START_MS / 1000 + 601) });
    assert.equal(why(verifier.verify(request('/2/users/me', early))), 'timestamp too far off');
  });

  test('names what else is wrong', () => {
    const { verifier } = verifierAt();
    const verdict = (fields: Record<string, string>) => why(verifier.verify(request('/2/users/me', header('/2/users/me', fields))));
    assert.equal(verdict({ oauth_consumer_key: 'other' }), 'unknown app key');
    assert.equal(verdict({ oauth_token: 'other' }), 'unknown access token');
    assert.equal(verdict({ oauth_signature_method: 'PLAINTEXT' }), 'signature method is not HMAC-SHA1');
    assert.equal(verdict({ oauth_version: '2.0' }), 'version is not 1.0');
    assert.equal(verdict({ oauth_timestamp: 'now' }), 'no timestamp');
    assert.equal(verdict({ oauth_nonce: '' }), 'no nonce, or one that is too long');
    assert.equal(why(verifier.verify(request('/2/users/me', ''))), 'no OAuth header, or a broken one');
  });
});
