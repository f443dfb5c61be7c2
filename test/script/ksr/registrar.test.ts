import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { registrarRows } from '../../../src/script/ksr/registrar.ts';
import { slRows } from '../../../src/script/ksr/sl.ts';
import { openTransaction } from '../../../src/script/relay.ts';
import type { RouteContext } from '../../../src/script/route-context.ts';
import { callable, request } from '../route-fixture.ts';
import { parseSent, values } from '../modules/digest-phone.ts';
import { moduleStage, settled, type ModuleStage } from '../modules/module-stage.ts';

const registrar = callable(registrarRows);
const sl = callable(slRows);

interface Registration {
  readonly user?: string;
  readonly contact?: string;
  readonly cseq?: number;
  readonly headers?: string;
  readonly expires?: number;
}

/** A REGISTER that came from the contact's own address unless the test says otherwise. */
function registerOf({ user = 'bob', contact = '<sip:bob@192.0.2.10:5062>', cseq = 1, headers = '', expires = 3600 }: Registration = {}): string {
  const contacts = contact === '' ? '' : `Contact: ${contact}\r\nExpires: ${expires}\r\n`;
  return request({ method: 'REGISTER', uri: 'sip:proxy.test', from: `<sip:${user}@proxy.test>;tag=1`, to: `<sip:${user}@proxy.test>`, cseq: `${cseq} REGISTER`, headers: contacts + headers });
}

function save(here: ModuleStage, registration: Registration = {}, flags = 0) {
  return registrar(here.route(registerOf(registration)), 'save', 'location', flags);
}

const targets = (route: RouteContext) => route.takeTargets().map(({ requestUri, destinationUri, path, q }) => ({ requestUri, destinationUri, path, q }));

describe('save', () => {
  test('1 added, 2 updated, 4 asked only, 3 removed by the star', () => {
    const here = moduleStage();
    assert.equal(save(here), 1);
    assert.equal(save(here, { cseq: 2 }), 2);
    assert.equal(save(here, { cseq: 3, contact: '' }), 4);
    assert.equal(save(here, { cseq: 4, contact: '*', expires: 0 }), 3);
  });

  test('sends the 200 itself, with the contacts and their seconds', () => {
    const here = moduleStage();
    const route = here.route(registerOf());
    registrar(route, 'save', 'location', 0);
    const reply = parseSent(here.sent[0]);
    assert.deepEqual([reply.status, values(reply, 'Contact')], [200, ['<sip:bob@192.0.2.10:5062>;expires=3600']]);
    assert.equal(route.repliedStatelessly, true);
  });

  test('sends a refusal itself too: 423 with Min-Expires, -1; a following sl_reply_error() gives -2 and sends nothing', () => {
    const here = moduleStage();
    const route = here.route(registerOf({ expires: 5 }));
    assert.equal(registrar(route, 'save', 'location', 0), -1);
    assert.deepEqual([parseSent(here.sent[0]).status, values(parseSent(here.sent[0]), 'Min-Expires')], [423, ['60']]);
    assert.equal(sl(route, 'sl_reply_error'), -2);
    assert.equal(here.sent.length, 1);
  });

  test('-2 and 503 for too many contacts of one user', () => {
    const here = moduleStage();
    const contact = Array.from({ length: 21 }, (_, n) => `<sip:bob@192.0.2.10:${6000 + n}>`).join(', ');
    assert.equal(save(here, { contact }), -2);
    assert.equal(parseSent(here.sent[0]).status, 503);
  });

  test('goes through the transaction when there is one', () => {
    const here = moduleStage();
    const route = here.route(registerOf());
    openTransaction(route);
    registrar(route, 'save', 'location', 0);
    assert.deepEqual([route.transaction!.context.finalStatus, route.repliedStatelessly], [200, false]);
  });

  test('flag 2 sends nothing, and reg_send_reply sends it then', () => {
    const here = moduleStage();
    const route = here.route(registerOf());
    assert.equal(registrar(route, 'reg_send_reply'), -1);
    assert.equal(registrar(route, 'save', 'location', 2), 1);
    assert.deepEqual(here.sent, []);
    assert.equal(registrar(route, 'reg_send_reply'), 1);
    assert.deepEqual(values(parseSent(here.sent[0]), 'Contact'), ['<sip:bob@192.0.2.10:5062>;expires=3600']);
  });

  test('flag 4 leaves the user this one contact', () => {
    const here = moduleStage();
    save(here, { contact: '<sip:bob@192.0.2.10:5062>, <sip:bob@192.0.2.10:5064>' });
    save(here, { cseq: 2, contact: '<sip:bob@192.0.2.10:5066>' }, 4);
    const route = here.route();
    registrar(route, 'lookup', 'location');
    assert.deepEqual(targets(route).map(({ requestUri }) => requestUri), ['sip:bob@192.0.2.10:5066']);
  });

  test('-1 for another table, which is logged, for another method and for a reply', () => {
    const here = moduleStage();
    assert.equal(registrar(here.route(registerOf()), 'save', 'aliases', 0), -1);
    assert.match(here.logger.errors[0]!, /domain not found/);
    assert.equal(registrar(here.route(request()), 'save', 'location', 0), -1);
    assert.deepEqual(here.sent, []);
  });

  test('save_uri takes the URI in place of To', () => {
    const here = moduleStage();
    assert.equal(registrar(here.route(registerOf()), 'save_uri', 'location', 0, 'sip:desk@proxy.test'), 1);
    assert.deepEqual(['desk', 'bob'].map((user) => registrar(here.route(), 'registered_uri', 'location', `sip:${user}@proxy.test`)), [1, -1]);
  });
});

