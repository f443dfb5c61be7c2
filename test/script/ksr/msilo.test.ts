import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { msiloRows } from '../../../src/script/ksr/msilo.ts';
import { registrarRows } from '../../../src/script/ksr/registrar.ts';
import { Silo } from '../../../src/script/modules/silo.ts';
import type { MessageStore } from '../../../src/script/ports.ts';
import type { RouteContext } from '../../../src/script/route-context.ts';
import type { KsrValue } from '../../../src/script/row.ts';
import { moduleStage, settled, type ModuleStage } from '../modules/module-stage.ts';
import { request } from '../route-fixture.ts';

async function msilo(route: RouteContext, name: string, ...args: readonly string[]): Promise<KsrValue | void> {
  return msiloRows.find((row) => row.name === name)!.run(route, ...args);
}

const TYPE = 'Content-Type: text/plain\r\n';

interface Parts {
  readonly uri?: string;
  readonly to?: string;
  readonly headers?: string;
  readonly body?: string;
}

const message = (parts: Parts = {}): string => request({ method: 'MESSAGE', headers: TYPE, body: 'hello', ...parts });

const keep = (here: ModuleStage, parts: Parts = {}) => msilo(here.route(message(parts)), 'mstore');

const waiting = (here: ModuleStage, username = 'bob') => here.messages.claim(username, '', here.clock.now(), 100);

/** Registers a phone of bob, or takes it away with `expires` 0, and runs `mdump` as a script does behind `save`. */
async function register(here: ModuleStage, { expires = 3600, parameters = '' } = {}): Promise<KsrValue | void> {
  const cseq = (here.sent.length + 1) * 10;
  const route = here.route(request({
    method: 'REGISTER', uri: 'sip:proxy.test', from: '<sip:bob@proxy.test>;tag=1', to: '<sip:bob@proxy.test>', cseq: `${cseq} REGISTER`,
    headers: `Contact: <sip:bob@192.0.2.10:5062>${parameters}\r\nExpires: ${expires}\r\n`,
  }));
  registrarRows.find((row) => row.name === 'save')!.run(route, 'location', 0);
  const code = await msilo(route, 'mdump');
  await settled();
  return code;
}

/** Answers the request that was sent last. */
async function answer(here: ModuleStage, status: number): Promise<void> {
  here.requests.sent.at(-1)!.onReply(status);
  await settled();
}

const sentBodies = (here: ModuleStage) => here.requests.sent.map((one) => one.request.body.replace(/^\[.*?\] /, ''));

