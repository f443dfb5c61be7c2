import { openTransaction } from '../relay.ts';
import type { RouteContext, RouteKind } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('tmx');

const TRUE = 1;
const FALSE = -1;

const isKind = (...kinds: RouteKind[]) => (route: RouteContext): number => (kinds.includes(route.kind) ? TRUE : FALSE);

/** Gives up all branches, or all but the one of this reply route (`"others"`), or that one alone (`"this"`). */
function cancelBranches(route: RouteContext, which: string): number {
  const { transaction } = route;
  if (transaction === undefined) return FALSE;
  transaction.context.cancelBranches((branch) => which === 'all' || (branch === route.branch ? which === 'this' : which === 'others'));
  return TRUE;
}

/**
 * KEMI `t_suspend`: the request waits as a transaction until `t_continue`. Refused where there is
 * nothing to come back to: ACK and CANCEL, faked requests, replies and failures.
 */
function suspend(route: RouteContext): number {
  const { method } = route.message;
  if ((route.kind !== 'request' && !route.resumed) || method === 'ACK' || method === 'CANCEL') return FALSE;
  const transaction = route.transaction ?? openTransaction(route);
  if (transaction.context.finalStatus !== 0 || transaction.context.branches.length > 0) return FALSE;
  transaction.suspend(route);
  return TRUE;
}

function continueTransaction(route: RouteContext, index: number, label: number, name: string): number {
  const transaction = route.runner.suspended.find(label);
  return transaction?.suspendedIndex === index && transaction.resume(name) ? TRUE : FALSE;
}

export const tmxRows = [
  row('t_precheck_trans', [], 'int', () => FALSE, '1 when the same request is being processed elsewhere; never here: such a request is absorbed before the script'),
  row('t_is_request_route', [], 'int', isKind('request'), '1 in the request route'),
  row('t_is_reply_route', [], 'int', isKind('reply', 'onreply'), '1 in a reply route'),
  row('t_is_branch_route', [], 'int', isKind('branch'), '1 in a branch route'),
  row('t_is_failure_route', [], 'int', isKind('failure'), '1 in a failure route'),
  row('t_suspend', [], 'int', suspend, 'Puts the request aside until t_continue; $T(id_index) and $T(id_label) name it'),
  row('t_continue', ['int', 'int', 'str'], 'int', continueTransaction, 'Goes on with a suspended request in the named function, as a failure route; -1 when it is not suspended any more'),
  row('t_cancel_branches', ['str'], 'int', cancelBranches, 'Cancels branches: "all", "others" or "this"'),
  row('t_flush_flags', [], 'int', (route) => {
    if (route.transaction === undefined) return FALSE;
    route.transaction.flags = route.flags;
    return TRUE;
  }, 'Writes the message flags to the transaction'),
];
