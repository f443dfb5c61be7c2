import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pvRows } from '../../../src/script/ksr/pv.ts';
import { callable, request, response, stage } from '../route-fixture.ts';

const pv = callable(pvRows);

const INVITE = request({
  uri: 'sip:bob:secret@proxy.test:5080;transport=tcp;x=1',
  headers:
    'Contact: <sip:alice@192.0.2.10:5062>\r\nUser-Agent: phone/1\r\nContent-Type: application/sdp\r\nX-A: one\r\nx-a: two\r\nRoute: <sip:10.0.0.1;lr>\r\n' +
    'Authorization: Digest username="alice@example.com", realm="proxy.test", nonce="n", uri="sip:proxy.test", response="r"\r\n',
  body: 'v=0\r\n',
});

/** Values that a request and a reply have, by name. `null` is what scripts see as nil. */
const OF_REQUEST: Readonly<Record<string, string | number | null>> = {
  $ru: 'sip:bob:secret@proxy.test:5080;transport=tcp;x=1',
  $rU: 'bob',
  $rd: 'proxy.test',
  $rp: '5080',
  $rP: 'tcp',
  $ou: 'sip:bob:secret@proxy.test:5080;transport=tcp;x=1',
  $oU: 'bob',
  $od: 'proxy.test',
  $du: null,
  $dd: null,
  $nhu: 'sip:bob:secret@proxy.test:5080;transport=tcp;x=1',
  $fu: 'sip:alice@example.com',
  $fU: 'alice',
  $fd: 'example.com',
  $fn: '"Alice A."',
  $ft: 'f1',
  $tu: 'sip:bob@proxy.test',
  $tU: 'bob',
  $td: 'proxy.test',
  $tn: null,
  $tt: null,
  $ci: 'call-1@example.com',
  $cs: '7',
  $rm: 'INVITE',
  $rs: null,
  $rr: null,
  $si: '192.0.2.10',
  $sp: 5062,
  $su: 'sip:192.0.2.10:5062',
  $Ri: '10.0.0.1',
  $Rp: 5060,
  $RAi: '10.0.0.1',
  $proto: 'udp',
  $pr: 'udp',
  $ua: 'phone/1',
  $ct: '<sip:alice@192.0.2.10:5062>',
  $cT: 'application/sdp',
  $cl: 5,
  $mb: INVITE,
  $ml: INVITE.length,
  $mt: 1,
  $rb: 'v=0\r\n',
  $bs: 5,
  '$hdr(X-A)': 'one',
  '$(hdr(X-A)[1])': 'two',
  '$(hdr(X-A)[-1])': 'two',
  '$(hdr(X-A)[2])': null,
  '$(hdr(X-A)[*])': 'one, two',
  '$hdr(m)': '<sip:alice@192.0.2.10:5062>',
  '$hdr(X-Missing)': null,
  '$hdrc(X-A)': 2,
  $au: 'alice',
  $aU: 'alice@example.com',
  $ad: 'example.com',
  $ar: 'proxy.test',
  $route_uri: 'sip:10.0.0.1;lr',
  $T_branch_idx: -1,
  $T_reply_code: 0,
  $TS: Date.UTC(2026, 0, 1) / 1000,
  $null: null,
  $rc: 0,
  $$: '$',
};

const OF_REPLY: Readonly<Record<string, string | number | null>> = {
  $ru: null,
  $rU: null,
  $ou: null,
  $rm: 'INVITE',
  $rs: 180,
  $rr: 'Ringing',
  $mt: 2,
  $tt: 't1',
  $rb: null,
  $bs: 0,
  $ua: null,
  $ct: null,
  $T_reply_code: 180,
  $T_reply_reason: 'Ringing',
};

describe('pseudo-variables of a request', () => {
  for (const [name, value] of Object.entries(OF_REQUEST)) {
    test(`${name} is ${typeof value === 'string' && value.length > 60 ? 'the text as it came' : JSON.stringify(value)}`, () => {
      assert.equal(pv(stage().route(INVITE), 'get', name), value);
    });
  }
});

