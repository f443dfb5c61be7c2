/** Functions that wait, called by real Lua routes on real requests. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { ksrRows } from '../../../src/script/ksr/rows.ts';
import { RouteTimers } from '../../../src/script/modules/route-timers.ts';
import { Router } from '../../../src/script/router.ts';
import type { RouteContext } from '../../../src/script/route-context.ts';
import { ENGINE } from '../../engines.ts';
import { LuaEngine } from '../../../src/script/vm/lua-engine.ts';
import { deriveSecrets } from '../../../src/sip/auth/algorithm.ts';
import { request, SOURCE } from '../route-fixture.ts';
import { authorization, parseSent } from '../modules/digest-phone.ts';
import { moduleStage, settled } from '../modules/module-stage.ts';

/** A node that runs this script. */
function node(script: string) {
  const here = moduleStage();
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'route.lua');
  writeFileSync(path, script);
  const engine = new LuaEngine<RouteContext>({ engine: ENGINE, path, rows: ksrRows, logger: here.logger, counters: here.services.counters });
  engine.load();
  const router = new Router(here.services, engine);
  here.services.endpoint.attach(router);
  let calls = 0;
  /** A new request, with its own branch and Call-ID. */
  const receive = (text: string) => {
    calls += 1;
    const own = text.replace('z9hG4bKabc', `z9hG4bK${calls}`).replace('call-1@', `call-${calls}@`);
    here.services.endpoint.onMessage(own, SOURCE);
    return own;
  };
  const statuses = () => here.sent.map((sent) => `${parseSent(sent).status} ${parseSent(sent).reason}`);
  return { ...here, engine, router, receive, statuses };
}

test('while one route waits for SQL another runs to its end; each goes on with its own message, result and transaction', async () => {
  const here = node(`
    function ksr_request_route()
      if KSR.is_method("OPTIONS") then
        KSR.sl.sl_send_reply(200, "OK " .. KSR.kx.get_callid())
        return
      end
      local name = KSR.kx.get_ruser()
      local code = KSR.sqlops.sql_query("db", "select '" .. name .. "'", "res")
      KSR.sl.send_reply(486, name .. " " .. code .. " " .. KSR.sqlops.sql_result_get("res", 0, 0))
    end`);
  here.receive(request({ method: 'MESSAGE', uri: 'sip:one@proxy.test' }));
  here.receive(request({ method: 'MESSAGE', uri: 'sip:two@proxy.test' }));
  assert.equal(here.engine.parkedRuns, 2);
  here.receive(request({ method: 'OPTIONS' }));
  assert.deepEqual(here.statuses(), ['200 OK call-3@example.com']);
  await here.sql.answer(['x'], ['first']);
  await here.sql.answer(['x'], ['second']);
  assert.deepEqual(here.statuses().slice(1), ['486 one 0 first', '486 two 0 second']);
  assert.equal(here.engine.parkedRuns, 0);
});

test('a retransmission that arrives while the route waits is absorbed', async () => {
  const here = node(`
    function ksr_request_route()
      KSR.sqlops.sql_query("db", "select 1", "res")
      KSR.sl.send_reply(404, "Not Found")
    end`);
  const text = here.receive(request({ method: 'MESSAGE' }));
  here.services.endpoint.onMessage(text, SOURCE);
  assert.equal(here.sql.asked.length, 1);
  await here.sql.answer([]);
  assert.deepEqual(here.statuses(), ['404 Not Found']);
});

test('a user name that is SQL stays a value: as a parameter, and through {sql.val}', async () => {
  const here = node(`
    function ksr_request_route()
      KSR.sipweet.sql_query_p1("db", "select twuser from sipweetusers where sipuser = $1", "res", KSR.kx.get_ruser())
      KSR.sqlops.sql_query("db", "select twuser from sipweetusers where sipuser = " .. KSR.pv.get("$(rU{sql.val})"), "res")
    end`);
  here.receive(request({ method: 'MESSAGE', uri: "sip:x'or'1'='1@proxy.test" }));
  await here.sql.answer([]);
  assert.deepEqual(here.sql.asked, [
    { text: 'select twuser from sipweetusers where sipuser = $1', params: ["x'or'1'='1"] },
    { text: "select twuser from sipweetusers where sipuser = 'x''or''1''=''1'", params: [] },
  ]);
  await here.sql.answer([]);
});

