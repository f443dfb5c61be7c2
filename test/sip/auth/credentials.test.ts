import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MAX_AUTH_PARAMS, MAX_AUTH_VALUE_LENGTH, quoteString } from '../../../src/sip/auth/auth-params.ts';
import {
  findCredentials,
  formatCredentials,
  parseCredentials,
  splitUsername,
  type DigestCredentials,
} from '../../../src/sip/auth/credentials.ts';

const PLAIN =
  'Digest username="bob", realm="biloxi.com", nonce="dcd98b", uri="sip:bob@biloxi.com", response="6629fae4"';

function parsed(value: string): DigestCredentials {
  const credentials = parseCredentials(value);
  if ('failure' in credentials) assert.fail(`${credentials.failure}: ${credentials.reason}`);
  return credentials;
}

function failureOf(value: string): string {
  const credentials = parseCredentials(value);
  return 'failure' in credentials ? credentials.failure : 'parsed';
}

test('RFC 3261 §22.4: the Authorization example is read whole', () => {
  const value =
    'Digest username="bob",\r\n realm="biloxi.com",\r\n nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",' +
    ' uri="sip:bob@biloxi.com", qop=auth, nc=00000001, cnonce="0a4f113b",' +
    ' response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
  assert.deepEqual(parsed(value), {
    username: 'bob',
    realm: 'biloxi.com',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    uri: 'sip:bob@biloxi.com',
    response: '6629fae49393a05397450978507c4ef1',
    algorithm: 'MD5',
    cnonce: '0a4f113b',
    opaque: '5ccc069c403ebaf9f0171e9517f40e41',
    qop: 'auth',
    nc: '00000001',
  });
});

test('scheme and parameter names are matched in any case and white space around = and , does not matter', () => {
  const value =
    'dIGEST\tUserName = "bob" ,REALM="biloxi.com",Nonce="dcd98b",URI="sip:bob@biloxi.com",,response="6629fae4",';
  assert.deepEqual(parsed(value), parsed(PLAIN));
});

test('quoted qop, nc and algorithm and bare texts of careless phones are read', () => {
  const value =
    'Digest username=bob,realm=r,nonce=bm9uY2U=,uri=sip:r;a=b,response=1,qop="auth",nc="1",algorithm="md5",cnonce=c';
  const { nonce, uri, qop, nc, algorithm } = parsed(value);
  const expected = { nonce: 'bm9uY2U=', uri: 'sip:r;a=b', qop: 'auth', nc: '1', algorithm: 'MD5' };
  assert.deepEqual({ nonce, uri, qop, nc, algorithm }, expected);
});

test('RFC 3261 §25.1: a quoted pair in a quoted string stands for its second character', () => {
  assert.equal(parsed(PLAIN.replace('"bob"', String.raw`"b\"o\\b\c, x"`)).username, String.raw`b"o\bc, x`);
});

test('parameters that we do not know are passed over (RFC 7616 §3.4)', () => {
  assert.deepEqual(parsed(`${PLAIN}, userhash=false, auts="a,b"`), parsed(PLAIN));
});

test('the empty response of an IMS phone\'s first REGISTER is read', () => {
  const value = 'Digest username="u", realm="r", nonce="", uri="sip:r", response=""';
  assert.equal(parsed(value).response, '');
});

test('RFC 4475 §3.3.7: an unknown scheme is told apart from a malformed value', () => {
  assert.equal(failureOf('NoOneKnowsThisScheme opaque-data=here'), 'other-scheme');
  assert.equal(failureOf('Basic QWxhZGRpbjpvcGVu'), 'other-scheme');
});

test('an algorithm or qop that we never offer is unsupported', () => {
  assert.equal(failureOf(`${PLAIN}, algorithm=MD5-sess`), 'unsupported');
  assert.equal(failureOf(`${PLAIN}, qop=auth-conf, nc=00000001, cnonce="c"`), 'unsupported');
});