describe('mstore', () => {
  test('keeps the message for the user of $ru: one spelling of his name, From and To, type, body and times', async () => {
    const here = moduleStage();
    assert.equal(await keep(here, { uri: 'sip:B%6fB@Proxy.test', headers: 'Content-Type: text/html; charset=utf-8\r\n', body: '<b>hi</b>' }), 1);
    const [kept] = await waiting(here);
    assert.deepEqual({ ...kept, id: 0 }, {
      id: 0,
      fromUri: 'sip:alice@example.com',
      toUri: 'sip:bob@proxy.test',
      contentType: 'text/html; charset=utf-8',
      body: '<b>hi</b>',
      receivedAtMs: here.clock.now(),
    });
    assert.equal(here.services.counters.define('msilo.stored', '').value, 1);
  });

  test('mstore_uri names the owner; mstore_addrs the addresses too, "" leaves those of the message', async () => {
    const here = moduleStage();
    assert.equal(await msilo(here.route(message()), 'mstore_uri', 'sip:carol@proxy.test'), 1);
    assert.equal(await msilo(here.route(message()), 'mstore_addrs', 'sip:carol@proxy.test', 'sip:x@example.com', ''), 1);
    const kept = await waiting(here, 'carol');
    assert.deepEqual(kept.map(({ fromUri, toUri }) => [fromUri, toUri]), [['sip:alice@example.com', 'sip:bob@proxy.test'], ['sip:x@example.com', 'sip:bob@proxy.test']]);
  });

  test('Expires shortens how long it is kept and does not lengthen it; 0 and rubbish count as none', async () => {
    for (const [expires, seconds] of [['60', 60], ['99999', 3600], ['0', 3600], ['soon', 3600]] as const) {
      const here = moduleStage();
      await keep(here, { headers: `${TYPE}Expires: ${expires}\r\n` });
      assert.equal((await here.messages.claim('bob', '', here.clock.now() + 1000 * seconds, 1)).length, 0, expires);
      assert.equal((await here.messages.claim('bob', '', here.clock.now() + 1000 * (seconds - 1), 1)).length, 1, expires);
    }
  });

  for (const [what, parts] of [
    ['without a body', { body: '' }],
    ['without a type', { headers: '' }],
    ['to nobody', { uri: 'sip:proxy.test' }],
    ['to a name that the table cannot hold', { uri: `sip:${'b'.repeat(65)}@proxy.test` }],
    ['with a type that the table cannot hold', { headers: `Content-Type: text/plain; x=${'y'.repeat(255)}\r\n` }],
    ['with a type that is more than ASCII', { headers: 'Content-Type: text/plain; x="\u00e9"\r\n' }],
  ] as const) {
    test(`-1 for a message ${what}, and the log says why`, async () => {
      const here = moduleStage();
      assert.equal(await keep(here, parts), -1);
      assert.equal(here.messages.size, 0);
      assert.match(here.logger.lines.at(-1)!.message, /^msilo: a message is not stored: /);
    });
  }

  test('-1 for a URI that is none', async () => {
    const here = moduleStage();
    assert.equal(await msilo(here.route(message()), 'mstore_uri', ''), -1);
    assert.equal(await msilo(here.route(message()), 'mstore_addrs', 'sip:bob@proxy.test', 'no uri', ''), -1);
  });

  test('-1 past what one user may have', async () => {
    const here = moduleStage();
    assert.deepEqual([await keep(here), await keep(here), await keep(here), await keep(here)], [1, 1, 1, -1]);
    assert.equal(here.services.counters.define('msilo.refused', '').value, 1);
  });

  test('a store that fails rejects, which is -1 to the script, and is counted', async () => {
    const here = moduleStage();
    (here.messages as MessageStore).store = () => Promise.reject(new Error('the database is away'));
    await assert.rejects(keep(here), /the database is away/);
    assert.equal(here.services.counters.define('msilo.refused', '').value, 1);
  });
});

