import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PHONE, Stage, contactValues, register } from './stage.ts';

const A = '<sip:alice@192.0.2.10>';
const B = '<sip:alice@192.0.2.11>';

describe('§10.3 step 5: the address-of-record', () => {
  test('is the To header, and a lookup finds it in any spelling', () => {
    const stage = new Stage();
    assert.equal(stage.save([A], { user: '%61lice' }).code, 1);
    assert.deepEqual(stage.contacts('Alice'), ['sip:alice@192.0.2.10']);
  });

  test('To must be a SIP URI, else 400', () => {
    const result = new Stage().save([A], { to: '<tel:+4930123>' });
    assert.deepEqual([result.code, result.status], [-1, 400]);
  });

  test('an address-of-record without a user, or with one that no table holds, is not found', () => {
    assert.equal(new Stage().save([A], { to: '<sip:example.com>' }).status, 404);
    assert.equal(new Stage().save([A], { user: 'x'.repeat(65) }).status, 404);
    assert.equal(new Stage().save([A], { user: 'x'.repeat(64) }).status, 200);
  });

  test('save_uri: the script may name another one', () => {
    const stage = new Stage();
    stage.save([A], {}, { aorUri: 'sip:reception@example.com' });
    assert.deepEqual(stage.contacts('reception'), ['sip:alice@192.0.2.10']);
    assert.deepEqual(stage.contacts('alice'), []);
    assert.equal(stage.save([A], {}, { aorUri: 'nonsense' }).code, -1);
  });

  test('the domain counts only when it is told to', () => {
    const stage = new Stage({ useDomain: true });
    stage.save([A], { to: '<sip:alice@One.example>' });
    assert.deepEqual(stage.contacts('alice', 'one.EXAMPLE'), ['sip:alice@192.0.2.10']);
    assert.deepEqual(stage.contacts('alice', 'two.example'), []);
  });
});

describe('§10.3 step 6: queries and the star', () => {
  test('without Contact nothing changes and all bindings are listed (KEMI 4)', () => {
    const stage = new Stage();
    stage.save([A]);
    const result = stage.save([], { cseq: 2 });
    assert.deepEqual([result.code, result.status, result.changed], [4, 200, false]);
    assert.deepEqual(contactValues(result), [`${A};expires=3600`]);
  });

  test('* with Expires: 0 takes all away (KEMI 3)', () => {
    const stage = new Stage();
    stage.save([A, B]);
    const result = stage.save(['*'], { cseq: 2, lines: ['Expires: 0'] });
    assert.deepEqual([result.code, contactValues(result)], [3, []]);
    assert.deepEqual(stage.contacts(), []);
  });

  test('§10.2.2 * without Expires: 0 is 400 and takes nothing away', () => {
    const stage = new Stage();
    stage.save([A]);
    assert.equal(stage.save(['*'], { cseq: 2, lines: ['Expires: 3600'] }).status, 400);
    assert.equal(stage.save(['*'], { cseq: 3 }).status, 400);
    assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.10']);
  });

  test('§10.2.2 * beside another contact is 400 in either order', () => {
    const stage = new Stage();
    stage.save([A]);
    assert.equal(stage.save(['*', B], { cseq: 2, lines: ['Expires: 0'] }).status, 400);
    assert.equal(stage.save([`${B}, *`], { cseq: 3, lines: ['Expires: 0'] }).status, 400);
    assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.10']);
  });

  test('* with a CSeq that is not higher than that of a binding of the same Call-ID fails as a whole', () => {
    const stage = new Stage();
    stage.save([A], { callId: 'other', cseq: 9 });
    stage.save([B], { cseq: 5 });
    assert.equal(stage.save(['*'], { cseq: 5, lines: ['Expires: 0'] }).code, -1);
    assert.equal(stage.contacts().length, 2);
    assert.equal(stage.save(['*'], { cseq: 6, lines: ['Expires: 0'] }).code, 3);
  });
});