test('a statement that fails gives the script -1, and the log the function, the place and the Call-ID', async () => {
  const here = node(`
    function ksr_request_route()
      KSR.sl.send_reply(500, "code " .. KSR.sqlops.sql_query("db", "selekt", "res"))
    end`);
  here.receive(request({ method: 'MESSAGE' }));
  await here.sql.fail('syntax error');
  assert.deepEqual(here.statuses(), ['500 code -1']);
  const line = here.logger.lines.find(({ level }) => level === 'error')!;
  assert.match(line.message, /KSR\.sqlops\.sql_query failed: syntax error/);
  assert.match(String(line.fields.at), /route\.lua:3$/);
  assert.equal(line.fields.callId, 'call-1@example.com');
});

test('a phone registers: challenged, checked against the store, saved; its next REGISTER does not wait', async () => {
  const here = node(`
    function ksr_request_route()
      if KSR.auth_db.auth_check("proxy.test", "subscriber", 1) < 0 then
        KSR.auth.auth_challenge("proxy.test", 1)
        return
      end
      KSR.auth.consume_credentials()
      KSR.registrar.save("location", 0)
    end`);
  const { ha1, ha1Sha256 } = deriveSecrets('alice', 'proxy.test', 'secret');
  here.users.known.set('alice@proxy.test', { ha1, ha1Sha256: ha1Sha256! });
  const register = (headers: string, cseq: number) => request({
    method: 'REGISTER', uri: 'sip:proxy.test', from: '<sip:alice@proxy.test>;tag=1', to: '<sip:alice@proxy.test>', cseq: `${cseq} REGISTER`,
    headers: `Contact: <sip:alice@192.0.2.10:5062>\r\n${headers}`,
  });
  here.receive(register('', 1));
  const answer = (count: number) => authorization({ challenge: parseSent(here.sent[0]), method: 'REGISTER', uri: 'sip:proxy.test', count });
  here.receive(register(answer(1), 2));
  assert.deepEqual(here.statuses(), ['401 Unauthorized']);
  await settled();
  assert.deepEqual(here.statuses(), ['401 Unauthorized', '200 OK']);
  here.receive(register(answer(2), 3));
  assert.deepEqual(here.statuses().slice(2), ['200 OK']);
  assert.deepEqual([here.users.questions, here.modules.registrar.bindingCount], [1, 1]);
});

test('a timed route drains results into a table; while it waits for SQL no second one starts', async () => {
  const here = node(`
    function ksr_rtimer_results(event)
      while KSR.mqueue.mq_fetch("results") > 0 do
        KSR.sipweet.sql_query_p2("db", "insert into t values ($1, $2)", "res", KSR.mqueue.mqk_get("results"), KSR.mqueue.mqv_get("results"))
      end
    end`);
  const timers = new RouteTimers({ results: { intervalMs: 1000, route: 'ksr_rtimer_results' } }, here.clock, (callback, event, whenDone) => here.router.runEvent(callback, event, whenDone));
  timers.start();
  here.inboxes.items.push({ key: 'a', value: '1' }, { key: 'b', value: '2' });
  here.clock.advance(5000);
  assert.deepEqual(here.sql.asked.map(({ params }) => params), [['a', '1']]);
  await here.sql.answer([]);
  assert.deepEqual(here.sql.asked.map(({ params }) => params), [['a', '1'], ['b', '2']]);
  await here.sql.answer([]);
  assert.equal(here.engine.parkedRuns, 0);
  here.inboxes.items.push({ key: 'c', value: '3' });
  here.clock.advance(1000);
  assert.equal(here.sql.asked.length, 3);
  timers.stop();
  await here.sql.answer([]);
});
