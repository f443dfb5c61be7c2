/**
 * What one route costs on each Lua engine when the KSR functions themselves do nothing: 40 calls, a
 * few string operations and KSR.x.exit(). Run with
 * `node --import tsx bench/script/route-call.bench.ts`.
 */
import { fileURLToPath } from 'node:url';

import { silentLogger } from '../../src/base/logger.ts';
import type { KsrValue, ParamType, ReturnType, Row } from '../../src/script/row.ts';
import type { RouteRun } from '../../src/script/vm/engine.ts';
import { LuaEngine } from '../../src/script/vm/lua-engine.ts';
import { measure } from '../measure.ts';

let calls = 0;

function stub(
  module: string,
  name: string,
  params: readonly ParamType[],
  returns: ReturnType,
  result: KsrValue,
): Row<RouteRun> {
  const run = () => {
    calls += 1;
    return result;
  };
  return { module, name, params, returns, doc: '', waits: false, run };
}

const rows: Row<RouteRun>[] = [
  ...['OPTIONS', 'REGISTER', 'CANCEL', 'myself_srcip'].map((name) => stub('', `is_${name}`, [], 'bool', false)),
  ...['INVITE', 'myself_ruri', 'myself_furi'].map((name) => stub('', `is_${name}`, [], 'bool', true)),
  stub('', 'is_method_in', ['str'], 'bool', true),
  stub('', 'force_rport', [], 'bool', true),
  stub('', 'setflag', ['int'], 'bool', true),
  stub('', 'dbg', ['str'], 'none', null),
  stub('', 'err', ['str'], 'none', null),
  stub('kx', 'get_srcip', [], 'xval', '192.0.2.17'),
  stub('kx', 'gete_ua', [], 'xval', 'Acme Desk Phone 7/12.0.3'),
  stub('kx', 'gete_fhost', [], 'xval', 'example.com'),
  stub('pv', 'is_null', ['str'], 'bool', true),
  stub('pv', 'get', ['str'], 'xval', 'INVITE'),
  stub('pv', 'seti', ['str', 'int'], 'bool', true),
  stub('pike', 'pike_check_req', [], 'int', 1),
  stub('maxfwd', 'process_maxfwd', ['int'], 'int', 1),
  stub('corex', 'has_ruri_user', [], 'int', 1),
  stub('sanity', 'sanity_check', ['int', 'int'], 'int', 1),
  stub('nathelper', 'nat_uac_test', ['int'], 'int', 1),
  stub('nathelper', 'fix_nated_register', [], 'int', 1),
  stub('nathelper', 'set_contact_alias', [], 'int', 1),
  stub('siputils', 'is_first_hop', [], 'int', 1),
  stub('siputils', 'has_totag', [], 'int', -1),
  stub('rr', 'loose_route', [], 'int', -1),
  stub('rr', 'record_route', [], 'int', 1),
  stub('auth_db', 'auth_check', ['str', 'str', 'int'], 'int', 1),
  stub('auth', 'auth_challenge', ['str', 'int'], 'int', 1),
  stub('auth', 'consume_credentials', [], 'int', 1),
  stub('hdr', 'remove', ['str'], 'int', 1),
  stub('registrar', 'lookup', ['str'], 'int', 1),
  stub('tm', 't_is_set', ['str'], 'int', -1),
  ...['t_on_branch', 't_on_reply', 't_on_failure'].map((name) => stub('tm', name, ['str'], 'int', 1)),
  stub('tm', 't_relay', [], 'int', 1),
  stub('tm', 't_check_trans', [], 'int', -1),
  stub('tmx', 't_precheck_trans', [], 'int', -1),
  stub('sl', 'sl_send_reply', ['int', 'str'], 'int', 1),
  stub('sl', 'send_reply', ['int', 'str'], 'int', 1),
  stub('sl', 'sl_reply_error', [], 'int', 1),
];

const route: RouteRun = { callId: 'bench', failed: false, setDrop() {}, onCompleted() {} };

for (const engine of ['compiled', 'interpreter'] as const) {
  const lua = new LuaEngine<RouteRun>({ engine, path: fileURLToPath(new URL('route-call.lua', import.meta.url)), rows, logger: silentLogger });
  lua.load();
  // A route that fails or takes another way is no number, and fails here too.
  measure(`script/route ${engine}, 40 KSR calls and exit`, () => {
    calls = 0;
    lua.run('ksr_request_route', route);
    return calls === 40 && !route.failed ? calls : Number.NaN;
  });
}
