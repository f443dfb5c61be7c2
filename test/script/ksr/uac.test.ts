import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { ksrRows } from '../../../src/script/ksr/rows.ts';
import { uacRows } from '../../../src/script/ksr/uac.ts';
import { pseudoVariable } from '../../../src/script/pseudo-variables/compile.ts';
import type { PvValue } from '../../../src/script/pseudo-variables/pseudo-variable.ts';
import { Router } from '../../../src/script/router.ts';
import type { RouteContext } from '../../../src/script/route-context.ts';
import { ENGINE } from '../../engines.ts';
import { LuaEngine } from '../../../src/script/vm/lua-engine.ts';
import { moduleStage, type ModuleStage } from '../modules/module-stage.ts';
import { callable, request, SOURCE } from '../route-fixture.ts';

const uac = callable(uacRows);

type Fields = Readonly<Record<string, PvValue>>;

const MESSAGE: Fields = { method: 'MESSAGE', ruri: 'sip:bob@proxy.test', furi: 'sip:alice@proxy.test', hdrs: 'Content-Type: text/plain\r\n', body: 'hello' };

function set(route: RouteContext, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) assert.ok(pseudoVariable(`$uac_req(${name})`)!.set(route, value), name);
}

const get = (route: RouteContext, name: string): PvValue => pseudoVariable(`$uac_req(${name})`)!.get(route);

/** Sends what these fields describe, from a route of its own. */
function send(here: ModuleStage, fields: Fields): unknown {
  const route = here.route();
  set(route, fields);
  return uac(route, 'uac_req_send');
}

describe('what is sent', () => {
  test('the fields, From and To as they are set', () => {
    const here = moduleStage();
    assert.equal(send(here, { ...MESSAGE, turi: 'sip:robert@proxy.test', callid: 'c-1', auser: 'svc', apasswd: 'secret', flags: 1 }), 1);
    assert.deepEqual(here.requests.sent[0]!.request, {
      method: 'MESSAGE',
      requestUri: 'sip:bob@proxy.test',
      fromUri: 'sip:alice@proxy.test',
      toUri: 'sip:robert@proxy.test',
      headers: 'Content-Type: text/plain\r\n',
      body: 'hello',
      callId: 'c-1',
      user: 'svc',
      password: 'secret',
      isHash: true,
    });
  });

  test('From and To are the Request-URI unless they are set; each request has a Call-ID of its own', () => {
    const here = moduleStage();
    for (const _ of [1, 2]) assert.equal(send(here, { method: 'OPTIONS', ruri: 'sip:bob@proxy.test' }), 1);
    const [first, second] = here.requests.sent.map((one) => one.request);
    assert.deepEqual([first!.fromUri, first!.toUri, first!.headers, first!.isHash], ['sip:bob@proxy.test', 'sip:bob@proxy.test', '', false]);
    assert.match(first!.callId, /^[0-9a-f]{32}$/);
    assert.notEqual(first!.callId, second!.callId);
  });

  test('RFC 3261 §20.15: a body without a type gets text/plain, in long and compact form', () => {
    const here = moduleStage();
    send(here, { ...MESSAGE, hdrs: null });
    send(here, { ...MESSAGE, hdrs: 'X-A: content-type: x\r\n' });
    send(here, { ...MESSAGE, hdrs: 'c: text/html\r\n' });
    assert.deepEqual(here.requests.sent.map((one) => one.request.headers), ['Content-Type: text/plain\r\n', 'X-A: content-type: x\r\nContent-Type: text/plain\r\n', 'c: text/html\r\n']);
  });

  test('an outbound proxy may be this service itself, and nobody else', () => {
    const here = moduleStage();
    assert.equal(send(here, { ...MESSAGE, ouri: 'sip:10.0.0.1:5060' }), 1);
    assert.equal(send(here, { ...MESSAGE, ouri: 'sip:192.0.2.66' }), -1);
    assert.match(here.logger.errors[0]!, /ouri is not this service/);
  });
});