describe('pseudo-variables of a reply', () => {
  for (const [name, value] of Object.entries(OF_REPLY)) {
    test(`${name} is ${JSON.stringify(value)}`, () => {
      assert.equal(pv(stage().route(response()), 'get', name), value);
    });
  }
});

describe('writing the Request-URI', () => {
  const written = (name: string, value: string | number): string => {
    const route = stage().route(INVITE);
    assert.equal(pv(route, typeof value === 'number' ? 'seti' : 'sets', name, value), true);
    return route.requestUri;
  };

  test('$ru replaces it and makes it a target that was not tried', () => {
    const route = stage().route(INVITE);
    route.takeTargets();
    assert.equal(pv(route, 'sets', '$ru', 'sip:carol@192.0.2.7'), true);
    assert.equal(route.requestUri, 'sip:carol@192.0.2.7');
    assert.equal(route.requestUriIsNew, true);
    assert.equal(pv(route, 'get', '$rU'), 'carol');
  });
  test('$rU replaces the user and keeps the rest', () => assert.equal(written('$rU', 'carol'), 'sip:carol:secret@proxy.test:5080;transport=tcp;x=1'));
  test('$rU set to nothing takes user and password away', () => assert.equal(written('$rU', ''), 'sip:proxy.test:5080;transport=tcp;x=1'));
  test('$rd replaces the host', () => assert.equal(written('$rd', 'example.org'), 'sip:bob:secret@example.org:5080;transport=tcp;x=1'));
  test('$rp replaces the port', () => assert.equal(written('$rp', 5090), 'sip:bob:secret@proxy.test:5090;transport=tcp;x=1'));
  test('$ou stays what came', () => {
    const route = stage().route(INVITE);
    pv(route, 'sets', '$ru', 'sip:carol@192.0.2.7');
    assert.equal(pv(route, 'get', '$ou'), OF_REQUEST['$ou']);
  });

  for (const text of ['sip:a b@c', 'sip:a@b\r\nX-Evil: 1', 'sip:a@b\n', '<sip:a@b>', 'sip:a@b\0', '']) {
    test(`a text that would break the Request-Line is refused: ${JSON.stringify(text)}`, () => {
      const route = stage().route(INVITE);
      assert.equal(pv(route, 'sets', '$ru', text), false);
      assert.equal(route.requestUri, OF_REQUEST['$ru']);
    });
  }
  test('a user with @ or a blank is refused', () => {
    const route = stage().route(INVITE);
    assert.equal(pv(route, 'sets', '$rU', 'a@evil'), false);
    assert.equal(pv(route, 'sets', '$rU', 'a b'), false);
    assert.equal(pv(route, 'sets', '$rd', 'a/b'), false);
  });
  test('$du is set, read in parts, and taken away', () => {
    const route = stage().route(INVITE);
    assert.equal(pv(route, 'sets', '$du', 'sip:192.0.2.9:5070;transport=tcp'), true);
    assert.deepEqual(['$du', '$dd', '$dp', '$dP'].map((name) => pv(route, 'get', name)), ['sip:192.0.2.9:5070;transport=tcp', '192.0.2.9', '5070', 'tcp']);
    assert.equal(pv(route, 'unset', '$du'), true);
    assert.equal(route.destinationUri, '');
  });
  test('$ru of a reply cannot be set', () => assert.equal(pv(stage().route(response()), 'sets', '$ru', 'sip:a@b'), false));
});

test('$au is null for ACK and CANCEL, whose credentials mean nothing', () => {
  const headers = 'Authorization: Digest username="alice", realm="r", nonce="n", uri="u", response="r"\r\n';
  for (const method of ['ACK', 'CANCEL']) assert.equal(pv(stage().route(request({ method, headers })), 'get', '$au'), null);
});

test('Proxy-Authorization wins over Authorization', () => {
  const headers = 'Authorization: Digest username="a", realm="r"\r\nProxy-Authorization: Digest username="b", realm="r"\r\n';
  assert.equal(pv(stage().route(request({ headers })), 'get', '$au'), 'b');
});

test('$env shows nothing of the environment of the process', () => {
  assert.equal(pv(stage().route(), 'get', '$env(PATH)'), null);
});
