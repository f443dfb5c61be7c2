import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CONTACT, MAX_FORWARDS, OTHER, VIA } from '../../../src/sip/headers/header-id.ts';
import { START, message, oneByte } from './messages.ts';

describe('fields', () => {
  test('are found by id, from any place on', () => {
    const request = message({ Contact: ['<sip:a@x>', '<sip:b@x>'] });
    const first = request.findField(CONTACT);
    const second = request.findField(CONTACT, first + 1);
    assert.equal(request.fieldValue(second), '<sip:b@x>');
    assert.equal(request.findField(CONTACT, second + 1), -1);
    assert.equal(request.findField(VIA), 0);
  });

  test('are found by name, in any case; a longer name that starts alike is another', () => {
    const request = message({ 'X-Id': '1', 'x-id ': '2', 'X-Id-Other': '3', 'X-I': '4' });
    assert.deepEqual(request.fieldsNamed('X-ID').map((index) => request.fieldValue(index)), ['1', '2']);
    assert.deepEqual(request.fieldsNamed('max-forwards').map((index) => request.fieldId(index)), [MAX_FORWARDS]);
    assert.deepEqual(request.fieldsNamed('x-none'), []);
    assert.equal(request.fieldValue(request.findNamed(OTHER, 'x-id-other')), '3');
    assert.equal(request.findNamed(OTHER, 'x-none'), -1);
  });

  test('their names are told as they came', () => {
    const request = message({ 'x-ODD \t': '1' });
    assert.equal(request.fieldName(request.fieldCount - 1), 'x-ODD');
  });

  test('the bounds of all fields are the header, without a gap', () => {
    const request = message({ Subject: 'a\r\n b', 'X-1': '', v: 'SIP/2.0/UDP b' });
    let at = request.raw.indexOf('\r\n') + 2;
    for (let index = 0; index < request.fieldCount; index += 1) {
      assert.equal(request.fieldStart(index), at);
      at = request.fieldEnd(index);
      assert.equal(request.raw.slice(at - 2, at), '\r\n');
    }
    assert.equal(at, request.headerEnd);
    assert.equal(request.raw.slice(request.headerEnd, request.bodyStart), '\r\n');
  });
});

describe('§20.42 Via lists', () => {
  test('commas and fields make one list', () => {
    const request = message({ Via: ['SIP/2.0/UDP a;branch=z9hG4bK1,SIP/2.0/TCP b;branch=2 ,\r\n SIP/2.0/UDP c', 'SIP/2.0/TLS d'] });
    assert.deepEqual(request.vias().map((via) => `${via.transport} ${via.host}`), ['UDP a', 'TCP b', 'UDP c', 'TLS d']);
    assert.equal(request.via?.followed, true);
  });

  test('a comma in a quoted parameter is no separator', () => {
    const request = message({ Via: 'SIP/2.0/UDP a;x="1, SIP/2.0/UDP evil";branch=z9hG4bK1, SIP/2.0/UDP b' });
    assert.deepEqual(request.vias().map((via) => via.host), ['a', 'b']);
  });

  test('the list ends where its syntax does', () => {
    assert.deepEqual(message({ Via: ['SIP/2.0/UDP a', '???', 'SIP/2.0/UDP c'] }).vias().map((via) => via.host), ['a']);
  });
});

describe('§7.3.1 lists of addresses', () => {
  test('commas in quotes, in brackets and in user parts are no separators', () => {
    const request = message({ Contact: ['"Bell, Alexander" <sip:a@x>;q=0.1, "\\",<sip:no@x>" <sip:x,y@x>', '<sip:b@x;p=1,2>,<sip:c@x>'] });
    const contacts = request.contacts;
    assert.ok(Array.isArray(contacts));
    assert.deepEqual(contacts.map((contact) => contact.uriText), ['sip:a@x', 'sip:x,y@x', 'sip:b@x;p=1,2', 'sip:c@x']);
  });

  test('one that is wrong makes the list undefined', () => {
    for (const route of ['<sip:a@x>,', ',<sip:a@x>', '<sip:a@x>,,<sip:b@x>', '<sip:a@x', '<sip:a@x> <sip:b@x>', '"a <sip:a@x>', '<>']) {
      assert.equal(message({ Route: ['<sip:first@x>', route] }).routes, undefined, route);
    }
  });

  test('no field gives an empty list', () => assert.deepEqual(message().routes, []));

  test('Path and Record-Route are read alike', () => {
    const request = message({ Path: '<sip:p;lr>', 'Record-Route': '<sip:r1;lr>,<sip:r2;lr>' });
    assert.equal(request.paths?.length, 1);
    assert.equal(request.recordRoutes?.[1]?.uri?.host, 'r2');
  });
});

describe('§10.2.2 Contact: *', () => {
  test('alone it is the star', () => {
    assert.equal(message({ Contact: '*' }).contacts, '*');
    assert.equal(message({ m: ' * ' }).contacts, '*');
  });

  test('beside others it is none, and no address either', () => {
    assert.equal(message({ Contact: ['*', '<sip:a@x>'] }).contacts, undefined);
    for (const lines of [{ Contact: '*, <sip:a@x>' }, { Contact: ['<sip:a@x>', '*'] }, { Contact: '*;expires=0' }]) {
      const contacts = message(lines).contacts;
      assert.ok(Array.isArray(contacts) && contacts.some((contact) => contact.uri === undefined));
    }
  });
});