describe('§10.3 step 7: how long', () => {
  const granted = (contact: string, lines: string[] = []) => contactValues(new Stage().save([contact], { lines }))[0];

  test('the expires parameter wins over the Expires header, and that over the default', () => {
    assert.equal(granted(`${A};expires=120`, ['Expires: 240']), `${A};expires=120`);
    assert.equal(granted(A, ['Expires: 240']), `${A};expires=240`);
    assert.equal(granted(A), `${A};expires=3600`);
  });

  test('§10.2.1.1 a malformed value counts as the default', () => {
    assert.equal(granted(`${A};expires=soon`), `${A};expires=3600`);
    assert.equal(granted(`${A};expires=-1`), `${A};expires=3600`);
    assert.equal(granted(A, ['Expires: 1 hour']), `${A};expires=3600`);
  });

  test('more than the maximum is lowered to it, however many digits it has', () => {
    assert.equal(granted(`${A};expires=7200`), `${A};expires=3600`);
    assert.equal(granted(`${A};expires=99999999999999999999`), `${A};expires=3600`);
  });

  test('less than the minimum is 423 with Min-Expires, and the other contacts do not take effect either', () => {
    const stage = new Stage();
    const result = stage.save([A, `${B};expires=59`]);
    assert.deepEqual([result.code, result.status, result.headers], [-1, 423, 'Min-Expires: 60\r\n']);
    assert.deepEqual(stage.contacts(), []);
  });

  test('a wish for an hour or more must not be refused, so it is raised to a minimum above it', () => {
    const rules = { minExpiresS: 7200, defaultExpiresS: 7200, maxExpiresS: 86_400 };
    assert.deepEqual(contactValues(new Stage(rules).save([`${A};expires=3600`])), [`${A};expires=7200`]);
    assert.equal(new Stage(rules).save([`${A};expires=3599`]).status, 423);
  });

  test('expires=0 takes one contact away and is never too brief (KEMI 3)', () => {
    const stage = new Stage();
    stage.save([A, B]);
    const result = stage.save([`${A};expires=0`], { cseq: 2 });
    assert.equal(result.code, 3);
    assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.11']);
  });

  test('expires=0 for a contact that is not there is fine and changes nothing', () => {
    const result = new Stage().save([`${A};expires=0`]);
    assert.deepEqual([result.status, result.changed], [200, false]);
  });

  test('a binding is there up to its end and not after it, swept or not', () => {
    const stage = new Stage();
    stage.save([`${A};expires=60`, `${B};expires=120`]);
    stage.clock.advance(59_999);
    assert.equal(stage.contacts().length, 2);
    stage.clock.advance(1);
    assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.11']);
    assert.deepEqual(contactValues(stage.save([], { cseq: 2 })), [`${B};expires=60`]);
  });
});

describe('§10.3 step 7: which contacts', () => {
  const statusOf = (contact: string) => new Stage().save([contact]).status;

  test('only sip and sips contacts are taken', () => {
    assert.equal(statusOf('<sips:alice@192.0.2.10>'), 200);
    for (const contact of ['<tel:+4930123>', '<mailto:alice@example.com>', '<dave>', '<http://192.0.2.1/>', 'dave']) {
      assert.equal(statusOf(contact), 400, contact);
    }
  });

  test('q is 0 to 1 with at most three digits, else 400', () => {
    for (const q of ['0', '1', '0.', '0.5', '0.123', '1.000']) assert.equal(statusOf(`${A};q=${q}`), 200, q);
    for (const q of ['7', '1.1', '-0.5', '0.1234', '.5', '1e0', 'high']) assert.equal(statusOf(`${A};q=${q}`), 400, q);
  });

  test('a Contact header without a value is no query but 400', () => {
    const stage = new Stage();
    stage.save([A]);
    assert.equal(stage.save([''], { cseq: 2 }).status, 400);
  });

  test('a contact that no store can keep is refused, not cut', () => {
    assert.equal(statusOf(`<sip:alice@192.0.2.10;x=${'y'.repeat(500)}>`), 400);
    assert.equal(statusOf(`${A};x=${'y'.repeat(600)}`), 400);
    assert.equal(new Stage().save([A], { callId: 'c'.repeat(256) }).status, 400);
  });

  test('a long User-Agent is cut, since nothing depends on it', () => {
    const stage = new Stage();
    stage.save([A], { lines: [`User-Agent: ${'x'.repeat(300)}`] });
    assert.equal(stage.registrar.lookup('alice', '')[0]!.userAgent.length, 255);
  });
});