describe('save when registrations are written before they are answered', () => {
  test('waits for the store, then answers', async () => {
    let written: () => void = () => {};
    const here = moduleStage({ flushRegistrations: () => new Promise((resolve) => (written = resolve)) });
    const row = registrarRows.find(({ name }) => name === 'save')!;
    const code = row.run(here.route(registerOf()), 'location', 0);
    await settled();
    assert.deepEqual(here.sent, []);
    written();
    assert.equal(await code, 1);
    assert.equal(parseSent(here.sent[0]).status, 200);
  });

  test('answers 500 and gives -1 when the store does not take it', async () => {
    const here = moduleStage({ flushRegistrations: () => Promise.reject(new Error('away')) });
    const row = registrarRows.find(({ name }) => name === 'save')!;
    assert.equal(await row.run(here.route(registerOf()), 'location', 0), -1);
    assert.equal(parseSent(here.sent[0]).status, 500);
  });

  test('answers at once when nothing changed', () => {
    const here = moduleStage({ flushRegistrations: () => Promise.reject(new Error('not to be asked')) });
    assert.equal(save(here, { contact: '' }), 4);
  });
});

describe('lookup', () => {
  test('1: $ru becomes the contact with the highest q, the others branches, best first', () => {
    const here = moduleStage();
    save(here, { contact: '<sip:bob@192.0.2.10:5001>;q=0.3, <sip:bob@192.0.2.10:5002>;q=1.0, <sip:bob@192.0.2.10:5003>;q=0.5' });
    const route = here.route();
    assert.equal(registrar(route, 'lookup', 'location'), 1);
    assert.equal(route.requestUri, 'sip:bob@192.0.2.10:5002');
    assert.match(route.ruid, /^uloc-/);
    assert.deepEqual(targets(route).map(({ requestUri, q }) => [requestUri, q]), [['sip:bob@192.0.2.10:5002', 1000], ['sip:bob@192.0.2.10:5003', 500], ['sip:bob@192.0.2.10:5001', 300]]);
  });

  test('a contact behind a NAT is sent to where its REGISTER came from ($du)', () => {
    const here = moduleStage();
    registrar(here.route(registerOf({ contact: '<sip:bob@10.1.1.1:5060>' })), 'save', 'location', 0);
    const route = here.route();
    route.destinationUri = 'sip:old.test';
    registrar(route, 'lookup', 'location');
    assert.deepEqual([route.requestUri, route.destinationUri], ['sip:bob@10.1.1.1:5060', 'sip:192.0.2.10:5062']);
  });

  test('$du is emptied when the contact itself is the way', () => {
    const here = moduleStage();
    save(here);
    const route = here.route();
    route.destinationUri = 'sip:old.test';
    registrar(route, 'lookup', 'location');
    assert.equal(route.destinationUri, '');
  });

  test('a Path leads to the contact (RFC 3327)', () => {
    const here = moduleStage();
    save(here, { headers: 'Supported: path\r\nPath: <sip:edge.test;lr>\r\n' });
    const route = here.route();
    registrar(route, 'lookup', 'location');
    assert.deepEqual([route.path, route.destinationUri], ['<sip:edge.test;lr>', '']);
  });

  test('header components of a contact do not reach the Request-URI (§19.1.1)', () => {
    const here = moduleStage();
    save(here, { contact: '<sip:bob@192.0.2.10:5062?Route=%3Csip:evil.test%3E>' });
    const route = here.route();
    registrar(route, 'lookup', 'location');
    assert.equal(route.requestUri, 'sip:bob@192.0.2.10:5062');
  });

  test('branch flags that were set at registration are those of its branch', () => {
    const here = moduleStage();
    const register = here.route(registerOf());
    register.branchFlags = 4;
    registrar(register, 'save', 'location', 0);
    const route = here.route();
    route.branchFlags = 1;
    registrar(route, 'lookup', 'location');
    assert.equal(route.branchFlags, 5);
  });

  test('targets past the bound on branches, those with the lowest q, are not tried', () => {
    const here = moduleStage();
    const contact = Array.from({ length: 15 }, (_, n) => `<sip:bob@192.0.2.10:${6000 + n}>;q=${(n / 100).toFixed(2)}`).join(', ');
    save(here, { contact });
    const route = here.route();
    assert.equal(registrar(route, 'lookup', 'location'), 1);
    const tried = targets(route).map(({ requestUri }) => requestUri);
    assert.deepEqual([tried.length, tried[0], tried.at(-1)], [12, 'sip:bob@192.0.2.10:6014', 'sip:bob@192.0.2.10:6003']);
  });

  test('-1 nobody registered or another table, -2 no contact takes the method, -3 no user in the URI', () => {
    const here = moduleStage();
    assert.equal(registrar(here.route(), 'lookup', 'location'), -1);
    save(here, { contact: '<sip:bob@192.0.2.10:5062>;methods="OPTIONS,MESSAGE"' });
    assert.equal(registrar(here.route(), 'lookup', 'location'), -2);
    assert.equal(registrar(here.route(request({ method: 'MESSAGE' })), 'lookup', 'location'), 1);
    assert.equal(registrar(here.route(request({ uri: 'sip:proxy.test' })), 'lookup', 'location'), -3);
    assert.equal(registrar(here.route(), 'lookup', 'aliases'), -1);
  });

  test('an ended binding is not found', () => {
    const here = moduleStage();
    save(here, { expires: 60 });
    here.clock.advance(60_000);
    assert.equal(registrar(here.route(), 'lookup', 'location'), -1);
  });

  test('lookup_uri finds the user of the URI, whatever $ru is', () => {
    const here = moduleStage();
    save(here);
    const route = here.route(request({ uri: 'sip:desk@proxy.test' }));
    assert.equal(registrar(route, 'lookup_uri', 'location', 'sip:bob@proxy.test'), 1);
    assert.equal(route.requestUri, 'sip:bob@192.0.2.10:5062');
  });

  test('lookup_to_dset leaves $ru and makes all contacts branches', () => {
    const here = moduleStage();
    save(here);
    const route = here.route(request({ uri: 'sip:desk@proxy.test' }));
    assert.equal(registrar(route, 'lookup_to_dset', 'location', 'sip:bob@proxy.test'), 1);
    assert.deepEqual(targets(route).map(({ requestUri }) => requestUri), ['sip:desk@proxy.test', 'sip:bob@192.0.2.10:5062']);
  });
});

