import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { after, afterEach, describe, test } from 'node:test';
import { DialogKeys } from '../../src/script/modules/dialog-keys.ts';
import { Phone, headerValue, headerValues, statusOf, type PhoneOptions } from './phone.ts';
import { DOMAIN, Peer, ScriptCopy, USERS, replaceOnce, startDefaultService } from './sip-service.ts';

/** Faults and attacks against a whole node with the default script: what it does and does not do then. */
const internal = await fakeService('127.0.0.1', 0);
const internalPort = portOf(internal.server);
const internalUdp = await Peer.open(0);
/** Somebody else's service, on a port that is denied everywhere. */
const denied = await fakeService('127.0.0.77', 0);
const deniedHop = `127.0.0.77:${portOf(denied.server)};transport=tcp`;

/** Trusts no identity that comes from outside. */
const script = new ScriptCopy((original) => replaceOnce(original, 'function ksr_request_route()\n', 'function ksr_request_route()\n  KSR.hdr.remove("P-Asserted-Identity")\n'));
/** With it a test can play a dialog that went through the service. */
const SECRET = 'sixteen characters and more';
const service = await startDefaultService([`script.path=${script.path}`, `auth.nonceSecret=${SECRET}`, `routing.denyPorts=${portOf(denied.server)}`], { backEnds: [{ address: '127.0.0.1', port: internalPort }], ownPorts: [internalUdp.port] });
const phones: Phone[] = [];
const alice = await phoneOf('alice');
const proxy = `127.0.0.1:${service.port}`;

after(async () => {
  for (const phone of phones) phone.close();
  internalUdp.close();
  internal.server.close();
  denied.server.close();
  await service.node.close();
  script.remove();
});
afterEach(() => {
  for (const user of Object.keys(USERS)) service.node.registrar.unregister(user, DOMAIN);
  for (const phone of phones) phone.peer.received.length = 0;
});

async function phoneOf(user: string, options: Partial<PhoneOptions> = {}): Promise<Phone> {
  const phone = await Phone.open(service.port, { user, ...options });
  phones.push(phone);
  return phone;
}

