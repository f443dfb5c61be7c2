/**
 * `route.lua` of the side-by-side benchmark in TypeScript: the same calls of the same rows in the
 * same order. What Lua costs is the difference to this one.
 */
import { ksrRows } from '../../src/script/ksr/rows.ts';
import type { RouteContext } from '../../src/script/route-context.ts';
import type { KsrValue } from '../../src/script/row.ts';
import type { RunOutcome, ScriptEngine } from '../../src/script/vm/engine.ts';

type Run<A extends readonly (string | number)[], R> = (route: RouteContext, ...args: A) => R;

function row<A extends readonly (string | number)[], R extends KsrValue | void>(module: string, name: string): Run<A, R> {
  const found = ksrRows.find((candidate) => candidate.module === module && candidate.name === name);
  if (found === undefined) throw new Error(`there is no KSR.${module}.${name}`);
  return found.run as unknown as Run<A, R>;
}

const setReplyNoConnect = row<[], boolean>('', 'set_reply_no_connect');
const forceRport = row<[], boolean>('', 'force_rport');
const isMethodIn = row<[string], boolean>('', 'is_method_in');
const isInvite = row<[], boolean>('', 'is_INVITE');
const isAck = row<[], boolean>('', 'is_ACK');
const isBye = row<[], boolean>('', 'is_BYE');
const isCancel = row<[], boolean>('', 'is_CANCEL');
const isOptions = row<[], boolean>('', 'is_OPTIONS');
const isRegister = row<[], boolean>('', 'is_REGISTER');
const isMyselfRuri = row<[], boolean>('', 'is_myself_ruri');
const setFlag = row<[number], boolean>('', 'setflag');
const isFlagSet = row<[number], boolean>('', 'isflagset');
const dbg = row<[string], void>('', 'dbg');
const isSet = row<[string], number>('tm', 't_is_set');
const onBranch = row<[string], number>('tm', 't_on_branch');
const onReply = row<[string], number>('tm', 't_on_reply');
const onFailure = row<[string], number>('tm', 't_on_failure');
const relayStatefully = row<[], number>('tm', 't_relay');
const checkTransaction = row<[], number>('tm', 't_check_trans');
const newTransaction = row<[], number>('tm', 't_newtran');
const isCanceled = row<[], number>('tm', 't_is_canceled');
const precheckTransaction = row<[], number>('tmx', 't_precheck_trans');
const replyError = row<[], number>('sl', 'sl_reply_error');
const sendStatelessly = row<[number, string], number>('sl', 'sl_send_reply');
const sendReply = row<[number, string], number>('sl', 'send_reply');
const sourceAddress = row<[], string>('kx', 'get_srcip');
const userAgent = row<[], string>('kx', 'gete_ua');
const requestUri = row<[], string>('kx', 'get_ruri');
const statusOf = row<[], number>('kx', 'get_status');
const matchName = row<[string, string, string], number>('htable', 'sht_match_name');
const processMaxForwards = row<[number], number>('maxfwd', 'process_maxfwd');
const hasUser = row<[], number>('corex', 'has_ruri_user');
const sanityCheck = row<[number, number], number>('sanity', 'sanity_check');
const hasToTag = row<[], number>('siputils', 'has_totag');
const looseRoute = row<[], number>('rr', 'loose_route');
const recordRoute = row<[], number>('rr', 'record_route');
const addRouteParam = row<[string], number>('rr', 'add_rr_param');
const removeHeader = row<[string], number>('hdr', 'remove');
const save = row<[string, number], number>('registrar', 'save');
const lookup = row<[string], number>('registrar', 'lookup');
const variable = row<[string], string | number | null>('pv', 'get');

const FLT_ACC = 1;
const FLT_MISSED = 2;
const FLT_NAT = 5;
const SCANNERS = ['friendly-scanner', 'sipvicious', 'sipcli', 'VaxSIPUserAgent'];

/** `KSR.x.exit()`: the route ends here. A value and no exception, as compiled Lua has it. */
const EXIT = true;
const GO_ON = false;

