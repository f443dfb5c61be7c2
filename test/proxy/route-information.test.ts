import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isUpstream, processRoute, type RouteInformation } from '../../src/proxy/route-information.ts';
import { EditList } from '../../src/sip/message/edit-list.ts';
import { edited, parsed, values } from './messages.ts';
import { request } from './proxy-fixture.ts';

const OURS = new Set(['proxy.example.com', '192.0.2.1']);

/** What becomes of a request with these Route header fields: what was found, and the Route that is left. */
function route(headers: string, uri = 'sip:bob@198.51.100.2'): { found: RouteInformation | undefined | 'malformed'; left: string[] } {
  const message = parsed(request({ uri, headers, toTag: 'b1' }));
  const edits = new EditList();
  const found = processRoute(message, edits, ({ host }) => OURS.has(host));
  return { found, left: values(edited(message, edits), 'Route') };
}

describe('§16.4 and §16.12.1', () => {
  test('our own value is taken off, and the Request-URI says where to go', () => {
    assert.deepEqual(route('Route: <sip:proxy.example.com;lr;ftag=a1>\n'), { found: { ownParams: ';lr;ftag=a1', destinationUri: '', requestUri: '' }, left: [] });
  });

  test('loose router after us: it is the next hop, and stays in the Route', () => {
    const expected = { found: { ownParams: ';lr', destinationUri: 'sip:next.example.com;lr', requestUri: '' }, left: ['<sip:next.example.com;lr>'] };
    assert.deepEqual(route('Route: <sip:proxy.example.com;lr>, <sip:next.example.com;lr>\n'), expected);
    assert.deepEqual(route('Route: <sip:proxy.example.com;lr>\nRoute: <sip:next.example.com;lr>\n'), expected, 'in two fields');
  });

  test('both values of one pass through us are taken off, marked as they are', () => {
    const { found, left } = route('Route: <sip:192.0.2.1;transport=tcp;r2=on;lr>, <sip:192.0.2.1;r2=on;lr;ftag=a1>, <sip:next.example.com;lr>\n');
    assert.deepEqual(found, { ownParams: ';r2=on;lr;ftag=a1', destinationUri: 'sip:next.example.com;lr', requestUri: '' });
    assert.deepEqual(left, ['<sip:next.example.com;lr>']);
  });

  test('a spiral: without the mark the second value is another visit', () => {
    assert.deepEqual(route('Route: <sip:192.0.2.1;lr>, <sip:192.0.2.1;lr;second>\n').left, ['<sip:192.0.2.1;lr;second>']);
  });

  test('§16.6 step 6: strict router after us: it becomes the Request-URI, which goes last', () => {
    assert.deepEqual(route('Route: <sip:proxy.example.com;lr>, <sip:strict.example.com>, <sip:third.example.com;lr>\n'), {
      found: { ownParams: ';lr', destinationUri: 'sip:strict.example.com', requestUri: 'sip:strict.example.com' },
      left: ['<sip:third.example.com;lr>, <sip:bob@198.51.100.2>'],
    });
  });

  test('§16.4 strict router before us: the last Route is the Request-URI', () => {
    assert.deepEqual(route('Route: <sip:next.example.com;lr>, <sip:bob@198.51.100.2>\n', 'sip:proxy.example.com;lr;ftag=a1'), {
      found: { ownParams: ';lr;ftag=a1', destinationUri: 'sip:next.example.com;lr', requestUri: 'sip:bob@198.51.100.2' },
      left: ['<sip:next.example.com;lr>'],
    });
    assert.deepEqual(route('Route: <sip:bob@198.51.100.2>\n', 'sip:proxy.example.com;lr'), { found: { ownParams: ';lr', destinationUri: '', requestUri: 'sip:bob@198.51.100.2' }, left: [] });
  });

  test('§16.4 strict router before us: our second value is taken off too', () => {
    assert.deepEqual(route('Route: <sip:192.0.2.1;r2=on;lr>, <sip:bob@198.51.100.2>\n', 'sip:192.0.2.1;transport=tcp;r2=on;lr'), {
      found: { ownParams: ';r2=on;lr', destinationUri: '', requestUri: 'sip:bob@198.51.100.2' },
      left: [],
    });
  });

  test('a request for us that carries a user is no work of a strict router', () => {
    assert.deepEqual(route('Route: <sip:proxy.example.com;lr>\n', 'sip:bob@proxy.example.com;lr').found, { ownParams: ';lr', destinationUri: '', requestUri: '' });
  });

  test('a Route that does not name us is followed as it is', () => {
    assert.deepEqual(route('Route: <sip:other.example.com;lr>\n'), { found: { ownParams: '', destinationUri: 'sip:other.example.com;lr', requestUri: '' }, left: ['<sip:other.example.com;lr>'] });
  });

  test('no Route: nothing to do; one that cannot be parsed: nothing is done', () => {
    assert.deepEqual(route(''), { found: undefined, left: [] });
    for (const bad of ['<sip:proxy.example.com;lr>, <', 'not a uri at all', '<>']) assert.equal(route(`Route: ${bad}\n`).found, 'malformed', bad);
  });
});

describe('direction of a request in its dialog', () => {
  const from = (tag: string) => parsed(request().replace('tag=a1', `tag=${tag}`));

  test('downstream when its From tag is the one that we noted, or nothing was noted', () => {
    assert.equal(isUpstream(from('a1'), ';lr;ftag=a1'), false);
    assert.equal(isUpstream(from('a1'), ';lr'), false);
  });

  test('upstream when it is the other side', () => {
    assert.equal(isUpstream(from('b1'), ';lr;ftag=a1'), true);
    assert.equal(isUpstream(from('a'), ';ftag=a1'), true, 'the whole tag counts');
  });
});
