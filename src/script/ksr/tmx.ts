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
  for (const branch of transaction.context.branches) {
    const own = branch === route.branch;
    if (which === 'all' || (which === 'others' && !own) || (which === 'this' && own)) branch.cancel('');
  }
  return TRUE;
}

export const tmxRows = [
  row('t_precheck_trans', [], 'int', () => FALSE, '1 when the same request is being processed elsewhere; never here: such a request is absorbed before the script'),
  row('t_is_request_route', [], 'int', isKind('request'), '1 in the request route'),
  row('t_is_reply_route', [], 'int', isKind('reply', 'onreply'), '1 in a reply route'),
  row('t_is_branch_route', [], 'int', isKind('branch'), '1 in a branch route'),
  row('t_is_failure_route', [], 'int', isKind('failure'), '1 in a failure route'),
  row('t_cancel_branches', ['str'], 'int', cancelBranches, 'Cancels branches: "all", "others" or "this"'),
  row('t_flush_flags', [], 'int', (route) => {
    if (route.transaction === undefined) return FALSE;
    route.transaction.flags = route.flags;
    return TRUE;
  }, 'Writes the message flags to the transaction'),
];
