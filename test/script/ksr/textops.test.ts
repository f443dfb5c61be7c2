import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pvRows } from '../../../src/script/ksr/pv.ts';
import { textopsRows } from '../../../src/script/ksr/textops.ts';
import { isParseFailure, parseMessage } from '../../../src/sip/message/parse-message.ts';
import { callable, request, stage, written } from '../route-fixture.ts';

const textops = callable(textopsRows);
const pv = callable(pvRows);

const SDP = 'v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\nc=IN IP4 192.0.2.10\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n';
const OFFER = request({ headers: 'Content-Type: application/sdp; charset=x\r\nX-A: one\r\nX-A: two\r\nX-B: b\r\nPrivacy: id;critical\r\n', body: SDP });

/** The message as the next hop would read it. */
function reread(text: string) {
  const message = parseMessage(text);
  assert.ok(!isParseFailure(message));
  return message;
}

describe('KSR.textops: bodies', () => {
  test('has_body and has_body_type give 1 and -1; parameters of the type do not count', () => {
    const route = stage().route(OFFER);
    assert.deepEqual([textops(route, 'has_body'), textops(route, 'has_body_type', 'Application/SDP'), textops(route, 'has_body_type', 'text/plain')], [1, 1, -1]);
    assert.deepEqual([textops(stage().route(), 'has_body'), textops(stage().route(), 'has_body_type', '')], [-1, -1]);
  });
  test('set_body writes body, type and Content-Length', () => {
    const route = stage().route(OFFER);
    assert.equal(textops(route, 'set_body', 'hello', 'text/plain'), 1);
    const message = reread(written(route));
    assert.deepEqual([message.body, textops(stage().route(message), 'has_body_type', 'text/plain'), message.text.match(/^Content-Length: .*$/gm)], ['hello', 1, ['Content-Length: 5']]);
    assert.equal(textops(route, 'set_body', 'hello', 'text/plain\r\nX: 1'), -1);
  });
  test('replace_body changes the first match, replace_body_all every one, and Content-Length follows', () => {
    const first = stage().route(OFFER);
    assert.equal(textops(first, 'replace_body', '192\\.0\\.2\\.10', '203.0.113.200'), 1);
    assert.equal(reread(written(first)).body.split('203.0.113.200').length, 2);
    const all = stage().route(OFFER);
    assert.equal(textops(all, 'replace_body_all', '192\\.0\\.2\\.10', '10.1'), 1);
    const message = reread(written(all));
    assert.equal(message.body, SDP.replaceAll('192.0.2.10', '10.1'));
    assert.match(written(all), /Via: SIP\/2\.0\/UDP 192\.0\.2\.10/);
    assert.equal(textops(all, 'replace_body', 'nothing', 'x'), -1);
  });
  test('subst_body takes groups and flags', () => {
    const route = stage().route(OFFER);
    assert.equal(textops(route, 'subst_body', '/IP4 ([0-9]+)\\.[0-9.]+/IP4 \\1.9/g'), 1);
    assert.equal(reread(written(route)).body.match(/IP4 192\.9/g)?.length, 2);
  });
  test('search_append_body adds behind the match', () => {
    const route = stage().route(OFFER);
    assert.equal(textops(route, 'search_append_body', 'a=sendrecv\\r\\n', 'a=x\r\n'), 1);
    assert.ok(reread(written(route)).body.endsWith('a=sendrecv\r\na=x\r\n'));
  });
  test('is_audio_on_hold sees sendonly, inactive and 0.0.0.0', () => {
    const on = (body: string) => textops(stage().route(request({ headers: 'Content-Type: application/sdp\r\n', body })), 'is_audio_on_hold');
    assert.deepEqual([on(SDP), on(SDP.replace('sendrecv', 'sendonly')), on(SDP.replace('sendrecv', 'inactive')), on(SDP.replace('c=IN IP4 192.0.2.10', 'c=IN IP4 0.0.0.0'))], [-1, 1, 1, 1]);
  });
});

