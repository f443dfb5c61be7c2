import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { NextHopPolicy, type NextHopRules } from '../../../src/sip/resolve/next-hop-policy.ts';
import { ServerLocator, type LocateQuery, type Location, type LocatorOptions } from '../../../src/sip/resolve/server-locator.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryDns } from './memory-dns.ts';

interface Setup {
  readonly rules?: Partial<NextHopRules>;
  readonly options?: Partial<LocatorOptions>;
  readonly random?: () => number;
}

function fixture({ rules = {}, options = {}, random = () => 0.5 }: Setup = {}) {
  const dns = new MemoryDns();
  const clock = new VirtualClock();
  const closed = { allowLoopback: false, allow: [], deny: [], denyPorts: [], backEnds: [], ownPorts: [], ownAddresses: [] };
  const policy = new NextHopPolicy({ ...closed, ...rules });
  const locator = new ServerLocator({ dns, policy, clock, random, options, counters: new Counters() });
  const ask = (host: string, more: Partial<LocateQuery> = {}) => locator.locate({ host, port: 0, transport: '', secure: false, ...more });
  return { dns, clock, ask };
}

/** `udp 192.0.2.1 5060`, …, or the failure. */
function shown({ targets, failure }: Location): string {
  return failure ?? targets.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`).join(', ');
}

/** Insists that the answer came at once. */
function now(answer: Location | Promise<Location>): string {
  assert.ok(!(answer instanceof Promise), 'no promise');
  return shown(answer);
}

async function later(answer: Location | Promise<Location>): Promise<string> {
  assert.ok(answer instanceof Promise, 'a promise');
  return shown(await answer);
}

const srv = (target: string, port = 5060, priority = 1, weight = 1) => ({ target, port, priority, weight });
const naptr = (service: string, replacement: string, order: number, preference = 1, flags = 's') =>
  ({ service, replacement, order, preference, flags });

describe('RFC 3263 §4.1, §4.2 numeric hosts need no DNS and no promise', () => {
  for (const [what, host, more, expected] of [
    ['UDP and 5060 by default', '192.0.2.1', {}, 'udp 192.0.2.1 5060'],
    ['port and transport as they stand', '192.0.2.1', { port: 5070, transport: 'tcp' }, 'tcp 192.0.2.1 5070'],
    ['transport in any case', '192.0.2.1', { transport: 'TCP' }, 'tcp 192.0.2.1 5060'],
    ['IPv6 in brackets', '[2001:DB8::1]', {}, 'udp 2001:db8::1 5060'],
    ['IPv4-mapped IPv6 is IPv4', '[::ffff:192.0.2.1]', {}, 'udp 192.0.2.1 5060'],
    ['a transport that we do not speak', '192.0.2.1', { transport: 'sctp' }, 'unsupported'],
    ['sips', '192.0.2.1', { secure: true }, 'unsupported'],
    ['loopback', '127.0.0.1', {}, 'forbidden'],
    ['loopback behind a mapped address', '[::ffff:7f00:1]', { port: 6379, transport: 'tcp' }, 'forbidden'],
  ] as const) {
    test(what, () => {
      const { dns, ask } = fixture();
      assert.equal(now(ask(host, more)), expected);
      assert.deepEqual(dns.questions, []);
    });
  }
});

describe('RFC 3263 §4.1 choosing the transport of a name', () => {
  test('NAPTR decides by order, then preference; services that we do not speak are passed over', async () => {
    const { dns, ask } = fixture();
    dns.naptrs['sip.test'] = [
      naptr('SIP+D2U', 'udp.sip.test', 30),
      naptr('SIPS+D2T', 'tls.sip.test', 10),
      naptr('sip+d2t', 'tcp2.sip.test', 20, 2, 'S'),
      naptr('SIP+D2T', 'tcp1.sip.test', 20, 1),
      naptr('SIP+D2U', 'odd.sip.test', 5, 1, 'u'),
    ];
    dns.srvs['udp.sip.test'] = [srv('c.sip.test', 5062)];
    dns.srvs['tcp1.sip.test'] = [srv('a.sip.test', 5061)];
    dns.srvs['tcp2.sip.test'] = [srv('b.sip.test')];
    Object.assign(dns.hosts, { 'a.sip.test': ['192.0.2.1'], 'b.sip.test': ['192.0.2.2'], 'c.sip.test': ['192.0.2.3'] });
    assert.equal(await later(ask('sip.test')), 'tcp 192.0.2.1 5061, tcp 192.0.2.2 5060, udp 192.0.2.3 5062');
  });

  test('without NAPTR the SRV names of all our transports are asked, UDP first', async () => {
    const { dns, ask } = fixture();
    dns.srvs['_sip._udp.sip.test'] = [srv('a.sip.test', 5070)];
    dns.srvs['_sip._tcp.sip.test'] = [srv('a.sip.test', 5080)];
    dns.hosts['a.sip.test'] = ['192.0.2.1'];
    assert.equal(await later(ask('sip.test')), 'udp 192.0.2.1 5070, tcp 192.0.2.1 5080');
  });

  test('SRV for TCP only means TCP', async () => {
    const { dns, ask } = fixture();
    dns.srvs['_sip._tcp.sip.test'] = [srv('a.sip.test')];
    Object.assign(dns.hosts, { 'a.sip.test': ['192.0.2.1'], 'sip.test': ['192.0.2.9'] });
    assert.equal(await later(ask('sip.test')), 'tcp 192.0.2.1 5060');
  });

  test('without NAPTR and SRV it is UDP to the addresses of the host, port 5060', async () => {
    const { dns, ask } = fixture();
    dns.hosts['sip.test'] = ['192.0.2.1', '2001:db8::1', '192.0.2.2'];
    assert.equal(await later(ask('sip.test')), 'udp 192.0.2.1 5060, udp 192.0.2.2 5060, udp 2001:db8::1 5060');
  });

  test('a transport in the URI skips NAPTR and asks its SRV name only', async () => {
    const { dns, ask } = fixture();
    dns.srvs['_sip._tcp.sip.test'] = [srv('a.sip.test', 5080)];
    dns.hosts['a.sip.test'] = ['192.0.2.1'];
    assert.equal(await later(ask('sip.test', { transport: 'tcp' })), 'tcp 192.0.2.1 5080');
    assert.deepEqual(dns.questions, ['SRV _sip._tcp.sip.test', 'A a.sip.test', 'AAAA a.sip.test']);
  });

  test('a port in the URI skips NAPTR and SRV', async () => {
    const { dns, ask } = fixture();
    dns.srvs['_sip._udp.sip.test'] = [srv('a.sip.test')];
    dns.hosts['sip.test'] = ['192.0.2.1'];
    assert.equal(await later(ask('sip.test', { port: 5099 })), 'udp 192.0.2.1 5099');
    assert.deepEqual(dns.questions, ['A sip.test', 'AAAA sip.test']);
  });

  test('only the families that we have are asked, in our order', async () => {
    const { dns, ask } = fixture({ options: { families: [6, 4] } });
    dns.hosts['sip.test'] = ['192.0.2.1', '2001:db8::1'];
    assert.equal(await later(ask('sip.test', { port: 5060 })), 'udp 2001:db8::1 5060, udp 192.0.2.1 5060');
    const four = fixture({ options: { families: [4] } });
    four.dns.hosts['sip.test'] = ['2001:db8::1'];
    assert.equal(await later(four.ask('sip.test')), 'not-found');
  });
});

describe('RFC 3263 §4.3, RFC 2782 order of the servers', () => {
  test('by priority, then drawn by weight anew for each request', async () => {
    let drawn = 0;
    const { dns, ask } = fixture({ random: () => drawn });
    dns.srvs['_sip._udp.sip.test'] = [srv('backup.test', 5060, 20, 0), srv('a.test', 5060, 10, 90), srv('b.test', 5060, 10, 10)];
    Object.assign(dns.hosts, { 'a.test': ['192.0.2.1'], 'b.test': ['192.0.2.2'], 'backup.test': ['192.0.2.9'] });
    assert.equal(await later(ask('sip.test')), 'udp 192.0.2.1 5060, udp 192.0.2.2 5060, udp 192.0.2.9 5060');
    drawn = 0.99;
    assert.equal(now(ask('sip.test')), 'udp 192.0.2.2 5060, udp 192.0.2.1 5060, udp 192.0.2.9 5060');
  });

  test('the target "." says that the service is not there: no fallback to the host', async () => {
    const { dns, ask } = fixture();
    dns.srvs['_sip._udp.sip.test'] = [srv('.', 0)];
    dns.hosts['sip.test'] = ['192.0.2.1'];
    assert.equal(await later(ask('sip.test')), 'not-found');
  });

  test('a domain with very many servers makes a bounded number of questions and targets', async () => {
    const { dns, ask } = fixture();
    dns.srvs['_sip._udp.sip.test'] = Array.from({ length: 200 }, (_, n) => srv(`s${n}.test`, 5060, n));
    for (let n = 0; n < 200; n += 1) dns.hosts[`s${n}.test`] = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];
    const location = await ask('sip.test', { transport: 'udp' });
    assert.equal(location.targets.length, 16);
    assert.equal(dns.questions.length, 1 + 2 * 16);
  });
});

describe('every target has passed the next-hop policy', () => {
  test('a name that points to loopback or a back end is as forbidden as the address', async () => {
    const { dns, ask } = fixture({ rules: { backEnds: [{ address: '10.0.0.7', port: 6379 }] } });
    Object.assign(dns.hosts, { 'evil.test': ['127.0.0.1', '::ffff:127.0.0.1', '::1'], 'redis.test': ['10.0.0.7'] });
    assert.equal(await later(ask('evil.test')), 'forbidden');
    assert.equal(await later(ask('redis.test', { port: 6379, transport: 'tcp' })), 'forbidden');
    assert.equal(await later(ask('redis.test', { port: 5060 })), 'udp 10.0.0.7 5060');
  });

  test('what is allowed of a mixed answer is used', async () => {
    const { dns, ask } = fixture();
    dns.hosts['mixed.test'] = ['127.0.0.1', '192.0.2.1', '0.0.0.0'];
    assert.equal(await later(ask('mixed.test')), 'udp 192.0.2.1 5060');
  });

  test('RFC 6761 §6.3 localhost is this machine, without DNS, and under the policy', () => {
    const { dns, ask } = fixture();
    assert.equal(now(ask('LocalHost.')), 'forbidden');
    assert.equal(now(fixture({ rules: { allowLoopback: true } }).ask('sip.localhost', { port: 5070 })), 'udp 127.0.0.1 5070, udp ::1 5070');
    assert.deepEqual(dns.questions, []);
  });
});

describe('what is remembered', () => {
  test('an answer, at once and for its TTL', async () => {
    const { dns, clock, ask } = fixture();
    dns.hosts['sip.test'] = ['192.0.2.1'];
    dns.ttlSeconds = 300;
    await later(ask('sip.test', { port: 5060 }));
    clock.advance(299_999);
    assert.equal(now(ask('SIP.Test.', { port: 5060 })), 'udp 192.0.2.1 5060');
    clock.advance(1);
    dns.hosts['sip.test'] = ['192.0.2.2'];
    assert.equal(await later(ask('sip.test', { port: 5060 })), 'udp 192.0.2.2 5060');
  });

  test('a TTL of 0 holds for a second, one of a year for an hour, none for a minute', async () => {
    for (const [ttlSeconds, heldMs] of [[0, 1000], [31_536_000, 3_600_000], [undefined, 60_000]] as const) {
      const { dns, clock, ask } = fixture();
      dns.hosts['sip.test'] = ['192.0.2.1'];
      dns.ttlSeconds = ttlSeconds;
      await later(ask('sip.test'));
      clock.advance(heldMs - 1);
      now(ask('sip.test'));
      clock.advance(1);
      await later(ask('sip.test'));
    }
  });

  test('that there is nothing, for 30 s', async () => {
    const { clock, ask } = fixture();
    assert.equal(await later(ask('no.test')), 'not-found');
    clock.advance(29_999);
    assert.equal(now(ask('no.test')), 'not-found');
    clock.advance(1);
    await later(ask('no.test'));
  });

  test('that DNS did not answer, for 5 s', async () => {
    const { dns, clock, ask } = fixture();
    dns.failing.add('A sip.test').add('AAAA sip.test');
    assert.equal(await later(ask('sip.test')), 'dns-error');
    assert.equal(now(ask('sip.test')), 'dns-error');
    clock.advance(5000);
    dns.failing.clear();
    dns.hosts['sip.test'] = ['192.0.2.1'];
    assert.equal(await later(ask('sip.test')), 'udp 192.0.2.1 5060');
  });

  test('a resolver that does not know NAPTR is no hindrance', async () => {
    const { dns, ask } = fixture();
    dns.failing.add('NAPTR sip.test');
    dns.hosts['sip.test'] = ['192.0.2.1'];
    assert.equal(await later(ask('sip.test')), 'udp 192.0.2.1 5060');
  });

  test('a bounded number of names: the oldest makes room', async () => {
    const { dns, ask } = fixture({ options: { maxRemembered: 2 } });
    for (const name of ['a.test', 'b.test', 'c.test']) {
      dns.hosts[name] = ['192.0.2.1'];
      await later(ask(name));
    }
    now(ask('b.test'));
    now(ask('c.test'));
    await later(ask('a.test'));
  });
});

describe('look-ups are bounded', () => {
  test('one look-up serves all that ask for the same meanwhile', async () => {
    const { dns, ask } = fixture();
    dns.hosts['sip.test'] = ['192.0.2.1'];
    const answers = [ask('sip.test', { port: 5060 }), ask('sip.test', { port: 5060 })];
    for (const answer of answers) assert.equal(await later(answer), 'udp 192.0.2.1 5060');
    assert.equal(dns.questions.length, 2);
  });

  test('no answer within the deadline is a timeout, and no timer is left', async () => {
    const { dns, clock, ask } = fixture();
    dns.silent.add('A slow.test');
    const answer = ask('slow.test');
    clock.advance(5000);
    assert.equal(await later(answer), 'timeout');
    assert.equal(clock.armed, 0);
  });

  test('past the limit of look-ups the next one fails at once', async () => {
    const { dns, ask } = fixture({ options: { maxLookups: 1 } });
    dns.silent.add('A slow.test');
    void ask('slow.test');
    assert.equal(now(ask('other.test')), 'overloaded');
  });

  for (const host of ['', 'a..b', '-', 'ex ample.com', 'x'.repeat(64), `${'a.'.repeat(127)}com`, 'caf\xe9.test', '127.1', '2130706433', '[::1', 'a/b']) {
    test(`${JSON.stringify(host.slice(0, 20))} makes at most harmless questions and reaches nothing`, async () => {
      const { ask } = fixture();
      assert.equal(shown(await ask(host)), 'not-found');
    });
  }
});