function relay(route: RouteContext): typeof EXIT {
  if (isMethodIn(route, 'IBSU') && isSet(route, 'branch_route') < 0) onBranch(route, 'ksr_branch_bench');
  if (isMethodIn(route, 'ISU') && isSet(route, 'onreply_route') < 0) onReply(route, 'ksr_onreply_bench');
  if (isInvite(route) && isSet(route, 'failure_route') < 0) onFailure(route, 'ksr_failure_bench');
  if (relayStatefully(route) < 0) replyError(route);
  return EXIT;
}

function requestChecks(route: RouteContext): boolean {
  setReplyNoConnect(route);
  forceRport(route);
  if (matchName(route, 'ipban', 'eq', sourceAddress(route)) > 0) return EXIT;
  const agent = userAgent(route);
  for (const scanner of SCANNERS) {
    if (!agent.includes(scanner)) continue;
    sendStatelessly(route, 200, 'OK');
    return EXIT;
  }
  if (processMaxForwards(route, 10) < 0) {
    sendStatelessly(route, 483, 'Too Many Hops');
    return EXIT;
  }
  if (isOptions(route) && isMyselfRuri(route) && hasUser(route) < 0) {
    sendStatelessly(route, 200, 'Keepalive');
    return EXIT;
  }
  return sanityCheck(route, 17895, 7) < 0 ? EXIT : GO_ON;
}

function withinDialog(route: RouteContext): boolean {
  if (hasToTag(route) < 0) return GO_ON;
  if (looseRoute(route) > 0) {
    if (isBye(route)) setFlag(route, FLT_ACC);
    return relay(route);
  }
  if (isAck(route)) {
    if (checkTransaction(route) > 0) relay(route);
    return EXIT;
  }
  sendStatelessly(route, 404, 'Not here');
  return EXIT;
}

function requestRoute(route: RouteContext): void {
  if (requestChecks(route) === EXIT) return;
  if (isCancel(route)) {
    if (checkTransaction(route) > 0) relay(route);
    return;
  }
  if (!isAck(route)) {
    if (precheckTransaction(route) > 0) {
      checkTransaction(route);
      return;
    }
    if (checkTransaction(route) === 0) return;
  }
  if (withinDialog(route) === EXIT) return;
  removeHeader(route, 'Route');
  if (isMethodIn(route, 'IS')) recordRoute(route);
  if (isInvite(route)) setFlag(route, FLT_ACC);
  if (!isMyselfRuri(route)) {
    relay(route);
    return;
  }
  if (isRegister(route)) {
    if (save(route, 'location', 0) < 0) replyError(route);
    return;
  }
  if (hasUser(route) < 0) {
    sendStatelessly(route, 484, 'Address Incomplete');
    return;
  }
  const found = lookup(route, 'location');
  if (found < 0) {
    newTransaction(route);
    if (found === -2) sendReply(route, 405, 'Method Not Allowed');
    else sendReply(route, 404, 'Not Found');
    return;
  }
  if (isInvite(route)) setFlag(route, FLT_MISSED);
  relay(route);
}

function branchRoute(route: RouteContext): void {
  dbg(route, `branch ${variable(route, '$T_branch_idx')} to ${requestUri(route)}\n`);
  if (isFlagSet(route, FLT_NAT)) addRouteParam(route, ';nat=yes');
}

function replyInTransaction(route: RouteContext): void {
  const code = statusOf(route);
  if (code > 100 && code < 299) dbg(route, `reply ${code}\n`);
}

function failureRoute(route: RouteContext): void {
  isCanceled(route);
}

function replyRoute(route: RouteContext): void {
  if (sanityCheck(route, 17604, 6) < 0) route.setDrop();
}

const ROUTES: ReadonlyMap<string, (route: RouteContext) => void> = new Map([
  ['ksr_request_route', requestRoute],
  ['ksr_branch_bench', branchRoute],
  ['ksr_onreply_bench', replyInTransaction],
  ['ksr_failure_bench', failureRoute],
  ['ksr_reply_route', replyRoute],
]);

/** Runs the routes of this file. None of them waits. */
export class NativeEngine implements ScriptEngine<RouteContext> {
  load(): void {}

  reload(): void {}

  has(name: string): boolean {
    return ROUTES.has(name);
  }

  run(name: string, route: RouteContext): RunOutcome {
    ROUTES.get(name)?.(route);
    return 'completed';
  }
}