describe('§10.3 step 7: bindings are told apart by §19.1.4', () => {
  test('an equal contact in another spelling is the same binding (KEMI 2)', () => {
    const stage = new Stage();
    stage.save(['<sip:alice@Host.example:5070;transport=TCP>']);
    const { ruid } = stage.registrar.lookup('alice', '')[0]!;
    assert.equal(stage.save(['<sip:%61lice@host.EXAMPLE:5070;Transport=tcp>'], { cseq: 2 }).code, 2);
    const bindings = stage.registrar.lookup('alice', '');
    assert.deepEqual([bindings.length, bindings[0]!.ruid], [1, ruid]);
  });

  test('another port is another binding', () => {
    const stage = new Stage();
    stage.save([A]);
    assert.equal(stage.save(['<sip:alice@192.0.2.10:5060>'], { cseq: 2 }).code, 1);
    assert.equal(stage.contacts().length, 2);
  });

  test('the same contact twice in one request is one binding, the last one counts', () => {
    const stage = new Stage();
    stage.save([`${A};q=0.1`, `${A};q=0.9`]);
    assert.deepEqual(stage.registrar.lookup('alice', '').map(({ q }) => q), [0.9]);
  });

  test('RFC 5626 §6 the same instance and reg-id replace an older contact whatever its URI', () => {
    const stage = new Stage();
    const flow = (host: string, regId: number) => `<sip:alice@${host}>;+sip.instance="<urn:uuid:1>";reg-id=${regId}`;
    stage.save([flow('192.0.2.1', 1)]);
    stage.save([flow('192.0.2.2', 2)], { callId: 'c2' });
    assert.equal(stage.save([flow('192.0.2.3', 1)], { callId: 'c3' }).code, 2);
    assert.deepEqual(stage.contacts().sort(), ['sip:alice@192.0.2.2', 'sip:alice@192.0.2.3']);
  });

  test('RFC 5626 §6 without reg-id the instance replaces nothing, nor a reg-id without an instance', () => {
    const stage = new Stage();
    stage.save(['<sip:alice@192.0.2.1>;+sip.instance="<urn:uuid:1>"']);
    stage.save(['<sip:alice@192.0.2.2>;+sip.instance="<urn:uuid:1>"'], { callId: 'c2' });
    stage.save(['<sip:alice@192.0.2.3>;reg-id=1'], { callId: 'c3' });
    stage.save(['<sip:alice@192.0.2.4>;reg-id=1'], { callId: 'c4' });
    assert.equal(stage.contacts().length, 4);
  });

  test('a flow that takes over the contact of another leaves one binding, not two of the same URI', () => {
    const stage = new Stage();
    stage.save(['<sip:alice@192.0.2.1>;+sip.instance="<urn:uuid:1>";reg-id=1', A]);
    stage.save([`${A};+sip.instance="<urn:uuid:1>";reg-id=1`], { cseq: 2 });
    assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.10']);
  });
});