describe('what is refused with -1, a line in the log and a count', () => {
  const refusals: readonly (readonly [string, Fields])[] = [
    ['no method', { method: null }],
    ['no Request-URI', { ruri: null }],
    ['a method that is no token', { method: 'MESSAGE sip:x@y SIP/2.0\r\nVia: z' }],
    ['a method that needs a dialog', { method: 'INVITE' }],
    ['an ACK', { method: 'ack' }],
    ['a Request-URI with a line end', { ruri: 'sip:bob@proxy.test\r\nX: y' }],
    ['a From with a blank', { furi: 'sip:al ice@proxy.test' }],
    ['a To in brackets', { turi: '<sip:bob@proxy.test>' }],
    ['a telephone number as URI', { ruri: 'tel:+4930' }],
    ['a Call-ID with a blank', { callid: 'a b' }],
    ['a Call-ID with a line end', { callid: 'a\r\nX: y' }],
    ['a header without its CRLF', { hdrs: 'X-A: 1' }],
    ['a bare line feed', { hdrs: 'X-A: 1\nX-B: 2\r\n' }],
    ['a bare carriage return', { hdrs: 'X-A: 1\rX-B: 2\r\n' }],
    ['a blank line, behind which a body would begin', { hdrs: 'X-A: 1\r\n\r\nbody\r\n' }],
    ['a folded line', { hdrs: 'X-A: 1\r\n more\r\n' }],
    ['a NUL', { hdrs: 'X-A: 1\0\r\n' }],
    ['another control character', { hdrs: 'X-A: \x1b[31m\r\n' }],
    ['no name', { hdrs: ': 1\r\n' }],
    ['our From', { hdrs: 'X-A: 1\r\nFrom: <sip:x@y>\r\n' }],
    ['our Via in its compact form', { hdrs: 'v: SIP/2.0/UDP x\r\n' }],
    ['our Content-Length with a blank behind the name', { hdrs: 'Content-Length : 0\r\n' }],
    ['a Route', { hdrs: 'Route: <sip:evil.example;lr>\r\n' }],
    ['credentials', { hdrs: 'Authorization: Digest x\r\n' }],
    ['a body beyond a datagram', { body: 'x'.repeat(60_001) }],
    ['the failure hook of Kamailio', { evroute: 2 }],
  ];
  for (const [what, change] of refusals) {
    test(what, () => {
      const here = moduleStage();
      assert.equal(send(here, { ...MESSAGE, ...change }), -1);
      assert.equal(here.requests.sent.length, 0);
      assert.match(here.logger.errors[0]!, /^uac: a request is not sent: /);
      assert.equal(here.modules.counters.requestsRefused.value, 1);
    });
  }

  test('the sender cannot take it: no socket, or too many on their way', () => {
    const here = moduleStage();
    here.requests.down = true;
    assert.equal(send(here, MESSAGE), -1);
    assert.deepEqual([here.logger.errors, here.modules.counters.requestsRefused.value], [['uac: a request cannot be sent now'], 1]);
  });

  test('whatever the texts are: what is sent has whole lines and no header of ours', () => {
    const part = fc.constantFrom('X-A', ':', ' ', '1', '\r\n', '\r', '\n', '\0', 'Via: x', 'To', 't:', 'Content-Length: 9', '\r\n\r\n', '\t', 'é');
    fc.assert(fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const here = moduleStage();
      const headers = parts.join('');
      if (send(here, { ...MESSAGE, hdrs: headers }) !== 1) return;
      const lines = here.requests.sent[0]!.request.headers.split('\r\n');
      assert.equal(lines.pop(), '');
      for (const line of lines) {
        assert.match(line, /^[^\s:]+[ \t]*:[^\x00-\x08\x0a-\x1f]*$/);
        assert.doesNotMatch(line, /^(via|v|to|t|from|f|content-length|l)[ \t]*:/i);
      }
    }));
  });
});

