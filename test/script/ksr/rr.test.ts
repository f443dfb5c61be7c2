import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rrRows } from '../../../src/script/ksr/rr.ts';
import { callable, request, response, stage, written } from '../route-fixture.ts';

const rr = callable(rrRows);
const inDialog = (headers: string): string => request({ to: '<sip:bob@proxy.test>;tag=b1', headers });

describe('rr.loose_route (KEMI)', () => {
  test('1: our Route is taken off, and the next one is where the request goes', () => {
    const route = stage().route(inDialog('Route: <sip:proxy.test;lr>, <sip:next.example.com;lr>\r\n'));
    assert.equal(rr(route, 'loose_route'), 1);
    assert.equal(route.destinationUri, 'sip:next.example.com;lr');
    assert.match(written(route), /\r\nRoute: <sip:next\.example\.com;lr>\r\n/);
  });

  test('1: behind a strict router the Request-URI is put right', () => {
    const route = stage().route(request({ uri: 'sip:proxy.test;lr', to: '<sip:bob@proxy.test>;tag=b1', headers: 'Route: <sip:bob@198.51.100.2>\r\n' }));
    assert.equal(rr(route, 'loose_route'), 1);
    assert.equal(route.requestUri, 'sip:bob@198.51.100.2');
  });

  test('-1 without a Route, with one that cannot be parsed, and in replies', () => {
    const { route } = stage();
    for (const message of [inDialog(''), inDialog('Route: <\r\n'), response()]) assert.equal(rr(route(message), 'loose_route'), -1);
  });

  test('-3 for an initial request with a preloaded Route: routing is applied', () => {
    const route = stage().route(request({ headers: 'Route: <sip:proxy.test;lr>, <sip:next.example.com;lr>\r\n' }));
    assert.equal(rr(route, 'loose_route'), -3);
    assert.equal(route.destinationUri, 'sip:next.example.com;lr');
    const again = stage().route(request({ headers: 'Route: <sip:proxy.test;lr>\r\n' }));
    assert.equal(rr(again, 'loose_route_preloaded'), 1);
    assert.equal(rr(stage().route(inDialog('Route: <sip:proxy.test;lr>\r\n')), 'loose_route_preloaded'), -1);
  });
});

describe('rr.record_route (KEMI)', () => {
  test('1, then -1: once for a request; it notes the From tag', () => {
    const route = stage().route();
    assert.deepEqual([rr(route, 'record_route'), rr(route, 'record_route'), route.requestEdits.recordRoute], [1, -1, ';ftag=f1']);
  });

  test('parameters may be added before and after it', () => {
    const route = stage().route();
    rr(route, 'add_rr_param', ';before=1');
    rr(route, 'record_route');
    rr(route, 'add_rr_param', ';after=1');
    assert.equal(route.requestEdits.recordRoute, ';ftag=f1;before=1;after=1');
    const other = stage().route();
    assert.equal(rr(other, 'record_route_params', ';nat=yes'), 1);
    assert.equal(other.requestEdits.recordRoute, ';ftag=f1;nat=yes');
  });

  test('-1 for what would break the header, and in replies', () => {
    const { route } = stage();
    for (const params of ['nat=yes', ';a>b', ';a=1\r\nX: y', ';', '']) {
      assert.equal(rr(route(), 'add_rr_param', params), -1, params);
      assert.equal(rr(route(), 'record_route_params', params), -1, params);
    }
    assert.equal(rr(route(response()), 'record_route'), -1);
    assert.equal(rr(route(response()), 'add_rr_param', ';a=1'), -1);
  });
});

describe('after loose_route', () => {
  const routed = (from: string) => {
    const route = stage().route(request({ from, to: '<sip:bob@proxy.test>;tag=b1', headers: 'Route: <sip:proxy.test;lr;ftag=f1;nat=yes>\r\n' }));
    rr(route, 'loose_route');
    return route;
  };
  const alice = routed('<sip:alice@example.com>;tag=f1');
  const bob = routed('<sip:bob@example.com>;tag=b1');

  test('check_route_param looks at the parameters of our own Route', () => {
    assert.deepEqual([rr(alice, 'check_route_param', 'nat=yes'), rr(alice, 'check_route_param', 'nat=no'), rr(stage().route(), 'check_route_param', 'nat')], [1, -1, -1]);
  });

  test('is_direction tells the sides apart by the noted tag; -6 for another word', () => {
    assert.deepEqual(['downstream', 'upstream'].map((side) => rr(alice, 'is_direction', side)), [1, -1]);
    assert.deepEqual(['downstream', 'UPSTREAM'].map((side) => rr(bob, 'is_direction', side)), [-1, 1]);
    assert.equal(rr(alice, 'is_direction', 'sideways'), -6);
    assert.equal(rr(stage().route(), 'is_direction', 'downstream'), 1, 'nothing noted counts as downstream');
  });
});