describe('§10.3 step 7: the order of requests', () => {
  test('a lower CSeq of the same Call-ID fails, and takes its other contacts with it', () => {
    const stage = new Stage();
    stage.save([`${A};q=0.5`], { cseq: 5 });
    const result = stage.save([B, `${A};q=0.1`], { cseq: 4 });
    assert.deepEqual([result.code, result.status], [-1, 500]);
    assert.deepEqual(stage.registrar.lookup('alice', '').map(({ contact, q }) => [contact, q]), [['sip:alice@192.0.2.10', 0.5]]);
  });

  test('an equal CSeq that asks for the contact again is a repetition: answered, nothing changed', () => {
    const stage = new Stage();
    stage.save([A]);
    const before = stage.registrar.lookup('alice', '');
    stage.clock.advance(5000);
    const result = stage.save([A]);
    assert.deepEqual([result.code, result.status, result.changed], [1, 200, false]);
    assert.deepEqual(contactValues(result), [`${A};expires=3595`]);
    assert.equal(stage.registrar.lookup('alice', ''), before);
  });

  test('an equal CSeq that takes the contact away is no repetition and fails', () => {
    const stage = new Stage();
    stage.save([A]);
    assert.equal(stage.save([`${A};expires=0`]).status, 500);
    assert.equal(stage.contacts().length, 1);
  });

  test('another Call-ID (a phone that restarted) may do anything with any CSeq', () => {
    const stage = new Stage();
    stage.save([A], { cseq: 500 });
    assert.equal(stage.save([`${A};q=0.3`], { callId: 'after-restart', cseq: 1 }).code, 2);
    const [binding] = stage.registrar.lookup('alice', '');
    assert.deepEqual([binding!.callId, binding!.cseq, binding!.q], ['after-restart', 1, 0.3]);
  });
});

describe('limits', () => {
  test('contacts of a user are counted after the update: past the limit 503, KEMI -2, nothing changed', () => {
    const stage = new Stage({ maxContacts: 2 });
    stage.save([A, B]);
    const result = stage.save(['<sip:alice@192.0.2.12>', `${A};q=0.1`], { cseq: 2 });
    assert.deepEqual([result.code, result.status, result.headers], [-2, 503, 'Retry-After: 10\r\n']);
    assert.ok(stage.registrar.lookup('alice', '').every(({ q }) => q === -1));
  });

  test('one contact out and one in fits within the limit', () => {
    const stage = new Stage({ maxContacts: 2 });
    stage.save([A, B]);
    assert.equal(stage.save([`${A};expires=0`, '<sip:alice@192.0.2.12>'], { cseq: 2 }).code, 1);
  });

  test('a request with hundreds of contacts is refused before they are compared', () => {
    const stage = new Stage();
    const contacts = Array.from({ length: 200 }, (_, port) => `<sip:alice@192.0.2.10:${port + 1}>`);
    assert.equal(stage.save(contacts).code, -2);
    assert.equal(stage.index.bindingCount, 0);
  });

  test('at maxBindings a new contact gets 503; refreshing, replacing and removing go on', () => {
    const stage = new Stage({ maxBindings: 1 });
    stage.save([A]);
    const result = stage.save([B], { user: 'bob' });
    assert.deepEqual([result.code, result.status, result.headers], [-1, 503, 'Retry-After: 10\r\n']);
    assert.equal(stage.save([A], { cseq: 2 }).code, 2);
    assert.equal(stage.save([`${A};expires=0`, B], { cseq: 3 }).code, 1);
    assert.equal(stage.save(['*'], { cseq: 4, lines: ['Expires: 0'] }).code, 3);
    assert.equal(stage.save([B], { user: 'bob', cseq: 2 }).code, 1);
  });
});

describe('KEMI flags', () => {
  test('single contact: the first of the request stays, everything older goes', () => {
    const stage = new Stage();
    stage.save([A, B]);
    stage.save(['<sip:alice@192.0.2.12>', '<sip:alice@192.0.2.13>'], { cseq: 2 }, { singleContact: true });
    assert.deepEqual(stage.contacts(), ['sip:alice@192.0.2.12']);
  });

  test('single contact makes room: it is not past maxContacts', () => {
    const stage = new Stage({ maxContacts: 1 });
    stage.save([A]);
    assert.equal(stage.save([B], { cseq: 2 }, { singleContact: true }).code, 1);
  });

  test('flags and branch flags of the script are kept with the binding', () => {
    const stage = new Stage();
    stage.save([A], {}, { flags: 2, cflags: 64 });
    const [binding] = stage.registrar.lookup('alice', '');
    assert.deepEqual([binding!.flags, binding!.cflags], [2, 64]);
  });
});

