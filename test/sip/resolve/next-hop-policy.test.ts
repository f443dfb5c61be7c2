import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasLoopbackListener, NextHopPolicy, type NextHopRules } from '../../../src/sip/resolve/next-hop-policy.ts';

const OPEN: NextHopRules = {
  allowLoopback: false,
  allow: [],
  deny: [],
  denyPorts: [],
  backEnds: [],
  ownPorts: [],
  ownAddresses: [],
};

const policy = (rules: Partial<NextHopRules> = {}) => new NextHopPolicy({ ...OPEN, ...rules });

describe('addresses that nothing is ever sent to', () => {
  const unroutable = [
    '0.0.0.0', '0.1.2.3', '224.0.1.75', '239.255.255.255', '240.0.0.1', '255.255.255.255',
    '::', '0:0:0:0:0:0:0:0', '::2', '::127.0.0.1', 'ff02::1', 'FF0E::101', '::ffff:0.0.0.0', '::ffff:224.0.0.1', '::FFFF:ffff:ffff',
  ];
  for (const address of unroutable) {
    test(`${address} is refused, also where loopback is allowed`, () => {
      assert.equal(policy({ allowLoopback: true }).refusal(address, 5060), 'unroutable');
    });
  }

  for (const text of ['localhost', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '', 'fe80::1%eth0', '[::1', 'example.com']) {
    test(`${JSON.stringify(text)} is no address`, () => {
      assert.equal(policy({ allowLoopback: true }).refusal(text, 5060), 'not-an-address');
    });
  }

  for (const address of ['192.0.2.1', '10.1.2.3', '223.255.255.255', '126.255.255.255', '128.0.0.1', '2001:db8::1', 'fe80::1', '::1:0:0:1']) {
    test(`${address} is allowed`, () => assert.equal(policy().refusal(address, 5060), undefined));
  }
});

describe('loopback', () => {
  const spellings = [
    '127.0.0.1', '127.255.255.254', '::1', '[::1]', '0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001', '::0001', '::0.0.0.1',
    '::ffff:127.0.0.1', '::FFFF:7f00:1', '0:0:0:0:0:ffff:127.0.0.1', '[::ffff:127.9.9.9]',
  ];
  for (const address of spellings) {
    test(`${address} is refused, and allowed by the option`, () => {
      assert.equal(policy().refusal(address, 5060), 'loopback');
      assert.equal(policy({ allowLoopback: true }).refusal(address, 5060), undefined);
    });
  }

  test('a node serves its own machine when it listens on loopback, not when it listens everywhere', () => {
    assert.equal(hasLoopbackListener(['192.0.2.1', '127.0.0.1']), true);
    assert.equal(hasLoopbackListener(['::1']), true);
    assert.equal(hasLoopbackListener(['0.0.0.0', '::', '192.0.2.1']), false);
  });
});

describe('our own back ends', () => {
  const rules = {
    allowLoopback: true,
    ownPorts: [5432, 8025],
    ownAddresses: ['192.0.2.10', '2001:db8:0:0:0:0:0:10'],
    backEnds: [{ address: '10.0.0.7', port: 6379 }, { address: '2001:DB8::7', port: 5432 }],
  };

  for (const address of ['127.0.0.1', '127.0.0.53', '::1', '192.0.2.10', '::ffff:192.0.2.10', '2001:db8::10', '2001:DB8::0010']) {
    test(`a port of ours is refused at ${address}, the others are not`, () => {
      const own = policy(rules);
      assert.equal(own.refusal(address, 5432), 'back-end');
      assert.equal(own.refusal(address, 8025), 'back-end');
      assert.equal(own.refusal(address, 5060), undefined);
    });
  }

  test('a service elsewhere is refused at its address and port only', () => {
    const own = policy(rules);
    assert.equal(own.refusal('10.0.0.7', 6379), 'back-end');
    assert.equal(own.refusal('::ffff:10.0.0.7', 6379), 'back-end');
    assert.equal(own.refusal('2001:db8:0::7', 5432), 'back-end');
    assert.equal(own.refusal('10.0.0.7', 5432), undefined);
    assert.equal(own.refusal('10.0.0.8', 6379), undefined);
  });

  test('an address of ours with a back end of its own has the ports of both', () => {
    const own = policy({ ...rules, backEnds: [{ address: '192.0.2.10', port: 9000 }] });
    assert.deepEqual([9000, 5432, 9001].map((port) => own.refusal('192.0.2.10', port)), ['back-end', 'back-end', undefined]);
  });
});

describe('lists of the operator', () => {
  test('a denied network is refused, IPv4-mapped too', () => {
    const denied = policy({ deny: [{ address: '169.254.0.0', prefixLength: 16, family: 4 }] });
    assert.equal(denied.refusal('169.254.169.254', 80), 'denied');
    assert.equal(denied.refusal('::ffff:a9fe:a9fe', 80), 'denied');
    assert.equal(denied.refusal('169.253.0.1', 80), undefined);
  });

  test('a denied port is refused at every address', () => {
    const denied = policy({ denyPorts: [25] });
    assert.equal(denied.refusal('203.0.113.9', 25), 'port');
    assert.equal(denied.refusal('203.0.113.9', 5060), undefined);
  });

  test('an allow list refuses all others, and denial wins over it', () => {
    const strict = policy({
      allow: [{ address: '198.51.100.0', prefixLength: 24, family: 4 }],
      deny: [{ address: '198.51.100.66', prefixLength: 32, family: 4 }],
    });
    assert.equal(strict.refusal('198.51.100.1', 5060), undefined);
    assert.equal(strict.refusal('198.51.101.1', 5060), 'not-allowed');
    assert.equal(strict.refusal('2001:db8::1', 5060), 'not-allowed');
    assert.equal(strict.refusal('198.51.100.66', 5060), 'denied');
  });
});

test('verdicts stay right past the number of addresses that is remembered', () => {
  const own = policy({ ownPorts: [5432], ownAddresses: ['10.0.0.1'] });
  for (let n = 0; n < 9000; n += 1) own.refusal(`10.1.${n >> 8}.${n & 255}`, 5060);
  assert.equal(own.refusal('10.0.0.1', 5432), 'back-end');
  assert.equal(own.refusal('10.1.0.0', 5432), undefined);
});

test("the service's own user agent is admitted: that very address and port, and nothing else there", () => {
  const rules = policy({ allowLoopback: false, ownPorts: [5432] });
  assert.equal(rules.refusal('127.0.0.1', 40_000), 'loopback');
  rules.admit('127.0.0.1', 40_000);
  assert.deepEqual(
    [['127.0.0.1', 40_000], ['127.0.0.1', 40_001], ['127.0.0.2', 40_000], ['127.0.0.1', 5432], ['192.0.2.7', 40_000]].map(([address, port]) => rules.refusal(address as string, port as number)),
    [undefined, 'loopback', 'loopback', 'loopback', undefined],
  );
});
