import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ksrRows } from '../../../src/script/ksr/rows.ts';
import type { RouteContext } from '../../../src/script/route-context.ts';
import { ENGINE } from '../../engines.ts';
import { LuaEngine } from '../../../src/script/vm/lua-engine.ts';
import { request, stage, type LoggedLine } from '../route-fixture.ts';

/** Runs a body as a request route of a real Lua engine and gives the lines that it logged. */
function run(body: string): LoggedLine[] {
  const folder = mkdtempSync(join(tmpdir(), 'rows-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'route.lua');
  writeFileSync(path, `function ksr_request_route()\n${body}\nend\n`);
  const scene = stage();
  const engine = new LuaEngine<RouteContext>({ engine: ENGINE, path, logger: scene.logger, rows: ksrRows });
  engine.load();
  scene.logger.lines.length = 0;
  engine.run('ksr_request_route', scene.route(request({ headers: 'X-A: one\r\n' })));
  return scene.logger.lines;
}

/** Logs each expression with its Lua type. */
const show = (...expressions: string[]) =>
  run(expressions.map((expression) => `do local v = ${expression}; KSR.info(type(v) .. " " .. tostring(v)) end`).join('\n')).map(({ message }) => message);

test('texts, numbers, nil and booleans reach a script as semantics of KEMI have them', () => {
  assert.deepEqual(show('KSR.pv.get("$rU")', 'KSR.pv.get("$sp")', 'KSR.pv.get("$cs")', 'KSR.pv.get("$du")', 'KSR.pv.is_null("$du")', 'KSR.kx.get_status()', 'KSR.hdr.is_present("X-B")', 'KSR.is_INVITE()', 'KSR.isflagset(40)'), [
    'string bob',
    'number 5062',
    'string 7',
    'nil nil',
    'boolean true',
    'number -1',
    'number -1',
    'boolean true',
    'boolean false',
  ]);
});

test('a row without parameters that gets one is not called and gives false', () => {
  const lines = run('KSR.info(tostring(KSR.siputils.has_totag("x")))');
  assert.deepEqual(lines.map(({ level, message }) => (level === 'info' ? message : level)), ['error', 'false']);
});

test('tables: xavp_getd gives lists from 1', () => {
  assert.deepEqual(show('(function() KSR.pv.sets("$xavp(r=>a)", "x") return KSR.pvx.xavp_getd("r")[1].a[1] end)()'), ['string x']);
});

test('KSR.info expands nothing, KSR.xlog.xinfo does', () => {
  assert.deepEqual(run('KSR.info("$ru") KSR.xlog.xinfo("$rU\\n")').map(({ message }) => message), ['$ru', 'bob']);
});
