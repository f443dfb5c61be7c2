import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { corexRows } from '../../../src/script/ksr/corex.ts';
import { siputilsRows } from '../../../src/script/ksr/siputils.ts';
import { callable, request, response, stage } from '../route-fixture.ts';

const siputils = callable(siputilsRows);
const corex = callable(corexRows);

describe('KSR.siputils', () => {
  test('has_totag, is_request and is_reply give 1 and -1', () => {
    const scene = stage();
    assert.equal(siputils(scene.route(), 'has_totag'), -1);
    assert.equal(siputils(scene.route(request({ to: '<sip:bob@proxy.test>;tag=9' })), 'has_totag'), 1);
    assert.deepEqual([siputils(scene.route(), 'is_request'), siputils(scene.route(), 'is_reply')], [1, -1]);
    assert.deepEqual([siputils(scene.route(response()), 'is_request'), siputils(scene.route(response()), 'is_reply')], [-1, 1]);
  });
  test('is_first_hop: a request with one Via', () => {
    assert.equal(siputils(stage().route(), 'is_first_hop'), 1);
    assert.equal(siputils(stage().route(request({ headers: 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n' })), 'is_first_hop'), -1);
  });
  test('is_first_hop: a reply whose topmost Record-Route is ours', () => {
    assert.equal(siputils(stage().route(response(200, 'OK', 'Record-Route: <sip:10.0.0.1;lr>\r\n')), 'is_first_hop'), 1);
    assert.equal(siputils(stage().route(response(200, 'OK', 'Record-Route: <sip:192.0.2.1;lr>, <sip:10.0.0.1;lr>\r\n')), 'is_first_hop'), -1);
    assert.equal(siputils(stage().route(response()), 'is_first_hop'), -1);
  });
  test('texts: is_uri, is_numeric, is_alphanum, is_alphanumex, is_tel_number', () => {
    const route = stage().route();
    const table = [
      ['is_uri', 'sip:a@b', 1], ['is_uri', 'http://a', -1], ['is_uri', 'tel:+1', 1],
      ['is_numeric', '0123', 1], ['is_numeric', '', -1], ['is_numeric', '1a', -1],
      ['is_alphanum', 'a1Z', 1], ['is_alphanum', 'a-1', -1],
      ['is_tel_number', '+49301', 1], ['is_tel_number', '49+1', -1],
    ] as const;
    for (const [name, text, expected] of table) assert.equal(siputils(route, name, text), expected, `${name} ${text}`);
    assert.equal(siputils(route, 'is_alphanumex', 'a-1', '-_'), 1);
    assert.equal(siputils(route, 'is_alphanumex', 'a.1', '-_'), -1);
  });
  test('is_user is the user of the credentials', () => {
    const route = stage().route(request({ headers: 'Authorization: Digest username="alice", realm="r"\r\n' }));
    assert.deepEqual([siputils(route, 'is_user', 'alice'), siputils(route, 'is_user', 'bob'), siputils(stage().route(), 'is_user', '')], [1, -1, -1]);
  });
  test('cmp_uri follows §19.1.4', () => {
    const route = stage().route();
    const equal = [['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtlanTa.CoM;Transport=tcp'], ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'], ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;newparam=5'], ['sip:a@b?x=1&y=2', 'sip:a@b?y=2&x=1']];
    const different = [['SIP:ALICE@AtLanTa.CoM', 'sip:alice@AtLanTa.CoM'], ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'], ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'], ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'], ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=x'], ['sip:a@b', 'nothing']];
    for (const [a, b] of equal) assert.equal(siputils(route, 'cmp_uri', a!, b!), 1, `${a} ${b}`);
    for (const [a, b] of different) assert.equal(siputils(route, 'cmp_uri', a!, b!), -1, `${a} ${b}`);
    assert.equal(siputils(route, 'cmp_aor', 'sip:a@b:5070;x', 'sip:a@B'), 1);
  });
  test('cmp_hdr_name knows compact forms', () => assert.deepEqual([siputils(stage().route(), 'cmp_hdr_name', 'v', 'VIA'), siputils(stage().route(), 'cmp_hdr_name', 'v', 'To')], [1, -1]));
  test('parameters of the Request-URI are found, added and taken away', () => {
    const route = stage().route(request({ uri: 'sip:bob@proxy.test;lr;user=phone?a=b' }));
    assert.deepEqual([siputils(route, 'uri_param', 'lr'), siputils(route, 'uri_param', 'user'), siputils(route, 'uri_param_any', 'USER'), siputils(route, 'uri_param_value', 'user', 'phone')], [1, -1, 1, 1]);
    assert.equal(siputils(route, 'uri_param_rm', 'lr'), 1);
    assert.equal(siputils(route, 'uri_param_rm', 'lr'), -1);
    assert.equal(siputils(route, 'add_uri_param', 'x=1'), 1);
    assert.equal(route.requestUri, 'sip:bob@proxy.test;user=phone;x=1?a=b');
    assert.equal(siputils(route, 'add_uri_param', 'y=1;z>\r\n'), -1);
  });
  test('contact_param_check looks into Contact URIs', () => {
    const route = stage().route(request({ headers: 'Contact: <sip:a@b;alias=x>\r\n' }));
    assert.deepEqual([siputils(route, 'contact_param_check', 'alias'), siputils(route, 'contact_param_check', 'q')], [1, -1]);
  });
  test('options_reply answers OPTIONS to the server itself', () => {
    const scene = stage();
    assert.equal(siputils(scene.route(request({ method: 'OPTIONS', uri: 'sip:proxy.test' })), 'options_reply'), 1);
    assert.match(scene.sent[0]!.text, /^SIP\/2\.0 200 OK\r\n/);
    assert.equal(siputils(scene.route(request({ method: 'OPTIONS' })), 'options_reply'), -1);
  });
});

describe('KSR.corex', () => {
  test('has_ruri_user and has_user_agent give 1 and -1', () => {
    const without = stage().route(request({ uri: 'sip:proxy.test' }));
    const withBoth = stage().route(request({ headers: 'User-Agent: x\r\n' }));
    assert.deepEqual([corex(without, 'has_ruri_user'), corex(without, 'has_user_agent')], [-1, -1]);
    assert.deepEqual([corex(withBoth, 'has_ruri_user'), corex(withBoth, 'has_user_agent')], [1, 1]);
  });
  test('append_branch adds targets, up to as many as can be forwarded', () => {
    const route = stage().route();
    route.destinationUri = 'sip:192.0.2.9';
    assert.equal(corex(route, 'append_branch'), 1);
    assert.equal(corex(route, 'append_branch_uri', 'sip:c@192.0.2.3'), 1);
    assert.equal(corex(route, 'append_branch_uri_q', 'sip:d@192.0.2.4', '0.5'), 1);
    assert.deepEqual(route.takeTargets().map(({ requestUri, destinationUri, q }) => [requestUri, destinationUri, q]), [
      ['sip:bob@proxy.test', 'sip:192.0.2.9', -1],
      ['sip:bob@proxy.test', 'sip:192.0.2.9', -1],
      ['sip:c@192.0.2.3', '', -1],
      ['sip:d@192.0.2.4', '', 500],
    ]);
    assert.equal(corex(route, 'append_branch_uri', 'a b'), -1);
    assert.equal(corex(route, 'append_branch_uri_q', 'sip:d@192.0.2.4', '2'), -1);
    for (let n = 0; n < 12; n += 1) assert.equal(corex(route, 'append_branch'), 1);
    assert.equal(corex(route, 'append_branch'), -1);
  });
  test('is_faked_msg is 1 in callbacks without a message', () => {
    assert.equal(corex(stage().route(request(), { kind: 'event' }), 'is_faked_msg'), 1);
    assert.equal(corex(stage().route(), 'is_faked_msg'), -1);
  });
});