test('what cannot be read in one way only is malformed', () => {
  const values = [
    '',
    ' ',
    'Digest',
    'Digest username="bob"',
    PLAIN.slice(0, -1),
    PLAIN.replace('username=', 'username'),
    PLAIN.replace('realm="biloxi.com"', 'realm='),
    PLAIN.replace(', realm', ' realm'),
    PLAIN.replace('realm', '='),
    `${PLAIN}, username="alice"`,
    `${PLAIN}, x="\\`,
    `${PLAIN}, nc=000000001`,
    `${PLAIN}, nc=0000000g`,
    `${PLAIN}, qop=auth, nc=00000001`,
    `${PLAIN}, qop=auth, cnonce="c"`,
    PLAIN.replace('bob"', 'b\nob"'),
    PLAIN.replace('bob"', 'b\\\rob"'),
    PLAIN.replace('bob"', 'b\0ob"'),
  ];
  for (const value of values) assert.equal(failureOf(value), 'malformed', JSON.stringify(value));
});

test('length and number of parameters are bounded', () => {
  const longest = `${PLAIN}, x="${'y'.repeat(MAX_AUTH_VALUE_LENGTH - PLAIN.length - 6)}"`;
  assert.equal(longest.length, MAX_AUTH_VALUE_LENGTH);
  assert.equal(failureOf(longest), 'parsed');
  assert.equal(failureOf(`${longest} `), 'malformed');
  const most = Array.from({ length: MAX_AUTH_PARAMS - 5 }, (_, index) => `, x${index}=1`).join('');
  assert.equal(failureOf(PLAIN + most), 'parsed');
  assert.equal(failureOf(`${PLAIN}${most}, y=1`), 'malformed');
});

test('RFC 3261 §22.3: of several values the one for our realm is taken, byte by byte', () => {
  const others = ['NoOneKnowsThisScheme x=y', 'Digest username=', PLAIN.replace('biloxi.com"', 'BILOXI.com"')];
  assert.equal(findCredentials(others, 'biloxi.com'), undefined);
  assert.deepEqual(findCredentials([...others, PLAIN], 'biloxi.com'), parsed(PLAIN));
});

test('a username may carry a domain', () => {
  assert.deepEqual(splitUsername('alice'), { user: 'alice', domain: undefined });
  assert.deepEqual(splitUsername('alice@sip.example'), { user: 'alice', domain: 'sip.example' });
});

test('a value made from script data cannot end the header line', () => {
  const quoted = quoteString('a\r\nX: y\0\x7f\u010a"\\');
  assert.equal(quoted, String.raw`"a  X: y  ?\"\\"`);
});

const wireText = fc
  .array(fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f))
  .map((codes) => String.fromCharCode(...codes));
const nonceCount = fc.integer({ min: 0, max: 0xffffffff }).map((count) => count.toString(16).padStart(8, '0'));
const qop = fc.constantFrom('auth' as const, 'auth-int' as const);
const counted = fc.record({ cnonce: wireText, qop, nc: nonceCount });
const credentials: fc.Arbitrary<DigestCredentials> = fc
  .record({
    username: wireText,
    realm: wireText,
    nonce: wireText,
    uri: wireText,
    response: wireText,
    algorithm: fc.constantFrom('MD5' as const, 'SHA-256' as const),
    opaque: fc.option(wireText, { nil: undefined }),
  })
  .chain((common) =>
    fc.oneof(
      fc.constant({ ...common, cnonce: undefined, qop: undefined, nc: undefined }),
      counted.map((use) => ({ ...common, ...use })),
    ),
  );

test('parse undoes format, whatever is in the texts', () => {
  const undoes = fc.property(credentials, (original) => {
    assert.deepEqual(parseCredentials(formatCredentials(original)), original);
  });
  fc.assert(undoes);
});

test('parse never throws', () => {
  const pieces = fc.constantFrom('Digest ', 'username', '=', '"', '\\', ',', ' ', 'nc', 'qop', 'auth', '\r\n', '\0');
  const lists = fc.array(pieces).map((list) => `Digest ${list.join('')}`);
  const rubbish = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), lists);
  fc.assert(fc.property(rubbish, (value) => void parseCredentials(value)));
});

test('a spoilt value is refused or read, never worse', () => {
  const put = fc.string({ unit: 'binary', maxLength: 3 });
  const spoilt = fc.record({ at: fc.nat(PLAIN.length), drop: fc.nat(3), put });
  fc.assert(
    fc.property(spoilt, ({ at, drop, put }) => {
      const value = PLAIN.slice(0, at) + put + PLAIN.slice(at + drop);
      const result = parseCredentials(value);
      if (!('failure' in result)) assert.equal(typeof result.username, 'string');
    }),
  );
});
