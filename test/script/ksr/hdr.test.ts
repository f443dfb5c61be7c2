import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hdrRows } from '../../../src/script/ksr/hdr.ts';
import { callable, request, response, stage, written } from '../route-fixture.ts';

const hdr = callable(hdrRows);

const TWO = request({ headers: 'X-A: one\r\nm: <sip:a@b>\r\nX-B: b\r\nx-a : two\r\n' });

describe('KSR.hdr', () => {
  test('append adds behind the last header, and reads of the same message do not see it', () => {
    const route = stage().route();
    assert.equal(hdr(route, 'append', 'X-New: 1\r\n'), 1);
    assert.equal(hdr(route, 'is_present', 'X-New'), -1);
    assert.equal(hdr(route, 'get', 'X-New'), null);
    assert.match(written(route), /Content-Length: 0\r\nX-New: 1\r\n\r\n$/);
  });
  test('insert adds before the first header', () => {
    const route = stage().route();
    assert.equal(hdr(route, 'insert', 'X-New: 1\r\nX-More: 2\r\n'), 1);
    assert.match(written(route), /^INVITE [^\r]+\r\nX-New: 1\r\nX-More: 2\r\nVia: /);
  });
  test('append_after and insert_before go beside a named header, -1 when there is none', () => {
    const route = stage().route(TWO);
    assert.equal(hdr(route, 'append_after', 'X-After: 1\r\n', 'X-A'), 1);
    assert.equal(hdr(route, 'insert_before', 'X-Before: 1\r\n', 'contact'), 1);
    assert.equal(hdr(route, 'append_after', 'X-After: 1\r\n', 'X-None'), -1);
    assert.match(written(route), /X-Before: 1\r\nm: <sip:a@b>\r\n/);
    assert.match(written(route), /x-a : two\r\nX-After: 1\r\n/);
  });
  test('append_to_reply collects lines for the reply and leaves the request', () => {
    const route = stage().route();
    assert.equal(hdr(route, 'append_to_reply', 'X-R: 1\r\n'), 1);
    assert.equal(route.replyHeaders, 'X-R: 1\r\n');
    assert.equal(written(route), request());
  });

  for (const text of ['X: 1', 'X: 1\n', 'X: 1\r\n\r\n', 'X: 1\r\nINVITE sip:a@b SIP/2.0\r\n', ': 1\r\n', 'X: a\rb\r\n', 'X: a\nY: b\r\n', 'X: \0\r\n', 'no colon\r\n', '', '\r\n', ' folded: 1\r\n']) {
    test(`text that is not whole header lines is refused: ${JSON.stringify(text)}`, () => {
      const route = stage().route(TWO);
      for (const name of ['append', 'insert', 'append_to_reply']) assert.equal(hdr(route, name, text), -1);
      for (const name of ['rmappend', 'rminsert']) assert.equal(hdr(route, name, 'X-A', text), -1);
      assert.equal(written(route), TWO);
      assert.equal(route.replyHeaders, '');
    });
  }
  test('a folded line is a whole line', () => assert.equal(hdr(stage().route(), 'append', 'X: a\r\n b\r\nY: c\r\n'), 1));

  test('remove takes all of that name away, whatever case and blanks before the colon', () => {
    const route = stage().route(TWO);
    assert.equal(hdr(route, 'remove', 'X-A'), 1);
    assert.doesNotMatch(written(route), /x-a/i);
    assert.match(written(route), /X-B: b/);
  });
  test('remove finds compact forms, gives 1 when nothing is there, and knows no patterns', () => {
    const route = stage().route(TWO);
    assert.equal(hdr(route, 'remove', 'Contact'), 1);
    assert.doesNotMatch(written(route), /^m: /m);
    assert.equal(hdr(route, 'remove', 'X-None'), 1);
    assert.equal(hdr(route, 'remove', '^X-'), 1);
    assert.match(written(route), /X-B: b/);
  });
  test('remove does not change what reads see', () => {
    const route = stage().route(TWO);
    hdr(route, 'remove', 'X-A');
    assert.equal(hdr(route, 'get', 'X-A'), 'one');
  });
  test('a line added where a header was taken away is there', () => {
    const route = stage().route(TWO);
    hdr(route, 'remove', 'Contact');
    assert.equal(hdr(route, 'append_after', 'X-New: 1\r\n', 'Max-Forwards'), 1);
    assert.equal(hdr(route, 'insert_before', 'X-Before: 1\r\n', 'Contact'), 1);
    assert.match(written(route), /Max-Forwards: 70\r\nX-New: 1\r\nX-A: one\r\nX-Before: 1\r\nX-B: b\r\n/);
  });
  test('rmappend replaces', () => {
    const route = stage().route(TWO);
    assert.equal(hdr(route, 'rmappend', 'X-A', 'X-A: three\r\n'), 1);
    assert.deepEqual(written(route).match(/^x-a ?: .*$/gim), ['X-A: three']);
  });
  test('get, gete, getw give the first, get_idx any, negative from the end', () => {
    const route = stage().route(TWO);
    assert.equal(hdr(route, 'get', 'x-a'), 'one');
    assert.equal(hdr(route, 'get_idx', 'X-A', 1), 'two');
    assert.equal(hdr(route, 'get_idx', 'X-A', -2), 'one');
    assert.equal(hdr(route, 'get_idx', 'X-A', 2), null);
    assert.equal(hdr(route, 'gete', 'X-None'), '');
    assert.equal(hdr(route, 'getw', 'X-None'), '<null>');
    assert.equal(hdr(route, 'gete_idx', 'X-A', 7), '');
    assert.equal(hdr(route, 'getw_idx', 'X-A', -7), '<null>');
  });
  test('is_present gives 1 and -1, for replies too', () => {
    const route = stage().route(response());
    assert.equal(hdr(route, 'is_present', 't'), 1);
    assert.equal(hdr(route, 'is_present', 'X-A'), -1);
  });
  test('match_content compares without regard to case: first, last, all, any', () => {
    const route = stage().route(TWO);
    assert.equal(hdr(route, 'match_content', 'X-A', 'eq', 'ONE', 'f'), true);
    assert.equal(hdr(route, 'match_content', 'X-A', 'eq', 'one', 'l'), false);
    assert.equal(hdr(route, 'match_content', 'X-A', 'in', 'o', 'a'), true);
    assert.equal(hdr(route, 'match_content', 'X-A', 'sw', 'tw', 'o'), true);
    assert.equal(hdr(route, 'match_content', 'X-A', 'ne', 'one', 'a'), false);
    assert.equal(hdr(route, 'match_content', 'X-None', 'ne', 'x', 'a'), false);
    assert.equal(hdr(route, 'match_content', 'X-A', 're', 'o.*', 'f'), false);
  });
});