/** A TCP service that is nobody's business, and how often somebody came. */
async function fakeService(address: string, port: number): Promise<{ server: Server; readonly visits: string[] }> {
  const visits: string[] = [];
  const server = createServer((socket) => {
    visits.push(`${socket.remoteAddress}:${socket.remotePort}`);
    socket.destroy();
  });
  server.listen(port, address);
  await once(server, 'listening');
  return { server, visits };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const bindings = (user: string): number => service.node.registrar.lookup(user, DOMAIN).length;

describe('6 huge things: at most 64 kB a message, refused or the connection closed, and no growth', () => {
  test('UDP: a header of 60 kB, 3000 headers and 500 Vias are answered, and the next request is served', async () => {
    for (const [what, headers, fits] of [
      ['70 Vias and ours', 'Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\n'.repeat(70), [200, 483]],
      ['a header of 60 kB', `X-Long: ${'x'.repeat(60_000)}\r\n`, [200, 400, 413, 513]],
      ['3000 headers', 'X: y\r\n'.repeat(3000), [400, 513]],
      ['500 Vias', 'Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\n'.repeat(500), [400, 483, 513]],
    ] as const) {
      const status = statusOf(await alice.send('OPTIONS', { headers }).final());
      assert.ok((fits as readonly number[]).includes(status), `${what}: ${status}`);
      assert.equal(statusOf(await alice.send('OPTIONS').final()), 200);
    }
  });

  test('TCP: a header without end closes the connection before a megabyte is taken', async () => {
    const taken = await takenUntilClosed(`OPTIONS sip:${DOMAIN} SIP/2.0\r\nX-Long: `);
    assert.ok(taken < 1_000_000, `${taken} bytes`);
  });

  test('TCP: Content-Length of 2^31-1 closes the connection before a megabyte is taken', async () => {
    const taken = await takenUntilClosed(
      `OPTIONS sip:${DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: huge\r\nCSeq: 1 OPTIONS\r\nContent-Length: 2147483647\r\n\r\n`,
    );
    assert.ok(taken < 1_000_000, `${taken} bytes`);
  });

  /** Sends the head and then filling until the service closes; how many bytes of it went out. */
  async function takenUntilClosed(head: string): Promise<number> {
    const socket = connect(service.tcpPort, '127.0.0.1');
    // A reset while we still write is what we hope for.
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    socket.write(head);
    const closed = once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
    const more = (): void => {
      // Small steps: what waits in buffers of the kernel was not taken by anybody.
      if (!socket.destroyed && socket.bytesWritten < 5_000_000) socket.write('x'.repeat(4096), () => setImmediate(more));
    };
    more();
    await closed;
    return socket.bytesWritten;
  }
});

describe('7 a REGISTER flood is bounded: the address is shut out, others are served, nothing is kept', () => {
  test('5000 from one address', async () => {
    const flooder = await phoneOf('alice', { address: '127.0.0.66' });
    for (let i = 0; i < 5000; i += 1) {
      flooder.peer.send(flooder.write('REGISTER', i + 1, `z9hG4bKflood${i}`, { callId: `flood-${i}`, tag: 'f' }));
      // The kernel's buffer would drop most of a burst before the service sees it.
      if (i % 50 === 49) await alice.fence();
    }
    assert.equal(statusOf(await alice.register()), 200, 'another phone registers meanwhile');
    const answered = flooder.peer.received.length;
    // 400 within a sampling unit of 2 s, and the flood may lie across two of them.
    assert.ok(answered > 0 && answered <= 800, `${answered} of 5000 were answered`);
    assert.ok(service.node.endpoint.serverTransactionCount <= 2, 'challenges keep no transactions');
    assert.equal(bindings('alice'), 1);
  });
});

describe('8 too many contacts: at most 10 a user, 503, and nothing changes', () => {
  test('1500 contacts in one REGISTER', async () => {
    const contact = Array.from({ length: 1500 }, (_, i) => `<sip:a${i}@127.0.0.1>`).join(',');
    assert.equal(statusOf(await alice.register({ contact })), 503);
    assert.equal(bindings('alice'), 0);
  });

  test('the eleventh contact is refused, and the answer with ten fits', async () => {
    for (let i = 0; i < 10; i += 1) assert.equal(statusOf(await alice.register({ contact: `<sip:a${i}@127.0.0.1>` })), 200);
    const refused = await alice.register({ contact: '<sip:a10@127.0.0.1>' });
    assert.equal(statusOf(refused), 503);
    assert.equal(bindings('alice'), 10);
    assert.equal(headerValues(await alice.register({ contact: '<sip:a9@127.0.0.1>' }), 'Contact').join().match(/<sip:a\d@/g)?.length, 10);
  });
});

describe('9 registrar rules of RFC 3261 §10.3', () => {
  for (const { rule, contact, headers = '', status, keeps } of [
    { rule: '* with Expires: 3600 is 400', contact: '*', headers: 'Expires: 3600\r\n', status: 400, keeps: 0 },
    { rule: '* beside another contact is 400', contact: '*, <sip:a@127.0.0.1>', headers: 'Expires: 0\r\n', status: 400, keeps: 0 },
    { rule: 'a contact that is no URI is 400', contact: '<dave>', status: 400, keeps: 0 },
    { rule: 'a tel: contact is 400', contact: '<tel:+123456>', status: 400, keeps: 0 },
    { rule: 'q=7 is 400', contact: '<sip:a@127.0.0.1>;q=7', status: 400, keeps: 0 },
    { rule: 'expires=2^32 is shortened to the longest', contact: '<sip:a@127.0.0.1>;expires=4294967296', status: 200, keeps: 1 },
    { rule: 'expires=-1 counts as the default', contact: '<sip:a@127.0.0.1>;expires=-1', status: 200, keeps: 1 },
  ]) {
    test(rule, async () => {
      const answer = await alice.request('REGISTER', { contact, headers });
      assert.equal(statusOf(answer), status);
      assert.equal(bindings('alice'), keeps);
      if (keeps > 0) assert.match(headerValue(answer, 'Contact'), /;expires=3600(;|$)/);
    });
  }

  test('expires=1 is too brief: 423 with Min-Expires', async () => {
    const answer = await alice.register({ expiresS: 1 });
    assert.equal(statusOf(answer), 423);
    assert.equal(headerValue(answer, 'Min-Expires'), '60');
    assert.equal(bindings('alice'), 0);
  });
});

describe('10 digest replay', () => {
  const uri = `sip:${DOMAIN}`;
  const challenge = (phone: Phone): Promise<string> => phone.send('REGISTER').final();
  const isStale = (answer: string): boolean => /stale=true/i.test(headerValue(answer, 'WWW-Authenticate'));

  test('the same count of a nonce again: 401 with stale=true and a new nonce', async () => {
    const first = await challenge(alice);
    const headers = alice.authorization(first, 'REGISTER', uri);
    assert.equal(statusOf(await alice.send('REGISTER', { headers }).final()), 200);
    const again = await alice.send('REGISTER', { headers }).final();
    assert.equal(statusOf(again), 401);
    assert.ok(isStale(again), headerValue(again, 'WWW-Authenticate'));
    assert.notEqual(headerValue(again, 'WWW-Authenticate'), headerValue(first, 'WWW-Authenticate'));
  });

  test('a phone that goes on counting keeps its nonce', async () => {
    const first = await challenge(alice);
    for (const count of [1, 2, 3]) {
      assert.equal(statusOf(await alice.send('REGISTER', { headers: alice.authorization(first, 'REGISTER', uri, { count }) }).final()), 200);
    }
  });

  test('from another address: 401, and nothing is registered', async () => {
    const thief = await phoneOf('alice', { address: '127.0.0.3' });
    const headers = alice.authorization(await challenge(alice), 'REGISTER', uri);
    assert.equal(statusOf(await thief.send('REGISTER', { headers }).final()), 401);
    assert.equal(bindings('alice'), 0);
  });

  test('for another method: refused', async () => {
    const headers = alice.authorization(await challenge(alice), 'REGISTER', uri).replace('Authorization:', 'Proxy-Authorization:');
    assert.equal(statusOf(await alice.send('MESSAGE', { headers }).final()), 407);
  });

  test('a nonce that we did not issue: 401', async () => {
    const forged = (await challenge(alice)).replace(/nonce="[^"]+"/, 'nonce="Zm9yZ2VkZm9yZ2VkZm9yZ2Vk"');
    assert.equal(statusOf(await alice.send('REGISTER', { headers: alice.authorization(forged, 'REGISTER', uri) }).final()), 401);
  });

  test("To: bob with alice's credentials is refused: no take-over of accounts", async () => {
    assert.equal(statusOf(await alice.register({ to: `<sip:bob@${DOMAIN}>` })), 403);
    assert.equal(statusOf(await alice.register({ to: `<sip:bob@${DOMAIN}>`, from: `<sip:bob@${DOMAIN}>` })), 403);
    assert.equal(bindings('bob'), 0);
  });

  test("From: bob with alice's credentials is refused: nobody calls in another's name", async () => {
    assert.equal(statusOf(await (await alice.call('carol', { from: `<sip:bob@${DOMAIN}>` })).final()), 403);
    assert.deepEqual(service.outbox.events, []);
  });
});

describe('12 names are only names', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', "x'or'1'='1", '*', '$(ru)', '%2e%2e%2fetc%2fpasswd', '%00', '%7Bx%7D']) {
    test(`${name} is no user: answered as any unknown name`, async () => {
      const user = await phoneOf(name, { password: 'undefined' });
      assert.equal(statusOf(await user.register()), 401);
      const stranger = await phoneOf('eve', { domain: 'elsewhere.example' });
      const call = await stranger.call('', { uri: `sip:${name}@${DOMAIN}` });
      assert.equal(statusOf(await call.final()), 480);
    });
  }
});