describe('mdump', () => {
  test('sends what is kept behind a registration, one after another in their order, and removes what was taken', async () => {
    const here = moduleStage();
    for (const body of ['first', 'second']) await keep(here, { body });
    assert.equal(await register(here), 1);
    assert.deepEqual(sentBodies(here), ['first']);
    await answer(here, 200);
    assert.deepEqual(sentBodies(here), ['first', 'second']);
    await answer(here, 200);
    assert.deepEqual([here.messages.size, here.services.counters.define('msilo.delivered', '').value], [0, 2]);
    const { method, requestUri, fromUri } = here.requests.sent[0]!.request;
    assert.deepEqual([method, requestUri, fromUri], ['MESSAGE', 'sip:bob@proxy.test', 'sip:alice@example.com']);
  });

  test('goes to its owner whatever To its sender has written: nothing of ours carries it to others', async () => {
    const here = moduleStage();
    await keep(here, { to: '<sip:+15550100@gateway.test>' });
    await register(here);
    const { requestUri, toUri } = here.requests.sent[0]!.request;
    assert.deepEqual([requestUri, toUri], ['sip:bob@proxy.test', 'sip:+15550100@gateway.test']);
  });

  test('1 with nothing to send; mdump_uri names the user', async () => {
    const here = moduleStage();
    assert.equal(await register(here), 1);
    await keep(here, { uri: 'sip:carol@proxy.test' });
    assert.equal(await msilo(here.route(), 'mdump_uri', 'sip:Carol@elsewhere.test'), 1);
    assert.equal(here.requests.sent.length, 1);
    assert.equal(await msilo(here.route(), 'mdump_uri', 'sip:proxy.test'), -1);
  });

  test('-1 for a REGISTER that leaves no phone, or none that takes MESSAGE', async () => {
    const here = moduleStage();
    await keep(here);
    assert.equal(await register(here, { parameters: ';methods="INVITE,BYE"' }), -1);
    assert.equal(await register(here, { expires: 0 }), -1);
    assert.equal(here.requests.sent.length, 0);
  });

  test('a phone that does not answer: the message waits for the next registration, at once', async () => {
    const here = moduleStage();
    for (const body of ['first', 'second']) await keep(here, { body });
    await register(here);
    await answer(here, 408);
    assert.deepEqual([sentBodies(here), here.messages.size], [['first'], 2]);
    await register(here);
    assert.deepEqual(sentBodies(here), ['first', 'first']);
    assert.equal(here.services.counters.define('msilo.undelivered', '').value, 1);
  });

  test('a message that the phone refuses does not hold up the others, and stays', async () => {
    const here = moduleStage();
    for (const body of ['odd', 'plain']) await keep(here, { body });
    await register(here);
    await answer(here, 415);
    await answer(here, 200);
    assert.deepEqual([sentBodies(here), here.messages.size], [['odd', 'plain'], 1]);
  });

  test('a second registration while messages are delivered sends none of them twice, but is worth another look', async () => {
    const here = moduleStage();
    await keep(here, { body: 'first' });
    await register(here);
    assert.equal(await register(here), 1);
    assert.deepEqual(sentBodies(here), ['first']);
    await keep(here, { body: 'late' });
    // The phone that the first one was for is gone: the other phone gets it.
    await answer(here, 480);
    assert.deepEqual(sentBodies(here), ['first', 'first']);
    await answer(here, 200);
    await answer(here, 200);
    assert.deepEqual([sentBodies(here), here.messages.size], [['first', 'first', 'late'], 0]);
  });

  test('what cannot be sent at all waits', async () => {
    const here = moduleStage();
    await keep(here);
    here.requests.down = true;
    await register(here);
    assert.equal((await waiting(here)).length, 1);
  });

  test('mstore of a message that mdump is sending is -1: it is kept already', async () => {
    const here = moduleStage();
    here.requests.ownPort = 5999;
    await keep(here);
    await register(here);
    const { callId } = here.requests.sent[0]!.request;
    const again = message().replace('call-1@example.com', callId);
    assert.equal(await msilo(here.route(again, { source: { port: 5999 } }), 'mstore'), -1);
    // Somebody else who has seen the Call-ID is believed nothing.
    assert.equal(await msilo(here.route(again), 'mstore'), 1);
    await answer(here, 480);
    assert.equal(await msilo(here.route(again, { source: { port: 5999 } }), 'mstore'), 1);
  });

  test('a store that fails rejects; one that fails later ends the delivery with a line in the log', async () => {
    const here = moduleStage();
    const store = here.messages as MessageStore;
    const { claim } = here.messages;
    store.claim = () => Promise.reject(new Error('the database is away'));
    await assert.rejects(register(here), /the database is away/);
    store.claim = claim;
    await keep(here);
    await register(here);
    store.remove = () => Promise.reject(new Error('gone again'));
    await answer(here, 200);
    assert.deepEqual(here.logger.errors, ['msilo: messages are not delivered: gone again']);
    // The user is served again later.
    here.clock.advance(60_000);
    await register(here);
    assert.equal(here.requests.sent.length, 2);
  });

  test('a store that does not answer in time is -1 too', async () => {
    const here = moduleStage();
    (here.messages as MessageStore).claim = () => new Promise(() => {});
    const dumped = msilo(here.route(), 'mdump_uri', 'sip:bob@proxy.test');
    here.clock.advance(10_000);
    await assert.rejects(dumped, /no answer within 10000 ms/);
  });
});

test('expired messages are deleted every ten minutes, and counted', async () => {
  const here = moduleStage({ messageExpireS: 60 });
  here.modules.silo.start();
  await keep(here);
  here.clock.advance(600_000);
  await settled();
  assert.deepEqual([here.messages.size, here.services.counters.define('msilo.expired', '').value], [0, 1]);
  here.modules.silo.stop();
  assert.equal(here.clock.armed, 0);
});

test('a node without a store: every function fails', async () => {
  const here = moduleStage();
  const { clock, logger, counters } = here.services;
  const silo = new Silo({ store: undefined, requests: here.requests, clock, logger, counters, waitMs: 1000, showsDate: true });
  Object.assign(here.services.modules, { silo });
  await assert.rejects(keep(here), /no store for messages/);
  await assert.rejects(msilo(here.route(), 'mdump_uri', 'sip:bob@proxy.test'), /no store for messages/);
});
