import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kxRows } from '../../../src/script/ksr/kx.ts';
import { callable, request, response, stage } from '../route-fixture.ts';

const kx = callable(kxRows);

const FULL = request({ headers: 'Contact: "A" <sip:alice@192.0.2.10>;q=1\r\nUser-Agent: phone\r\n', body: 'hi' });

const OF_REQUEST: Readonly<Record<string, string | number | null>> = {
  get_ruri: 'sip:bob@proxy.test',
  get_ouri: 'sip:bob@proxy.test',
  get_nhuri: 'sip:bob@proxy.test',
  get_furi: 'sip:alice@example.com',
  get_turi: 'sip:bob@proxy.test',
  get_ruser: 'bob',
  get_rhost: 'proxy.test',
  get_fuser: 'alice',
  get_fhost: 'example.com',
  get_tuser: 'bob',
  get_thost: 'proxy.test',
  get_ua: 'phone',
  get_au: null,
  get_body: 'hi',
  get_duri: null,
  get_cturi: 'sip:alice@192.0.2.10',
  gete_duri: '',
  getw_duri: '<null>',
  gete_au: '',
  getw_au: '<null>',
  get_method: 'INVITE',
  get_callid: 'call-1@example.com',
  get_status: -1,
  gets_status: null,
  get_msgtype: 1,
  get_msgbuf: FULL,
  get_msglen: FULL.length,
  get_bodylen: 2,
  get_srcip: '192.0.2.10',
  get_srcport: 5062,
  get_srcuri: 'sip:192.0.2.10:5062',
  get_srcaddr_sock: 'udp:192.0.2.10:5062',
  get_rcvip: '10.0.0.1',
  get_rcvport: 5060,
  get_rcvaddr_sock: 'udp:10.0.0.1:5060',
  get_proto: 'udp',
  get_protoid: 1,
  get_conid: -1,
  get_timestamp: Date.UTC(2026, 0, 1) / 1000,
};

describe('KSR.kx of a request', () => {
  for (const [name, value] of Object.entries(OF_REQUEST)) {
    test(`${name} is ${name === 'get_msgbuf' ? 'the message as it came' : JSON.stringify(value)}`, () => assert.equal(kx(stage().route(FULL), name), value));
  }
});

test('in replies there is no Request-URI, the status is a number, the method that of CSeq', () => {
  const route = stage().route(response(486, 'Busy Here'));
  assert.deepEqual(['get_ruri', 'get_ouri', 'get_ruser', 'get_status', 'gets_status', 'get_method', 'get_msgtype', 'get_body', 'get_bodylen', 'gete_ruser', 'getw_ruser'].map((name) => kx(route, name)), [null, null, null, 486, '486', 'INVITE', 2, null, 0, '', '<null>']);
});

test('get_nhuri is the destination URI when there is one', () => {
  const route = stage().route();
  route.destinationUri = 'sip:192.0.2.9';
  assert.equal(kx(route, 'get_nhuri'), 'sip:192.0.2.9');
});

test('a connection has a number', () => {
  const route = stage().route(FULL, { source: { protocol: 'tcp', connectionId: 12 } });
  assert.deepEqual([kx(route, 'get_conid'), kx(route, 'get_srcuri'), kx(route, 'get_protoid')], [12, 'sip:192.0.2.10:5062;transport=tcp', 2]);
});

test('IPv6 addresses have brackets in URIs and sockets, and nowhere else', () => {
  const local = { protocol: 'udp', address: '2001:db8::1', port: 5060, family: 6 } as const;
  const route = stage().route(FULL, { source: { address: '2001:db8::9', local } });
  assert.deepEqual(['get_srcip', 'get_srcuri', 'get_rcvip', 'get_rcvaddr_sock'].map((name) => kx(route, name)), ['2001:db8::9', 'sip:[2001:db8::9]:5062', '2001:db8::1', 'udp:[2001:db8::1]:5060']);
});

test('definitions are text, number, and there or not', () => {
  const route = stage({ definitions: new Map([['REALM', 'proxy.test'], ['LIMIT', '12']]) }).route();
  assert.deepEqual([kx(route, 'get_def', 'REALM'), kx(route, 'get_defn', 'LIMIT'), kx(route, 'get_def', 'NONE'), kx(route, 'get_defn', 'NONE')], ['proxy.test', 12, '', 0]);
  assert.deepEqual([kx(route, 'ifdef', 'REALM'), kx(route, 'ifdef', 'NONE'), kx(route, 'ifndef', 'NONE')], [true, false, true]);
});

test('the environment of the process is not shown', () => assert.deepEqual([kx(stage().route(), 'get_env', 'PATH'), kx(stage().route(), 'get_envn', 'PATH')], ['', 0]));