describe('13 header injection: bare CR, LF and NUL are refused, names are matched after trimming', () => {
  for (const [what, value] of [
    ['a bare LF', 'a\nP-Asserted-Identity: <sip:boss@example.com>'],
    ['a bare CR', 'a\rP-Asserted-Identity: <sip:boss@example.com>'],
    ['a NUL', 'a\0b'],
  ] as const) {
    test(`${what} inside of a header value: 400 or nothing, and no phone sees it`, async () => {
      const bob = await phoneOf('bob');
      assert.equal(statusOf(await bob.register()), 200);
      const stranger = await phoneOf('eve', { domain: 'elsewhere.example' });
      stranger.send('MESSAGE', { uri: `sip:bob@${DOMAIN}`, headers: `X-Subject: ${value}\r\n` });
      await stranger.fence();
      assert.deepEqual(bob.peer.received, []);
      assert.deepEqual(stranger.peer.received.map(statusOf).filter((status) => status !== 400), []);
    });
  }

  for (const name of ['P-Asserted-Identity :', 'P-Asserted-Identity\t:', 'p-asserted-identity  \t:', 'P-Asserted-Identity:\r\n ']) {
    test(`KSR.hdr.remove removes ${JSON.stringify(name)}`, async () => {
      const bob = await phoneOf('bob');
      assert.equal(statusOf(await bob.register()), 200);
      const stranger = await phoneOf('eve', { domain: 'elsewhere.example' });
      const sent = stranger.send('MESSAGE', { uri: `sip:bob@${DOMAIN}`, headers: `${name} <sip:boss@${DOMAIN}>\r\nX-Stays: yes\r\n` });
      const received = await bob.receive('MESSAGE');
      assert.doesNotMatch(received, /boss/);
      assert.match(received, /X-Stays: yes/);
      bob.reply(received, 200, 'OK');
      assert.equal(statusOf(await sent.final()), 200);
    });
  }

  test('%0d%0a in a user name stays escaped', async () => {
    const bob = await phoneOf('bob');
    assert.equal(statusOf(await bob.register()), 200);
    const stranger = await phoneOf('eve%0d%0aX-Evil:%20yes', { domain: 'elsewhere.example' });
    const sent = stranger.send('MESSAGE', { uri: `sip:bob@${DOMAIN}` });
    const received = await bob.receive('MESSAGE');
    assert.equal(headerValue(received, 'X-Evil'), '');
    assert.match(headerValue(received, 'From'), /eve%0d%0aX-Evil/i);
    bob.reply(received, 200, 'OK');
    assert.equal(statusOf(await sent.final()), 200);
  });
});

