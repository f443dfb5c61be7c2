import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALL_ID, CONTACT, FROM, SUBJECT, TO, VIA } from '../../../src/sip/headers/header-id.ts';
import { DEFAULT_MESSAGE_LIMITS } from '../../../src/sip/message/parse-message.ts';
import { START, message, messageText, oneByte, parsed, refused } from './messages.ts';

describe('§7.1 Request-Line', () => {
  test('method, Request-URI and version are taken apart', () => {
    const request = message();
    assert.equal(request.isRequest, true);
    assert.equal(request.method, 'INVITE');
    assert.equal(request.requestUriText, 'sip:bob@example.com');
    assert.equal(request.requestUri?.user, 'bob');
    assert.equal(request.status, 0);
  });

  test('the version is compared without regard to case', () => {
    assert.equal(message({}, { start: 'INVITE sip:bob@example.com sip/2.0' }).method, 'INVITE');
  });

  test('methods are compared with regard to case', () => {
    assert.equal(refused(messageText({}, { start: 'invite sip:bob@example.com SIP/2.0' })).status, 400);
    assert.equal(message({ CSeq: '1 invite' }, { start: 'invite sip:bob@example.com SIP/2.0' }).method, 'invite');
  });

  test('another version is 505, whatever else is missing', () => {
    assert.equal(refused(messageText({}, { start: 'INVITE sip:bob@example.com SIP/3.0' })).status, 505);
    assert.equal(refused(messageText({ To: undefined }, { start: 'INVITE sip:bob@example.com SIP/7.0' })).status, 505);
  });

  for (const [why, start] of [
    ['two blanks before the Request-URI', 'INVITE  sip:bob@example.com SIP/2.0'],
    ['two blanks before the version', 'INVITE sip:bob@example.com  SIP/2.0'],
    ['a blank in the Request-URI', 'INVITE sip:bob@example.com; lr SIP/2.0'],
    ['a blank at the end', 'INVITE sip:bob@example.com SIP/2.0 '],
    ['angle brackets', 'INVITE <sip:bob@example.com> SIP/2.0'],
    ['no scheme', 'INVITE bob@example.com SIP/2.0'],
    ['an IPv6 address without brackets', 'INVITE sip:2001:db8::10 SIP/2.0'],
    ['a tab in the Request-URI', 'INVITE sip:bob\t@example.com SIP/2.0'],
    ['a quote in the Request-URI', 'INVITE sip:"bob"@example.com SIP/2.0'],
    ['a broken escape', 'INVITE sip:%g1@example.com SIP/2.0'],
    ['a port that is none', 'INVITE sip:bob@example.com:99999 SIP/2.0'],
    ['a bare CR in the Request-URI', 'INVITE sip:bob\r@example.com SIP/2.0'],
    ['a bare LF in the Request-URI', 'INVITE sip:bob\n@example.com SIP/2.0'],
    ['a NUL in the Request-URI', 'INVITE sip:bob\0@example.com SIP/2.0'],
  ] as const) {
    test(`400 for ${why}`, () => assert.equal(refused(messageText({}, { start })).status, 400));
  }

  test('a scheme that we do not know is left to routing (§16.3 step 2: 416)', () => {
    const request = message({}, { start: 'INVITE nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0' });
    assert.equal(request.requestUri?.scheme, 'other');
  });

  for (const text of ['', '\r\n', '\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'INVITE\r\n\r\n', 'INVITE sip:bob@example.com\r\n\r\n', '\x16\x03\x01\x02', ' INVITE sip:a@b SIP/2.0\r\n\r\n', 'SIP/2.0\r\n\r\n']) {
    test(`what is no SIP is dropped: ${JSON.stringify(text)}`, () => {
      const failure = refused(text);
      assert.equal(failure.status, 0);
      assert.equal(failure.message, undefined);
    });
  }

  test('§7.5 empty lines before the start line are skipped', () => {
    const request = parsed(`\r\n\r\n\r\n${messageText()}`);
    assert.equal(request.callId, 'c1@192.0.2.1');
    // Nor are they sent on: on a stream they would be a keep-alive.
    assert.equal(request.raw, messageText());
  });

  test('§7.5 and folded lines are found behind them too', () => {
    assert.equal(parsed(`\r\n\r\n${messageText({ Subject: 'one\r\n two' })}`).header(SUBJECT), 'one   two');
  });
});

describe('§7.2 Status-Line', () => {
  const response = (start: string, body = '') => messageText({ To: '<sip:bob@example.com>;tag=b2' }, { start, body });

  test('status and reason are taken apart; the method is that of CSeq', () => {
    const ringing = parsed(response('SIP/2.0 180 Ringing'));
    assert.equal(ringing.isRequest, false);
    assert.equal(ringing.status, 180);
    assert.equal(ringing.reason, 'Ringing');
    assert.equal(ringing.method, 'INVITE');
  });

  test('the reason may be empty, and the blank before it left out', () => {
    assert.equal(parsed(response('SIP/2.0 100 ')).reason, '');
    assert.equal(parsed(response('SIP/2.0 100')).reason, '');
  });

  test('the reason is UTF-8', () => {
    const reason = '= 2**3 * 5**2 но сто девяносто девять - простое';
    assert.equal(parsed(response(oneByte(`SIP/2.0 200 ${reason}`))).reason, oneByte(reason));
  });

  test('a bare LF, CR or NUL in the reason drops the response: to a lenient reader it ends the line', () => {
    for (const bare of ['\n', '\r', '\0']) assert.equal(refused(response(`SIP/2.0 200 OK${bare}X-Injected: 1`)).status, 0);
  });

  for (const start of ['SIP/2.0 99 Low', 'SIP/2.0 700 High', 'SIP/2.0 4294967301 better not break the receiver', 'SIP/2.0 20 OK', 'SIP/2.0 2x0 OK', 'SIP/2.0  200 OK', 'SIP/3.0 200 OK', 'SIP/2.0 -20 OK']) {
    test(`${start} is dropped`, () => assert.equal(refused(response(start)).status, 0));
  }

  test('a response is never answered, whatever is wrong with it (§16.7, §18.1.2)', () => {
    for (const lines of [{ CSeq: 'x' }, { To: undefined }, { Via: undefined }, { Broken: 'a\nb' }]) {
      assert.equal(refused(messageText(lines, { start: 'SIP/2.0 200 OK' })).status, 0);
    }
  });

  test('the CSeq method of a response is not compared with anything', () => {
    assert.equal(parsed(messageText({ CSeq: '1 BYE' }, { start: 'SIP/2.0 200 OK' })).method, 'BYE');
  });
});

describe('§7.3.1 header fields', () => {
  test('names are compared without regard to case, and blanks may stand round the colon', () => {
    const text = messageText({ 'Call-ID': undefined, 'cAlL-iD \t ': '  c2  ' });
    assert.equal(parsed(text).callId, 'c2');
  });

  test('a value may be empty', () => {
    const request = message({ Subject: '', 'X-Empty': '   ' });
    assert.equal(request.header(SUBJECT), '');
    assert.equal(request.fieldValue(request.fieldsNamed('x-empty')[0]!), '');
  });

  test('a fold is one line break and blank more: the value goes on, offsets stay', () => {
    const request = message({ Subject: 'I know you are there,\r\n   pick up\r\n\tthe phone' });
    assert.equal(request.header(SUBJECT), 'I know you are there,     pick up   the phone');
    assert.equal(request.text.length, request.raw.length);
    const index = request.findField(SUBJECT);
    assert.equal(request.raw.slice(request.fieldStart(index), request.fieldEnd(index)), 'Subject: I know you are there,\r\n   pick up\r\n\tthe phone\r\n');
  });

  test('a value may begin on the next line', () => {
    assert.equal(message({ 'Call-ID': '\r\n c3' }).callId, 'c3');
  });

  test('a field may end with a fold of blanks', () => {
    assert.equal(message({ Subject: 'x\r\n \t' }).header(SUBJECT), 'x');
  });

  test('only the header is unfolded, never the body', () => {
    const request = message({ Subject: 'a\r\n b' }, { body: 'x\r\n y\r\n\r\n z' });
    assert.equal(request.body, 'x\r\n y\r\n\r\n z');
  });

  test('the start line cannot be folded', () => {
    assert.equal(refused(`INVITE\r\n sip:bob@example.com SIP/2.0\r\n${messageText().slice(START.length + 2)}`).status, 0);
    assert.equal(refused(messageText().replace(START, `${START}\r\n `)).status, 400);
    assert.equal(refused(messageText({ Subject: 'a\r\n b' }).replace(START, `${START}\r\n Via: SIP/2.0/UDP x`)).status, 400);
    assert.equal(refused(messageText({}, { start: 'SIP/2.0 200 OK\r\n again' })).status, 0);
  });

  test('a name is a token of all token characters', () => {
    const request = message({ "extensionHeader-!.%*+_`'~": 'x' });
    assert.equal(request.fieldsNamed("EXTENSIONHEADER-!.%*+_`'~").length, 1);
  });

  for (const [why, line] of [
    ['no colon', 'Subject'],
    ['no name', ': x'],
    ['a name with a blank in it', 'Sub ject: x'],
    ['a name with a character that is no token', 'Sub(ject: x'],
    ['a name that is not ASCII', oneByte('Bétreff: x')],
    ['a fold before the colon', 'Subject\r\n : x'],
    ['a bare LF', 'Subject: x\nX-Injected: y'],
    ['a bare CR', 'Subject: x\rX-Injected: y'],
    ['CR CR LF', 'Subject: x\r'],
    ['a NUL', 'Subject: x\0y'],
    ['a NUL behind an escaped backslash', 'Subject: "x\\\\\0"'],
    ['a NUL in a name', 'Sub\0ject: x'],
  ] as const) {
    test(`400 for ${why}`, () => {
      assert.equal(refused(messageText().replace(/\r\n\r\n$/, `\r\n${line}\r\n\r\n`)).status, 400);
      assert.equal(refused(messageText().replace('Max-Forwards', `${line}\r\nMax-Forwards`)).status, 400);
    });
  }

  test('§25.1 a NUL may stand as a quoted pair', () => {
    assert.equal(message({ Subject: '"a\\\0b"' }).header(SUBJECT), '"a\\\0b"');
    assert.equal(message({ Subject: '"a\\\\\\\0b"' }).header(SUBJECT), '"a\\\\\\\0b"');
  });

  test('400 when the empty line is missing; what stood before is there to be answered', () => {
    const failure = refused(messageText().slice(0, -2));
    assert.equal(failure.status, 400);
    const answered = failure.message!;
    assert.equal(answered.callId, 'c1@192.0.2.1');
    // The last field ends where the index ended.
    const last = answered.fieldCount - 1;
    assert.equal(answered.raw.slice(answered.fieldStart(last), answered.fieldEnd(last)), 'CSeq: 1 INVITE\r\n');
  });

  test('400 for a datagram that was cut anywhere in its header, or no answer', () => {
    const text = messageText();
    for (let length = 0; length < text.length; length += 1) assert.ok([0, 400].includes(refused(text.slice(0, length)).status));
  });
});

describe('§7.3.3 compact forms', () => {
  test('each means its long form', () => {
    const text = [
      'INVITE sip:bob@example.com SIP/2.0', 'v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1', 'f: <sip:a@example.com>;tag=1', 't: <sip:b@example.com>',
      'i: c4', 'm: <sip:a@192.0.2.1>', 'l: 3', 'c: text/plain', 's: hello', 'k: path', 'e: gzip', 'o: presence', 'r: <sip:c@example.com>', 'b: <sip:d@example.com>',
      'CSeq: 1 INVITE', '', 'abcdef',
    ].join('\r\n');
    const request = parsed(text);
    assert.equal(request.via?.host, '192.0.2.1');
    assert.equal(request.from?.tag, '1');
    assert.equal(request.to?.uriText, 'sip:b@example.com');
    assert.equal(request.callId, 'c4');
    assert.equal(request.header(CONTACT), '<sip:a@192.0.2.1>');
    assert.equal(request.body, 'abc');
    for (const name of ['Content-Type', 'Subject', 'Supported', 'Content-Encoding', 'Event', 'Refer-To', 'Referred-By']) {
      assert.equal(request.fieldsNamed(name).length, 1, name);
    }
  });

  test('long and compact forms of one name are one list, in the order of the message', () => {
    const request = message({ Via: 'SIP/2.0/UDP a.example.com;branch=z9hG4bK1', v: 'SIP/2.0/UDP b.example.com;branch=z9hG4bK2', VIA: 'SIP/2.0/UDP c.example.com;branch=z9hG4bK3' });
    assert.deepEqual(request.vias().map((via) => via.host), ['a.example.com', 'b.example.com', 'c.example.com']);
    assert.equal(request.fieldsNamed('v').length, 3);
    assert.equal(request.findField(VIA), 0);
  });

  test('the two forms of a field that must stand once are it twice', () => {
    assert.equal(refused(messageText({ i: 'other' })).status, 400);
  });
});

describe('§8.1.1 and §20: fields that every message must have', () => {
  for (const name of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) {
    test(`400 without ${name}`, () => assert.equal(refused(messageText({ [name]: undefined })).status, 400));
    test(`400 with an empty ${name}`, () => assert.equal(refused(messageText({ [name]: '' })).status, 400));
  }

  for (const name of ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards']) {
    test(`400 for two ${name}`, () => {
      const value = messageText().split('\r\n').find((line) => line.startsWith(`${name}:`))!.slice(name.length + 2);
      assert.equal(refused(messageText({ [name]: [value, value] })).status, 400);
    });
  }

  test('a request without Max-Forwards is accepted (§16.3 step 3)', () => {
    assert.equal(message({ 'Max-Forwards': undefined }).maxForwards, -1);
  });

  test('§20.22 Max-Forwards is 0 to 255', () => {
    assert.equal(message({ 'Max-Forwards': '0' }).maxForwards, 0);
    assert.equal(message({ 'Max-Forwards': '0068' }).maxForwards, 68);
    assert.equal(message({ 'Max-Forwards': '255' }).maxForwards, 255);
    for (const wrong of ['256', '-1', '1.5', '0x10', '7 0', '', '99999999999999999999']) {
      assert.equal(refused(messageText({ 'Max-Forwards': wrong })).status, 400, wrong);
    }
  });

  test('§20.16 the method of CSeq is that of the request', () => {
    assert.equal(refused(messageText({ CSeq: '1 BYE' })).status, 400);
    assert.equal(refused(messageText({ CSeq: '1 Invite' })).status, 400);
  });

  test('§8.1.1.5 a CSeq number is below 2^31', () => {
    assert.equal(message({ CSeq: '2147483647 INVITE' }).cseq?.number, 2147483647);
    assert.equal(refused(messageText({ CSeq: '2147483648 INVITE' })).status, 400);
    assert.equal(refused(messageText({ CSeq: '36893488147419103232 INVITE' })).status, 400);
  });

  test('§8.1.1.3 a From without a tag is accepted: RFC 2543 clients send it', () => {
    assert.equal(message({ From: '<sip:alice@example.com>' }).from?.tag, undefined);
  });

  test('one From, not a list', () => {
    assert.equal(refused(messageText({ From: '<sip:a@example.com>, <sip:b@example.com>' })).status, 400);
  });

  test('§8.1.1.7 a branch that is the cookie alone identifies nothing; one without it is from RFC 2543', () => {
    assert.equal(refused(messageText({ Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK' })).status, 400);
    assert.equal(message({ Via: 'SIP/2.0/UDP 192.0.2.1;branch=390skdjuw' }).via?.branch, '390skdjuw');
    assert.equal(message({ Via: 'SIP/2.0/UDP 192.0.2.1' }).via?.branch, '');
  });

  test('only the topmost Via is looked at: those below are not ours to judge', () => {
    assert.equal(message({ Via: ['SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1', ';;;,,'] }).via?.host, '192.0.2.1');
  });

  test('§17.1.1.3 an ACK is never answered', () => {
    const start = 'ACK sip:bob@example.com SIP/2.0';
    assert.equal(refused(messageText({ CSeq: '1 ACK', To: undefined }, { start })).status, 0);
    assert.equal(refused(messageText({ CSeq: '1 INVITE' }, { start })).status, 0);
    assert.equal(refused(messageText({ CSeq: '1 ACK' }, { start: 'ACK sip:bob@example.com SIP/3.0' })).status, 0);
  });
});

describe('§18.3 Content-Length', () => {
  test('octets of a datagram behind the body are not part of the message', () => {
    const request = message({ 'Content-Length': '4' }, { body: 'bodyINVITE sip:x SIP/2.0\r\n\r\n' });
    assert.equal(request.body, 'body');
    assert.equal(request.bodyEnd, request.raw.length - 'INVITE sip:x SIP/2.0\r\n\r\n'.length);
  });

  test('without it the body goes to the end of the datagram', () => {
    assert.equal(message({}, { body: 'body' }).body, 'body');
  });

  test('a body may be empty, and of any octets', () => {
    assert.equal(message({ 'Content-Length': '0' }, { body: '' }).body, '');
    const octets = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    assert.equal(message({ 'Content-Length': '256' }, { body: octets }).body, octets);
  });

  test('leading zeros and blanks do not count', () => {
    assert.equal(message({ 'Content-Length': '  0004  ' }, { body: 'body' }).body, 'body');
  });

  for (const [why, value] of [['larger than the message', '5'], ['negative', '-1'], ['signed', '+4'], ['hexadecimal', '0x4'], ['two numbers', '4 4'], ['a list', '4, 4'], ['empty', ''], ['overlarge', '4294967300'], ['a fraction', '4.0']] as const) {
    test(`400 when it is ${why}`, () => assert.equal(refused(messageText({ 'Content-Length': value }, { body: 'body' })).status, 400));
  }

  test('400 when it stands twice, even with one value, in either form', () => {
    assert.equal(refused(messageText({ 'Content-Length': ['4', '4'] }, { body: 'body' })).status, 400);
    assert.equal(refused(messageText({ 'Content-Length': '4', l: '4' }, { body: 'body' })).status, 400);
  });
});

describe('limits', () => {
  test('a message above maxMessageBytes is dropped without being looked at', () => {
    const limits = { ...DEFAULT_MESSAGE_LIMITS, maxMessageBytes: 300 };
    const text = messageText();
    assert.equal(parsed(text.padEnd(300, 'x'), limits).body.length, 300 - text.length);
    assert.equal(refused(text.padEnd(301, 'x'), limits).message, undefined);
  });

  test('one header field above maxHeaders is 513', () => {
    const limits = { ...DEFAULT_MESSAGE_LIMITS, maxHeaders: 8 };
    assert.equal(parsed(messageText({ X: ['1', '2'] }), limits).fieldCount, 8);
    const failure = refused(messageText({ X: ['1', '2', '3'] }), limits);
    assert.equal(failure.status, 513);
    assert.equal(failure.message?.callId, 'c1@192.0.2.1');
  });
});

describe('what is not touched is what came', () => {
  test('the octets of the message are kept, folds and all', () => {
    const text = messageText({ 'x-ODD ': 'a  b\t\r\n\t c', Subject: oneByte('später') }, { body: '\0\xff\r\n' });
    assert.equal(parsed(text).raw, text);
  });

  test('an unfolded message is not copied', () => {
    const request = message();
    assert.equal(request.text, request.raw);
  });

  test('text and raw differ in the CR, LF and blank of folds and in nothing else', () => {
    const request = message({ Subject: 'a\r\n\tb', To: '<sip:bob@example.com>\r\n ;x=1' });
    for (let at = 0; at < request.raw.length; at += 1) {
      if (request.raw[at] !== request.text[at]) assert.match(request.raw[at]!, /[\r\n\t]/);
    }
    assert.equal(request.header(TO), '<sip:bob@example.com>   ;x=1');
    assert.deepEqual([request.header(FROM), request.header(CALL_ID)], ['<sip:alice@example.com>;tag=a1', 'c1@192.0.2.1']);
  });
});