describe('$uac_req(name)', () => {
  test('what is set is read back, null clears, all clears everything', () => {
    const route = moduleStage().route();
    set(route, { method: 'OPTIONS', flags: 1 });
    assert.deepEqual([get(route, 'method'), get(route, 'flags'), get(route, 'body')], ['OPTIONS', 1, null]);
    set(route, { method: null });
    assert.equal(get(route, 'method'), null);
    set(route, { all: null });
    assert.equal(get(route, 'flags'), null);
  });

  test('the fields of a reply are only read', () => {
    const route = moduleStage().route();
    set(route, { evcode: 200 });
    assert.equal(get(route, 'evcode'), null);
  });

  test('a name that is none is no variable; one that is only known in the route is null and cannot be set', () => {
    assert.equal(pseudoVariable('$uac_req(methd)'), undefined);
    const route = moduleStage().route();
    pseudoVariable('$var(n)')!.set(route, 'methd');
    const variable = pseudoVariable('$uac_req($var(n))')!;
    assert.deepEqual([variable.get(route), variable.set(route, 'x')], [null, false]);
  });

  test('two runs of callbacks have fields of their own', () => {
    const here = moduleStage();
    const [one, other] = [here.route(), here.route()];
    set(one, MESSAGE);
    assert.equal(get(other, 'ruri'), null);
  });
});

describe('the callback of a reply', () => {
  /** A node whose script sends the request that a test describes and records what its callback sees. */
  function node(fields: string) {
    const here = moduleStage();
    const folder = mkdtempSync(join(tmpdir(), 'uac-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'route.lua');
    writeFileSync(path, `
      function ksr_request_route()
        KSR.pv.sets("$uac_req(method)", "MESSAGE")
        KSR.pv.sets("$uac_req(ruri)", "sip:bob@proxy.test")
        KSR.pv.sets("$uac_req(callid)", "own-1")
        KSR.pv.sets("$uac_req(apasswd)", "secret")
        ${fields}
        KSR.info("sent " .. KSR.uac.uac_req_send())
      end
      function ksr_uac_event(event)
        local function get(name) return tostring(KSR.pv.get("$uac_req(" .. name .. ")")) end
        KSR.info(table.concat({ event, get("evcode"), get("evtype"), get("evparam"), get("callid"), get("apasswd") }, " "))
      end`);
    const engine = new LuaEngine<RouteContext>({ engine: ENGINE, path, rows: ksrRows, logger: here.logger, counters: here.services.counters });
    engine.load();
    here.services.endpoint.attach(new Router(here.services, engine));
    here.services.endpoint.onMessage(request({ method: 'OPTIONS' }), SOURCE);
    const said = () => here.logger.lines.filter(({ level }) => level === 'info').map(({ message }) => message);
    return { ...here, said };
  }

  test('evroute 1: the name of the event, final status, 1 for a reply, the parameter and the request, without its password', () => {
    const here = node('KSR.pv.seti("$uac_req(evroute)", 1) KSR.pv.sets("$uac_req(evparam)", "m-7")');
    here.requests.sent[0]!.onReply(202);
    assert.deepEqual(here.said(), ['sent 1', 'uac:reply 202 1 m-7 own-1 nil']);
  });

  test('evtype is 2 when nobody replied', () => {
    const here = node('KSR.pv.seti("$uac_req(evroute)", 1)');
    here.requests.sent[0]!.onReply(408);
    assert.deepEqual(here.said()[1], 'uac:reply 408 2 nil own-1 nil');
  });

  test('without evroute nobody is told', () => {
    const here = node('');
    here.requests.sent[0]!.onReply(200);
    assert.deepEqual(here.said(), ['sent 1']);
  });

  test('fr_timeout: told 408 after so many milliseconds, once, whatever comes later', () => {
    const here = node('KSR.pv.seti("$uac_req(evroute)", 1) KSR.pv.seti("$uac_req(fr_timeout)", 5000)');
    here.clock.advance(4999);
    assert.equal(here.said().length, 1);
    here.clock.advance(1);
    here.requests.sent[0]!.onReply(200);
    assert.deepEqual(here.said().slice(1), ['uac:reply 408 2 nil own-1 nil']);
  });

  test('a reply in time takes the timer away', () => {
    const here = node('KSR.pv.seti("$uac_req(evroute)", 1) KSR.pv.seti("$uac_req(fr_timeout)", 5000)');
    const armed = here.clock.armed;
    here.requests.sent[0]!.onReply(200);
    assert.equal(here.clock.armed, armed - 1);
  });
});
