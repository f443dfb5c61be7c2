import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyOf } from '../../src/app/conversation-workers.ts';
import { loadConfig } from '../../src/config/load.ts';

const policy = (...overrides: string[]) => policyOf(loadConfig({ searchPaths: [], overrides }).config);

test('the address of a user of ours has a host that the SIP process serves, whatever the realm is called', () => {
  for (const [overrides, domain] of [
    [[], 'sipweet'],
    [['sip.domains=example.com,example.net'], 'example.com'],
    [['sip.domains=example.com:5070'], 'example.com:5070'],
    [['sip.domains=example.com', 'auth.realm=Our telephones'], 'example.com'],
    [['sip.advertise=192.0.2.7', 'auth.realm=Our telephones'], '192.0.2.7'],
  ] as const) {
    assert.equal(policy(...overrides).domain, domain, overrides.join(' '));
  }
});

test('all hosts that are ours are known as such, in lower case', () => {
  assert.deepEqual(policy('sip.domains=Example.com,example.net:5070', 'sip.advertise=192.0.2.7', 'auth.realm=Phones').ownDomains, ['example.com', 'phones', 'example.net', '192.0.2.7']);
});
