import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bracketHost, parseUri, plainHost, unescapeUri, uriParameter, type Uri } from '../../../src/sip/uri/uri.ts';

const NOTHING = { user: '', password: '', host: '', port: 0, params: '', headers: '' };

describe('§19.1.1 the parts of a SIP URI', () => {
  for (const [text, parts] of [
    ['sip:alice@atlanta.com', { user: 'alice', host: 'atlanta.com' }],
    ['sip:alice:secretword@atlanta.com;transport=tcp', { user: 'alice', password: 'secretword', host: 'atlanta.com', params: ';transport=tcp' }],
    ['sips:alice@atlanta.com?subject=project%20x&priority=urgent', { user: 'alice', host: 'atlanta.com', headers: 'subject=project%20x&priority=urgent' }],
    ['sip:+1-212-555-1212:1234@gateway.com;user=phone', { user: '+1-212-555-1212', password: '1234', host: 'gateway.com', params: ';user=phone' }],
    ['SIP:192.0.2.4:5070', { host: '192.0.2.4', port: 5070 }],
    ['sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com', { host: 'atlanta.com', params: ';method=REGISTER', headers: 'to=alice%40atlanta.com' }],
    ['sip:alice;day=tuesday@atlanta.com', { user: 'alice;day=tuesday', host: 'atlanta.com' }],
    ['sip:user;par=u%40example.net@example.com', { user: 'user;par=u%40example.net', host: 'example.com' }],
    ["sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com", { user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)", host: 'example.com' }],
    ['sip:null-%00-null@example.com', { user: 'null-%00-null', host: 'example.com' }],
    ['sip:bob@[2001:db8::1]:5061;lr', { user: 'bob', host: '[2001:db8::1]', port: 5061, params: ';lr' }],
    ['sip:[2001:db8::10:5070]', { host: '[2001:db8::10:5070]' }],
    ['sip:[::ffff:192.0.2.1]', { host: '[::ffff:192.0.2.1]' }],
    ['sip:bob@my_container', { user: 'bob', host: 'my_container' }],
    ['sip:#123@example.com', { user: '#123', host: 'example.com' }],
  ] as const) {
    test(text, () => {
      const scheme = text.slice(0, text.indexOf(':')).toLowerCase();
      assert.deepEqual(parseUri(text), { ...NOTHING, ...parts, text, scheme });
    });
  }

  for (const text of [
    '', 'sip', 'sip:', 'sip:@x', 'sip:a@', 'sip:a@b@c', 'sip:a b@x', ' sip:a@x', 'sip:a@x ', 'sip:2001:db8::10', 'sip:[2001:db8::1', 'sip:[]', 'sip:[1]', 'sip:[1:2]x', 'sip:a@x:', 'sip:a@x:0', 'sip:a@x:65536', 'sip:a@x:5060x', 'sip:a%4@x', 'sip:a%zz@x', 'sip:%@x', 'sip:"a"@x', 'sip:<a>@x',
    'sip:a@x?', 'sip:a@x;p="q"', 'sip:a@x;p=\u00e9', 'sip:\u00e4@x', 'sip:a@x>', 'sip:a@x/path', ':a@x', '1sip:a@x', 's ip:a@x', 'sip:a\0@x', 'sip:a@x\r\n', 'tel:', 'tel:;x=1', 'tel:1 2', 'http:', 'name:J Smith',
  ]) {
    test(`no URI: ${JSON.stringify(text)}`, () => assert.equal(parseUri(text), undefined));
  }
});

describe('other schemes', () => {
  test('RFC 3966 tel: the number and its parameters', () => {
    assert.deepEqual(parseUri('tel:+1-201-555-0123;ext=1;phone-context=x'), { ...NOTHING, text: 'tel:+1-201-555-0123;ext=1;phone-context=x', scheme: 'tel', user: '+1-201-555-0123', params: ';ext=1;phone-context=x' });
  });

  test('RFC 4475 §3.3.2 to §3.3.4: unknown ones are taken whole', () => {
    for (const text of ['nobodyKnowsThisScheme:totallyopaquecontent', 'soap.beep://192.0.2.103:3002', 'isbn:2983792873', 'http://www.example.com', 'name:John_Smith', 'sipx:a@b', 'si:a']) {
      assert.deepEqual(parseUri(text), { ...NOTHING, text, scheme: 'other' });
    }
  });
});

describe('small questions', () => {
  const uri = (text: string): Uri => parseUri(text)!;

  test('uriParameter: names in any case, the first of two counts', () => {
    const of = uri('sip:x;LR;Transport=TCP;a=1;a=2');
    assert.deepEqual(['lr', 'transport', 'a', 'b', ''].map((name) => uriParameter(of, name)), ['', 'TCP', '1', undefined, '']);
    assert.equal(uriParameter(uri('sip:x'), 'lr'), undefined);
  });

  test('hosts with and without brackets', () => {
    assert.equal(plainHost('[2001:DB8::1]'), '2001:db8::1');
    assert.equal(plainHost('Example.COM'), 'example.com');
    assert.deepEqual(['2001:db8::1', '[2001:db8::1]', '192.0.2.1', 'example.com'].map(bracketHost), ['[2001:db8::1]', '[2001:db8::1]', '192.0.2.1', 'example.com']);
  });

  test('§19.1.2 escapes are undone once; broken ones stay', () => {
    assert.deepEqual(['%61%6c', '%2561', '100%', '%4', '%zz', '%00'].map(unescapeUri), ['al', '%61', '100%', '%4', '%zz', '\0']);
  });
});

test('any text is a URI or none, and never an exception; the parts of a URI are its text', () => {
  const pieces = fc.array(fc.oneof(fc.constantFrom('sip:', 'sips:', 'tel:', '@', ':', ';', '?', '&', '=', '[', ']', '%41', '%', '5060', 'lr', 'a.b', '::1'), fc.string({ maxLength: 3, unit: 'binary' })), { maxLength: 10 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join('');
      const parsed = parseUri(text);
      if (parsed === undefined || (parsed.scheme !== 'sip' && parsed.scheme !== 'sips')) return;
      const { user, password, host, port, params, headers } = parsed;
      const rest = text.slice(text.indexOf(':') + 1);
      const portText = /^:0*(\d+)/.exec(rest.slice(rest.lastIndexOf('@') + 1 + host.length))?.[1];
      assert.equal(portText === undefined ? 0 : Number(portText), port);
      const head = `${user}${password === '' ? '' : `:${password}`}`;
      assert.ok(rest.startsWith(head) && rest.includes(host) && rest.includes(params) && rest.endsWith(headers));
    }),
    { numRuns: 3000 },
  );
});