describe('§10.3 step 8: the answer', () => {
  test('lists every binding with the time it has left, q and all other parameters of its Contact', () => {
    const stage = new Stage();
    stage.save([`"Alice" ${A};q=0.25;expires=600 ; methods = "INVITE,ACK";+sip.instance="<urn:uuid:1>";reg-id=2;video`]);
    stage.clock.advance(1500);
    const result = stage.save([B], { callId: 'c2' });
    assert.deepEqual(contactValues(result), [
      `${A};expires=599;q=0.25;methods="INVITE,ACK";+sip.instance="<urn:uuid:1>";reg-id=2;video`,
      `${B};expires=3600`,
    ]);
  });

  test('has the date', () => {
    const stage = new Stage();
    assert.match(stage.save([A]).headers, /\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n$/);
    stage.clock.advance(1000);
    assert.match(stage.save([A]).headers, /\r\nDate: Thu, 01 Jan 2026 00:00:01 GMT\r\n$/);
  });

  test('RFC 3327 §5.3 Path is kept and repeated when the phone supports it', () => {
    const stage = new Stage();
    const lines = ['Path: <sip:edge1.example.com;lr>', 'Path: <sip:edge2.example.com;lr>', 'Supported: outbound, path'];
    const result = stage.save([A], { lines });
    assert.match(result.headers, /\r\nPath: <sip:edge1.example.com;lr>,<sip:edge2.example.com;lr>\r\n/);
    assert.equal(stage.registrar.lookup('alice', '')[0]!.path, '<sip:edge1.example.com;lr>,<sip:edge2.example.com;lr>');
  });

  test('RFC 3327 §5.3 Path is not used for a phone that does not say so; a malformed one is 400', () => {
    const stage = new Stage();
    const result = stage.save([A], { lines: ['Path: <sip:edge1.example.com;lr>'] });
    assert.ok(!result.headers.includes('Path:'));
    assert.equal(stage.registrar.lookup('alice', '')[0]!.path, undefined);
    assert.equal(stage.save([A], { cseq: 2, lines: ['Path: <edge1>', 'Supported: path'] }).status, 400);
  });
});

describe('what a binding keeps', () => {
  test('Allow or the methods parameter become Kamailio\'s bits', () => {
    const stage = new Stage();
    stage.save([A, `${B};methods="INVITE, BYE"`], { lines: ['Allow: INVITE, ACK, MESSAGE'] });
    const methods = new Map(stage.registrar.lookup('alice', '').map((binding) => [binding.contact, binding.methods]));
    assert.deepEqual([...methods.values()].sort(), [1 | 4 | 256, 1 | 8]);
    assert.equal(methods.get('sip:alice@192.0.2.11'), 1 | 8);
  });

  test('socket, User-Agent, Call-ID and CSeq', () => {
    const stage = new Stage();
    stage.registrar.save(register([A], { cseq: 7, lines: ['User-Agent: Acme 1.0'] }), PHONE);
    const { socket, userAgent, callId, cseq } = stage.registrar.lookup('alice', '')[0]!;
    assert.deepEqual([socket, userAgent, callId, cseq], ['udp:198.51.100.1:5060', 'Acme 1.0', 'c1@192.0.2.10', 7]);
  });
});

describe('hostile names are names', () => {
  for (const user of [`x'or'1'='1`, '__proto__', 'constructor', 'toString', 'hasOwnProperty', '*', '%2a%0d%0a%7b']) {
    test(user, () => {
      const stage = new Stage();
      assert.deepEqual(stage.contacts(user), []);
      assert.equal(stage.save([A], { user }).code, 1);
      assert.deepEqual(stage.contacts(user), ['sip:alice@192.0.2.10']);
      assert.deepEqual(stage.contacts('alice'), []);
      assert.equal(stage.registrar.unregister(user, ''), 1);
    });
  }
});