describe('RFC 5118: IPv6 in every place', () => {
  const request = message(
    {
      Via: 'SIP/2.0/UDP [2001:db8::9]:6050;received=2001:db8::9:255;branch=z9hG4bKas3-111',
      From: '<sip:alice@[2001:DB8::1]>;tag=1',
      To: 'sip:bob@[2001:db8::2]:5070;tag=2',
      Contact: '<sip:alice@[::ffff:192.0.2.10]:19823;transport=tcp>',
      Route: '<sip:[2001:db8::3];lr>',
      'Call-ID': 'c1@[2001:db8::9]',
    },
    { start: 'INVITE sip:bob@[2001:db8:::192.0.2.1] SIP/2.0' },
  );

  test('Request-URI, with the three colons that RFC 3261 allowed (§4.10)', () => assert.equal(request.requestUri?.host, '[2001:db8:::192.0.2.1]'));
  test('Via and received without brackets (§4.5)', () => {
    const { host, port, received, branch } = request.via!;
    assert.deepEqual({ host, port, received, branch }, { host: '[2001:db8::9]', port: 6050, received: '2001:db8::9:255', branch: 'z9hG4bKas3-111' });
  });
  test('From, To, Contact and Route', () => {
    assert.equal(request.from?.uri?.host, '[2001:DB8::1]');
    assert.deepEqual([request.to?.uri?.host, request.to?.uri?.port, request.to?.tag], ['[2001:db8::2]', 5070, '2']);
    assert.equal(request.list(CONTACT)?.[0]?.uri?.host, '[::ffff:192.0.2.10]');
    assert.equal(request.routes?.[0]?.uri?.host, '[2001:db8::3]');
  });
});

describe('UTF-8', () => {
  test('passes through display names, parameters and unknown fields as its bytes', () => {
    const name = oneByte('"Jürgen Ünal"');
    const request = message({ From: `${name} <sip:j@x>;tag=1;note="${oneByte('Поиск')}"`, 'X-Name': oneByte('日本') });
    assert.equal(Buffer.from(request.from!.displayName, 'latin1').toString('utf8'), 'Jürgen Ünal');
    assert.equal(Buffer.from(request.from!.param('note')!, 'latin1').toString('utf8'), '"Поиск"');
    assert.equal(Buffer.from(request.fieldValue(request.fieldCount - 1), 'latin1').toString('utf8'), '日本');
  });

  test('an unquoted display name of UTF-8 is let through, since phones send it', () => {
    assert.equal(message({ From: `${oneByte('Jürgen')} <sip:j@x>;tag=1` }).from?.displayName, oneByte('Jürgen'));
  });
});

describe('the transaction key, of Call-ID and CSeq number', () => {
  const own = message({ 'Call-ID': 'a1@host', CSeq: '9 INVITE' });

  test('is shared by what has both the same, however the number is written, and whatever the method', () => {
    const other = message({ 'Call-ID': 'a1@host', CSeq: '0009 CANCEL' }, { start: START.replace('INVITE', 'CANCEL') });
    assert.ok(own.sharesTransactionKey(other) && other.sharesTransactionKey(own));
    assert.equal(own.transactionHash, other.transactionHash);
  });

  for (const [what, fields] of [
    ['another number', { 'Call-ID': 'a1@host', CSeq: '10 INVITE' }],
    ['another Call-ID', { 'Call-ID': 'b1@host', CSeq: '9 INVITE' }],
    ['a Call-ID that goes on', { 'Call-ID': 'a1@host2', CSeq: '9 INVITE' }],
    ['a Call-ID that ends before', { 'Call-ID': 'a1@hos', CSeq: '9 INVITE' }],
  ] as const) {
    test(`is not shared by ${what}`, () => {
      const other = message(fields);
      assert.ok(!own.sharesTransactionKey(other) && !other.sharesTransactionKey(own));
    });
  }
});

test('a message that has forgotten its parts reads them anew, folded lines and all', () => {
  const fields = { 'Call-ID': 'a1@host', CSeq: '9\r\n INVITE', From: '<sip:a@x>\r\n ;tag=1', 'X-More': 'one\r\n two' };
  const once = message(fields);
  const again = message(fields);
  again.forgetParts();
  for (let times = 0; times < 2; times += 1) {
    assert.deepEqual([again.via, again.from, again.to, again.cseq, again.callId, again.requestUri], [once.via, once.from, once.to, once.cseq, once.callId, once.requestUri]);
    assert.equal(again.fieldCount, once.fieldCount);
    for (let index = 0; index < once.fieldCount; index += 1) assert.equal(again.fieldValue(index), once.fieldValue(index));
    assert.ok(again.sharesTransactionKey(once) && once.sharesTransactionKey(again));
  }
});