describe('15 stray messages', () => {
  test('a 200 that nobody asked for, with our Via on top, is dropped', async () => {
    const victim = await phoneOf('victim');
    const before = service.count('sip.stray-responses');
    for (const branch of ['z9hG4bKguess', 'z9hG4bK0', '']) {
      const via = `SIP/2.0/UDP ${proxy}${branch === '' ? '' : `;branch=${branch}`}`;
      alice.peer.send(
        `SIP/2.0 200 OK\r\nVia: ${via}\r\nVia: SIP/2.0/UDP 127.0.0.1:${victim.peer.port};branch=z9hG4bKv\r\n` +
          'From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: stray\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n',
      );
    }
    await alice.fence();
    await victim.fence();
    assert.deepEqual(victim.peer.received, []);
    assert.equal(service.count('sip.stray-responses'), before + 3);
  });

  test('CANCEL without INVITE: 481', async () => {
    assert.equal(statusOf(await alice.send('CANCEL', { uri: `sip:bob@${DOMAIN}` }).final()), 481);
  });

  for (const method of ['BYE', 'PRACK', 'UPDATE', 'INFO']) {
    test(`${method} of a dialog that does not exist: 481`, async () => {
      assert.equal(statusOf(await alice.send(method, { uri: `sip:bob@${DOMAIN}`, to: `<sip:bob@${DOMAIN}>;tag=nobody` }).final()), 481);
    });
  }

  test('ACK of nothing: silence', async () => {
    alice.send('ACK', { uri: `sip:bob@${DOMAIN}`, to: `<sip:bob@${DOMAIN}>;tag=nobody` });
    await alice.fence();
    assert.deepEqual(alice.peer.received, []);
  });
});

