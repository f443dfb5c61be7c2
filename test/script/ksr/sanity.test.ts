import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sanityRows } from '../../../src/script/ksr/sanity.ts';
import { callable, request, response, stage, type RequestParts } from '../route-fixture.ts';

const sanity = callable(sanityRows);

/** What the request is answered with, '' when it passes. */
function answerTo(parts: RequestParts, checks: number, uris = 15): string {
  const scene = stage();
  const route = scene.route(request(parts));
  const result = sanity(route, 'sanity_check', checks, uris);
  assert.equal(result, scene.sent.length === 0 ? 1 : -1);
  assert.equal(route.repliedStatelessly, scene.sent.length > 0);
  return scene.sent[0]?.text ?? '';
}

describe('KSR.sanity', () => {
  test('an ordinary request passes every check, and nothing is sent', () => {
    assert.equal(answerTo({ headers: 'Contact: <sip:alice@192.0.2.10>\r\nExpires: 60\r\n' }, 32_767), '');
    assert.equal(answerTo({ method: 'REGISTER', headers: 'Contact: *\r\nExpires: 0\r\n' }, 32_767), '');
    assert.equal(sanity(stage().route(), 'sanity_check_defaults'), 1);
  });

  for (const uri of ['nobodyKnowsThisScheme:totallyopaquecontent', 'soap.beep://192.0.2.103:3002']) {
    test(`2: ${uri} is answered with 416 (RFC 4475 §3.3.2, §3.3.3)`, () => {
      assert.match(answerTo({ uri }, 2), /^SIP\/2\.0 416 /);
      assert.equal(answerTo({ uri }, 1), '');
    });
  }
  for (const uri of ['sips:a@b', 'tel:+4930', 'urn:service:sos']) test(`2: ${uri} passes`, () => assert.equal(answerTo({ uri }, 2), ''));

  for (const value of ['x', '-1', '4294967296', '1.5']) {
    test(`256: Expires of ${value} is answered with 400`, () => assert.match(answerTo({ headers: `Expires: ${value}\r\n` }, 256), /^SIP\/2\.0 400 /));
  }
  test('512: Proxy-Require is answered with 420, and Unsupported names all of it (RFC 4475 §3.3.5)', () => {
    const answer = answerTo({ headers: 'Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis\r\nProxy-Require: third\r\n' }, 512);
    assert.match(answer, /^SIP\/2\.0 420 Bad Extension\r\n/);
    assert.match(answer, /\r\nUnsupported: noProxiesSupportThis, norDoAnyProxiesSupportThis, third\r\n/);
  });
  test('512: CANCEL is not held up by it (§9.1)', () => assert.equal(answerTo({ method: 'CANCEL', headers: 'Proxy-Require: x\r\n' }, 512), ''));

  test('1024 with 1: headers in the Request-URI are answered with 400 (RFC 4475 §3.1.2.11)', () => {
    const uri = 'sip:user@example.com?Route=%3Csip:example.com%3E';
    assert.match(answerTo({ uri }, 1024, 1), /^SIP\/2\.0 400 /);
    assert.equal(answerTo({ uri }, 1024, 6), '');
  });
  test('1024 with 2 and 4: unknown schemes in From and To are answered with 400 (RFC 4475 §3.3.4)', () => {
    const from = '<http://www.example.com>;tag=1';
    assert.match(answerTo({ from }, 1024, 2), /^SIP\/2\.0 400 /);
    assert.equal(answerTo({ from }, 1024, 5), '');
    assert.match(answerTo({ to: '<isbn:2983792873>' }, 1024, 4), /^SIP\/2\.0 400 /);
  });
  test('1024 with 8: Contact must hold together', () => {
    const headers = 'Contact: <sip:a@b\r\n';
    assert.match(answerTo({ headers }, 1024, 8), /^SIP\/2\.0 400 /);
    assert.equal(answerTo({ headers }, 1024, 7), '');
  });
  test('2048: credentials must be Digest and complete; 8192 lets other schemes pass', () => {
    const other = 'Authorization: NoOneKnowsThisScheme opaque-data=here\r\n';
    const partly = 'Authorization: Digest username="a", realm="r"\r\n';
    assert.match(answerTo({ headers: other }, 2048), /^SIP\/2\.0 400 /);
    assert.equal(answerTo({ headers: other }, 8192), '');
    assert.match(answerTo({ headers: partly }, 8192), /^SIP\/2\.0 400 /);
  });
  test('4096: a tag that stands twice is answered with 400', () => {
    assert.match(answerTo({ from: '<sip:a@b>;tag=1;Tag=2' }, 4096), /^SIP\/2\.0 400 /);
    assert.equal(answerTo({ from: '<sip:a@b;tag=0>;tag=1' }, 4096), '');
  });

  test('an ACK fails without an answer', () => {
    const scene = stage();
    assert.equal(sanity(scene.route(request({ method: 'ACK', headers: 'Expires: x\r\n' })), 'sanity_check', 256, 7), -1);
    assert.equal(scene.sent.length, 0);
  });
  test('a reply is checked and never answered', () => {
    const scene = stage();
    assert.equal(sanity(scene.route(response()), 'sanity_check', 17_604, 6), 1);
    assert.equal(sanity(scene.route(response(200, 'OK', 'Contact: <sip:a@b\r\n')), 'sanity_check', 1024, 8), -1);
    assert.equal(scene.sent.length, 0);
  });
});