describe('KSR.textops: looking and replacing', () => {
  test('search, search_body, search_str and search_hf find without regard to case', () => {
    const route = stage().route(OFFER);
    assert.deepEqual([textops(route, 'search', 'x-b:'), textops(route, 'search_body', 'AUDIO [[:digit:]]+'), textops(route, 'search_body', 'x-b'), textops(route, 'search_str', 'Hello', '^h')], [1, 1, -1, 1]);
    assert.deepEqual([textops(route, 'search_hf', 'X-A', 'TWO', 'a'), textops(route, 'search_hf', 'X-A', 'two', 'f'), textops(route, 'search_hf', 'X-A', 'two', 'l'), textops(route, 'search_hf', 'X-None', '.', 'a')], [1, -1, 1, -1]);
  });
  test('a broken expression finds nothing', () => assert.equal(textops(stage().route(), 'search', '('), -1));
  test('an expression whose time doubles with each octet is refused', () => {
    for (const source of ['(a+)+$', '([a-z]*)*x', '(?:.+)+!', '(\\w+){2,}#']) assert.equal(textops(stage().route(), 'search_str', 'a'.repeat(200), source), -1);
    assert.equal(textops(stage().route(), 'search_str', '1.2.3', '^([0-9]+\\.)+[0-9]$'), 1);
  });
  test('replace works behind the start line only', () => {
    const route = stage().route(OFFER);
    assert.equal(textops(route, 'replace', 'bob@proxy', 'carol@proxy'), 1);
    assert.match(written(route), /^INVITE sip:bob@proxy\.test /);
    assert.match(written(route), /\r\nTo: <sip:carol@proxy\.test>\r\n/);
  });
  test('replace_hdrs leaves the body', () => {
    const route = stage().route(OFFER);
    assert.equal(textops(route, 'replace_hdrs', '192\\.0\\.2\\.10', '198.51.100.1'), 1);
    assert.equal(reread(written(route)).body, SDP);
    assert.match(written(route), /Via: SIP\/2\.0\/UDP 198\.51\.100\.1:/);
  });
  test('subst_hf changes values of one name and lets none end its line', () => {
    const route = stage().route(OFFER);
    assert.equal(textops(route, 'subst_hf', 'X-A', '/o/0/g', 'a'), 1);
    assert.deepEqual(written(route).match(/^X-.*$/gm), ['X-A: 0ne', 'X-A: tw0', 'X-B: b']);
    assert.equal(textops(route, 'subst_hf', 'X-B', '/b/b\\r\\nX-Evil: 1/', 'a'), -1);
  });
  test('subst_uri and subst_user rewrite the Request-URI', () => {
    const route = stage().route(request({ uri: 'sip:0049301@proxy.test' }));
    assert.equal(textops(route, 'subst_user', '/^00([1-9])/+\\1/'), 1);
    assert.equal(route.requestUri, 'sip:+49301@proxy.test');
    assert.equal(textops(route, 'subst_uri', '#proxy\\.test#example.org#i'), 1);
    assert.equal(route.requestUri, 'sip:+49301@example.org');
    assert.equal(textops(route, 'subst_uri', '/sip/a b/'), -1);
    assert.equal(textops(route, 'subst_user', '/zzz/y/'), -1);
    assert.equal(textops(route, 'subst_user', 'no substitution'), -1);
  });
  test('subst_v and regex_substring write to a variable', () => {
    const route = stage().route();
    assert.equal(textops(route, 'subst_v', 'abc', '/b/B/', '$var(out)'), 1);
    assert.equal(pv(route, 'get', '$var(out)'), 'aBc');
    assert.equal(textops(route, 'regex_substring', 'a=12;b=3', 'b=([0-9]+)', 1, 2, '$var(out)'), 1);
    assert.equal(pv(route, 'get', '$var(out)'), '3');
  });
});

describe('KSR.textops: headers', () => {
  const left = (name: string, ...args: (string | number)[]) => {
    const route = stage().route(OFFER);
    const result = textops(route, name, ...args);
    return [result, written(route).match(/^X-.*$/gm)?.map((line) => line.replace('\r', ''))];
  };
  test('remove_hf takes all of a name, -1 when there is none', () => {
    assert.deepEqual(left('remove_hf', 'x-a'), [1, ['X-B: b']]);
    assert.equal(left('remove_hf', 'X-None')[0], -1);
  });
  test('remove_hf_re and remove_hf_exp go by expressions over names', () => {
    assert.deepEqual(left('remove_hf_re', '^X-'), [1, undefined]);
    assert.deepEqual(left('remove_hf_exp', '^X-', 'B$'), [1, ['X-B: b']]);
  });
  test('remove_hf_idx takes one, negative from the end', () => {
    assert.deepEqual(left('remove_hf_idx', 'X-A', 0), [1, ['X-A: two', 'X-B: b']]);
    assert.deepEqual(left('remove_hf_idx', 'X-A', -1), [1, ['X-A: one', 'X-B: b']]);
    assert.equal(left('remove_hf_idx', 'X-A', 2)[0], -1);
  });
  test('remove_hf_match goes by value', () => {
    assert.deepEqual(left('remove_hf_match', 'X-A', 'sw', 'tw'), [1, ['X-A: one', 'X-B: b']]);
    assert.deepEqual(left('remove_hf_match', 'X-A', 're', '^.{3}$'), [1, ['X-B: b']]);
    assert.equal(left('remove_hf_match', 'X-A', 'xx', 'a')[0], -1);
  });
  test('is_present_hf, is_present_hf_re and is_privacy', () => {
    const route = stage().route(OFFER);
    assert.deepEqual([textops(route, 'is_present_hf', 'x-b'), textops(route, 'is_present_hf_re', '^x-[a-b]$'), textops(route, 'is_present_hf_re', '^Y')], [1, 1, -1]);
    assert.deepEqual([textops(route, 'is_privacy', 'id'), textops(route, 'is_privacy', 'header')], [1, -1]);
  });
});

test('KSR.textops: texts against texts', () => {
  const route = stage().route();
  const table: [string, string[], number][] = [
    ['cmp_str', ['a', 'a'], 1], ['cmp_str', ['a', 'A'], -1], ['cmp_istr', ['a', 'A'], 1],
    ['starts_with', ['abc', 'ab'], 1], ['starts_with', ['abc', 'b'], -1], ['ends_with', ['abc', 'bc'], 1],
    ['str_find', ['abc', 'b'], 1], ['str_ifind', ['aBc', 'b'], 1], ['str_find', ['aBc', 'b'], -1],
    ['str_any_in', ['a1', '123'], 1], ['str_all_in', ['a1', '123'], -1], ['str_all_in', ['31', '123'], 1],
    ['in_list', ['b', 'a, b,c', ','], 1], ['in_list', ['d', 'a,b', ','], -1], ['in_list_prefix', ['4930', '1|49', '|'], 1],
  ];
  for (const [name, args, expected] of table) assert.equal(textops(route, name, ...args), expected, `${name} ${args.join(' ')}`);
});