describe('16 a next hop out of a Route or a Contact never reaches our own back ends', () => {
  for (const [what, hop, uri] of [
    ['a back end over TCP', `127.0.0.1:${internalPort};transport=tcp`, 'sip:x@elsewhere.example'],
    ['a back end over TCP, by a name of the machine', `localhost:${internalPort};transport=tcp`, 'sip:x@elsewhere.example'],
    ['a back end in IPv6 clothes', `[::ffff:127.0.0.1]:${internalPort};transport=tcp`, 'sip:x@elsewhere.example'],
    ['a port that is denied everywhere', deniedHop, 'sip:x@elsewhere.example'],
    ['a port of our own over UDP', `127.0.0.1:${internalUdp.port}`, 'sip:x@elsewhere.example'],
    ['a back end as the Request-URI', '', `sip:x@127.0.0.1:${internalPort};transport=tcp`],
  ] as const) {
    test(`Route to ${what}: refused, no connection`, async () => {
      // Of a dialog that is known: otherwise the Route would not even be looked at.
      const callId = `${what.length}-${hop.length}@phone`;
      const route = `Route: <sip:${proxy};lr;dk=${new DialogKeys(SECRET).of(callId)}>\r\n${hop === '' ? '' : `Route: <sip:${hop};lr>\r\n`}`;
      const answer = await alice.send('MESSAGE', { uri, callId, to: '<sip:x@elsewhere.example>;tag=made-up', headers: route, body: 'SET a b\r\nQUIT\r\n' }).final();
      const status = statusOf(answer);
      assert.ok(status >= 400 && status !== 407, String(status));
      await alice.fence();
      assert.deepEqual([...internal.visits, ...denied.visits], []);
      assert.deepEqual(internalUdp.received, []);
    });
  }

  test('a registered Contact to a back end: the call fails, no connection', async () => {
    for (const contact of [`<sip:bob@127.0.0.1:${internalPort};transport=tcp>`, `<sip:bob@${deniedHop}>`, `<sip:bob@127.0.0.1:${internalUdp.port}>`]) {
      const bob = await phoneOf('bob');
      assert.equal(statusOf(await bob.register({ contact })), 200);
      const answer = await (await alice.call('bob')).final();
      assert.ok(statusOf(answer) >= 400, String(statusOf(answer)));
      service.node.registrar.unregister('bob', DOMAIN);
    }
    assert.deepEqual([...internal.visits, ...denied.visits], []);
    assert.deepEqual(internalUdp.received, []);
  });

  test('a stranger cannot use us to reach other domains: 403', async () => {
    const stranger = await phoneOf('eve', { domain: 'elsewhere.example' });
    assert.equal(statusOf(await (await stranger.call('', { uri: 'sip:x@third.example' })).final()), 403);
    assert.equal(statusOf(await (await stranger.call('', { uri: 'sip:x@third.example', headers: `Route: <sip:${proxy};lr>\r\n` })).final()), 403);
  });
});

