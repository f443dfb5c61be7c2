/** A final response that a branch ended with, received or made up by us. */
export interface FinalResponse {
  readonly status: number;
}

/** These tell the caller how to do better and win over other 4xx (§16.7 step 6). */
const HELPFUL: ReadonlySet<number> = new Set([401, 407, 415, 420, 484]);

/**
 * Chooses among the failures of all branches (RFC 3261 §16.7 step 6): a 6xx if there is one, else
 * the lowest class, and within 4xx one that helps the caller. Where the RFC leaves the choice it is
 * the lowest status, whatever the order of the branches, as Kamailio has it. Undefined when there is none.
 */
export function chooseResponse<T extends FinalResponse>(finals: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const candidate of finals) if (best === undefined || rank(candidate.status) < rank(best.status)) best = candidate;
  return best;
}

function rank(status: number): number {
  if (status >= 600) return status % 100;
  // An unhelpful 4xx stands after a helpful one and before every 5xx. What we made up ourselves
  // because a branch was silent or could not be found says less than what a branch said.
  const withinClass = HELPFUL.has(status) ? 0 : status === 408 || status === 478 ? 2 : 1;
  return Math.floor(status / 100) * 1000 + withinClass * 100 + (status % 100);
}
