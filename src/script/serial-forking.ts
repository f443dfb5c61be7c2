import type { Target } from '../proxy/target.ts';
import type { RouteContext } from './route-context.ts';

const DONE = 1;
const FAILED = -1;
const NONE_LEFT = -2;

/**
 * KEMI `t_load_contacts`: groups the destination set by q, best first (RFC 3261 §16.6), so that
 * `t_next_contacts` tries one group after the other. A target without q counts as 1.0 (§20.10).
 */
export function loadContacts(route: RouteContext): number {
  const targets = route.takeTargets();
  if (targets.length === 0) return FAILED;
  const groups = new Map<number, Target[]>();
  for (const target of targets) {
    const q = target.q < 0 ? 1000 : target.q;
    groups.set(q, [...(groups.get(q) ?? []), target]);
  }
  const queue = [...groups].sort(([a], [b]) => b - a).map(([, group]) => group);
  if (route.transaction === undefined) route.contactQueue = queue;
  else route.transaction.contactQueue = queue;
  return DONE;
}

/** KEMI `t_next_contacts`: makes the best group that was not tried the destination set. */
export function nextContacts(route: RouteContext): number {
  const queue = route.transaction?.contactQueue ?? route.contactQueue;
  const group = queue.shift();
  const [first, ...others] = group ?? [];
  if (first === undefined) return NONE_LEFT;
  route.setRequestUri(first.requestUri);
  route.destinationUri = first.destinationUri;
  route.path = first.path;
  route.q = first.q;
  route.branchFlags = first.flags;
  route.ruid = first.ruid;
  route.appended.push(...others);
  return DONE;
}