test('registered and its kin give 1 or -1 and change nothing', () => {
  const here = moduleStage();
  save(here);
  const route = here.route();
  assert.deepEqual([registrar(route, 'registered', 'location'), registrar(route, 'registered_uri', 'location', 'sip:alice@proxy.test'), registrar(route, 'registered_uri', 'location', '')], [1, -1, 1]);
  assert.deepEqual([registrar(route, 'registered_flags', 'location', 'sip:bob@proxy.test', 7), registrar(route, 'registered', 'aliases')], [1, -1]);
  assert.equal(route.requestUri, 'sip:bob@proxy.test');
});

test('unregister gives 1, then -3; -1 for what is no user\'s URI', () => {
  const here = moduleStage();
  save(here);
  const route = here.route();
  const codes = ['sip:bob@proxy.test', 'sip:bob@proxy.test', 'sip:proxy.test', 'bob'].map((uri) => registrar(route, 'unregister', 'location', uri));
  assert.deepEqual(codes, [1, -3, -1, -1]);
});

test('unregister_ruid removes the one contact of that record id', () => {
  const here = moduleStage();
  save(here, { contact: '<sip:bob@192.0.2.10:5001>;q=0.3, <sip:bob@192.0.2.10:5002>;q=1.0' });
  const route = here.route();
  registrar(route, 'lookup', 'location');
  const { ruid } = route;
  assert.deepEqual([registrar(route, 'unregister_ruid', 'location', '', ruid), registrar(route, 'unregister_ruid', 'location', '', ruid)], [1, -3]);
  const next = here.route();
  registrar(next, 'lookup', 'location');
  assert.equal(next.requestUri, 'sip:bob@192.0.2.10:5001');
});
