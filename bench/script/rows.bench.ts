/**
 * Functions that routing scripts call for every request, without the script engine around them. Run
 * with `node --import tsx bench/script/rows.bench.ts`.
 */
import { ksrRows } from '../../src/script/ksr/rows.ts';
import type { RouteContext } from '../../src/script/route-context.ts';
import { request, stage } from '../../test/script/route-fixture.ts';
import { measure } from '../measure.ts';

const scene = stage();
scene.logger.debugEnabled = false;
const text = request({ headers: 'Contact: <sip:alice@192.0.2.10:5062>\r\nUser-Agent: Acme Desk Phone 7/12.0.3\r\nX-A: one\r\n' });
const routes = Array.from({ length: 64 }, () => scene.route(text));

function row(module: string, name: string, ...args: (string | number)[]): void {
  const { run } = ksrRows.find((candidate) => candidate.module === module && candidate.name === name)!;
  const [first, second] = args;
  const call: (route: RouteContext) => unknown =
    first === undefined ? (route) => run(route) : second === undefined ? (route) => run(route, first) : (route) => run(route, first, second);
  const label = `KSR.${module === '' ? '' : `${module}.`}${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  measure(label, (n) => (call(routes[n & 63]!) === null ? 0 : 1));
}

row('', 'is_method_in', 'IBSU');
row('', 'is_INVITE');
row('', 'is_myself_ruri');
row('', 'isflagset', 5);
row('', 'dbg', 'branch 0\n');
row('kx', 'get_srcip');
row('kx', 'gete_ua');
row('kx', 'get_ruri');
row('kx', 'gete_fhost');
row('pv', 'get', '$ru');
row('pv', 'get', '$rU');
row('pv', 'get', '$T_branch_idx');
row('pv', 'get', '$hdr(X-A)');
row('pv', 'get', '$(ci{s.md5})');
row('hdr', 'get', 'X-A');
row('hdr', 'is_present', 'Contact');
row('maxfwd', 'process_maxfwd', 10);
row('hdr', 'remove', 'Route');
row('tm', 't_is_set', 'branch_route');
row('tm', 't_check_trans');
row('corex', 'has_ruri_user');
row('siputils', 'has_totag');
row('sanity', 'sanity_check', 17_895, 7);
