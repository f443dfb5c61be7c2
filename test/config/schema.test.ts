import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { realmOf } from '../../src/config/auth.ts';
import { addressBlock, hostOrAny, listenAddress, numberPrefix, portNumber, servedDomain } from '../../src/config/notations.ts';
import { nearest } from '../../src/config/nearest.ts';
import { configPage } from '../../src/config/page.ts';
import { ENTRIES } from '../../src/config/schema.ts';
import { environmentName } from '../../src/config/section.ts';
import type { Notation, Option } from '../../src/config/option.ts';

describe('schema', () => {
  test('docs/config.md is what the schema says (else: npm run docs)', () => {
    assert.equal(readFileSync('docs/config.md', 'utf8'), configPage());
  });

  test('every default passes its own check', () => {
    const check = (path: string, option: Option<unknown>) => {
      for (const [name, field] of Object.entries(option.fields ?? {})) check(`${path}.${name}`, field);
      if (option.default === undefined) return;
      assert.deepEqual(option.schema.parse(option.format(option.default)), option.default, path);
    };
    for (const { path, option } of ENTRIES) check(path, option);
  });

  test('no environment name belongs to two options', () => {
    const names = ENTRIES.flatMap(({ environment }) => environment);
    assert.equal(new Set(names).size, names.length);
  });

  test('the doc of an option is whole sentences, and one with a unit in its name says the unit', () => {
    for (const { path, option } of ENTRIES) {
      assert.match(option.doc, /\.$/, path);
      if (/[a-z]Ms$/.test(path)) assert.match(option.doc, /milliseconds/i, path);
      if (/[a-z]S$/.test(path)) assert.match(option.doc, /seconds/i, path);
      if (/Bytes$/.test(path)) assert.match(option.doc, /bytes/, path);
    }
  });

  test('names of the environment are words divided by underscores', () => {
    assert.equal(environmentName('sip', 't1Ms'), 'SIPWEET_SIP_T1_MS');
    assert.equal(environmentName('sip', 'timerCMs'), 'SIPWEET_SIP_TIMER_C_MS');
    assert.equal(environmentName('limits', 'maxTcpConnectionsPerAddress'), 'SIPWEET_LIMITS_MAX_TCP_CONNECTIONS_PER_ADDRESS');
  });

  test('RFC 3261 §16.6 step 11: Timer C must be larger than three minutes', () => {
    const { option } = ENTRIES.find(({ path }) => path === 'sip.timerCMs')!;
    assert.equal(option.schema.safeParse(180_000).success, false);
    assert.equal(option.schema.safeParse(180_001).success, true);
  });

  test('a header value has no line end', () => {
    const { option } = ENTRIES.find(({ path }) => path === 'sip.serverHeader')!;
    assert.equal(option.schema.safeParse('a\r\nVia: x').success, false);
  });

  test('the realm is the one that is set, else the first domain, else sipweet', () => {
    const sip = { domains: [{ host: 'a.example' }, { host: 'b.example' }] };
    assert.equal(realmOf({ auth: { realm: 'r' }, sip }), 'r');
    assert.equal(realmOf({ auth: { realm: undefined }, sip }), 'a.example');
    assert.equal(realmOf({ auth: { realm: undefined }, sip: { domains: [] } }), 'sipweet');
  });
});

describe('notations', () => {
  const rejects = (notation: Pick<Notation<unknown>, 'read'>, texts: readonly string[]) => {
    for (const text of texts) assert.equal(notation.read(text), undefined, text);
  };

  test('a listen address is transport:address:port with an address of the machine, not a name', () => {
    assert.deepEqual(listenAddress.read('TCP:[::1]:0'), { transport: 'tcp', host: '::1', port: 0 });
    rejects(listenAddress, ['udp:5060', 'udp:localhost:5060', 'udp:::1:5060', 'udp:[1.2.3.4]:5060', 'udp:1.2.3.4:65536', 'udp:1.2.3.4', '']);
  });

  test('a domain is a host name or an address, with or without a port', () => {
    assert.deepEqual(servedDomain.read('SIP.Example.com'), { host: 'sip.example.com', port: undefined });
    assert.deepEqual(servedDomain.read('[::1]:5060'), { host: '::1', port: 5060 });
    rejects(servedDomain, ['sip:a.example', 'a b', '-a.example', 'a..example', 'a.example:0', 'a.example:', '::1', '[a]', '']);
  });

  test('a block is an address with a prefix that fits its family', () => {
    assert.deepEqual(addressBlock.read('::/0'), { address: '::', prefixLength: 0, family: 6 });
    rejects(addressBlock, ['10.0.0.0/33', '10.0.0.0/', '10.0.0/8', 'a.example', '10.0.0.0/8/8', '::/129']);
  });

  test('a port is from 1 to 65535', () => {
    assert.equal(portNumber.read('5432'), 5432);
    rejects(portNumber, ['0', '65536', '-1', '5e3', '']);
  });

  test('a prefix of numbers has its plus and its country code: without them nobody knows what it allows', () => {
    assert.equal(numberPrefix.read('+4930'), '+4930');
    rejects(numberPrefix, ['49', '+', '+0', '0049', '+49 30', '+49*', '+1234567890123456', '*', '']);
  });

  test('a host or any of them: no ports', () => {
    assert.deepEqual(['*', 'Example.ORG', '[::1]'].map((text) => hostOrAny.read(text)), ['*', 'example.org', '[::1]']);
    rejects(hostOrAny, ['example.org:5060', '*.example.org', 'sip:a.example', '']);
  });
});

test('the nearest word ignores case, _ and -, and is none when too much differs or two fit', () => {
  const known = ['maxContacts', 'maxExpiresS', 'write'];
  assert.equal(nearest('max_contacts', known), 'maxContacts');
  assert.equal(nearest('maxContcats', known), 'maxContacts');
  assert.equal(nearest('wirte', known), undefined);
  assert.equal(nearest('wite', known), 'write');
  assert.equal(nearest('colour', known), undefined);
  assert.equal(nearest('max', known), undefined);
  assert.equal(nearest('max_c', known), 'maxContacts');
});