describe('a To tag and a Route with our name do not make an open relay of us', () => {
  /** Somebody whom nobody has asked for anything. */
  const BYSTANDER = `sip:x@127.0.0.1:${internalUdp.port}`;
  const KEY = 'a-dialog@phone';
  const inDialog = (parameters: string) => ({ uri: 'sip:x@third.example', to: '<sip:x@third.example>;tag=made-up', callId: KEY, headers: `Route: <sip:${proxy};lr${parameters}>\r\n` });

  test('a stranger who has made them up: 403, and nothing is sent', async () => {
    const stranger = await phoneOf('eve', { domain: 'elsewhere.example' });
    for (const parameters of ['', ';dk=', `;dk=${new DialogKeys('another secret, also long').of(KEY)}`, `;dk=${new DialogKeys(SECRET).of('another-dialog@phone')}`]) {
      for (const method of ['INVITE', 'BYE', 'MESSAGE', 'REFER']) {
        assert.equal(statusOf(await stranger.send(method, { ...inDialog(parameters), uri: BYSTANDER }).final()), 403, `${method} ${parameters}`);
      }
      stranger.send('ACK', { ...inDialog(parameters), uri: BYSTANDER });
    }
    await stranger.fence();
    assert.deepEqual(internalUdp.received, []);
  });

  test('a user of ours has to log in for it, as for the first request of a dialog', async () => {
    assert.equal(statusOf(await alice.send('BYE', inDialog('')).final()), 407);
  });

  test('a dialog that went through us goes on without a log-in, for both sides', async () => {
    const bob = await phoneOf('bob');
    await bob.register();
    const attempt = await alice.call('bob');
    const invite = await bob.receive('INVITE');
    bob.reply(invite, 200, 'OK');
    const answer = await attempt.final();
    assert.equal(statusOf(answer), 200);
    assert.match(headerValue(answer, 'Record-Route'), /;dk=[\w-]{12}[;>]/);
    const routes = headerValues(answer, 'Record-Route').map((value) => `Route: ${value}\r\n`).join('');
    const [from = '', tag = ''] = headerValue(answer, 'To').split(';tag=');
    const info = bob.send('INFO', { uri: alice.contact.replace(/[<>]/g, ''), callId: attempt.callId, from, tag, to: headerValue(answer, 'From'), headers: routes });
    alice.reply(await alice.receive('INFO'), 200, 'OK');
    assert.equal(statusOf(await info.final()), 200);
    const bye = attempt.inDialog('BYE', answer);
    bob.reply(await bob.receive('BYE'), 200, 'OK');
    assert.equal(statusOf(await bye.response()), 200);
  });
});

describe('17 a fork loop is refused and the service stays responsive', () => {
  for (const { rule, contacts, headers } of [
    { rule: 'two bindings that point back at us', contacts: 2, headers: '' },
    { rule: 'ten bindings that point back at us', contacts: 10, headers: '' },
    { rule: 'ten bindings, and the sender asks for a Max-Breadth of a million', contacts: 10, headers: 'Max-Breadth: 1000000\r\n' },
  ]) {
    for (const method of ['OPTIONS', 'INVITE']) {
      test(`${method} to ${rule}: refused with 482 or 440 within a bounded number of datagrams`, async () => {
        const bob = await phoneOf('bob');
        for (let i = 0; i < contacts; i += 1) {
          assert.equal(statusOf(await bob.register({ contact: `<sip:bob@${proxy};loop=${i}>` })), 200);
        }
        const stranger = await phoneOf('eve', { domain: 'elsewhere.example' });
        const before = service.count('sip.requests');
        const attempt = stranger.send(method, { uri: `sip:bob@${DOMAIN}`, headers });
        const startedMs = performance.now();
        await alice.fence();
        assert.ok(performance.now() - startedMs < 1000, 'others are served at once');
        const status = statusOf(await attempt.final());
        assert.ok([440, 482, 483].includes(status), `${status}`);
        const requests = service.count('sip.requests') - before;
        assert.ok(requests < 200, `${requests} requests came of one`);
      });
    }
  }
});
