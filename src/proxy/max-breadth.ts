import { MAX_BREADTH } from '../sip/headers/header-id.ts';
import { parseDecimal } from '../sip/grammar/scan.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';

/** Max-Breadth of a request, `limit` when it has none or more (RFC 5393 §5.3.3). */
export function incomingBreadth(request: SipMessage, limit: number): number {
  const index = request.findField(MAX_BREADTH);
  if (index < 0) return limit;
  const value = parseDecimal(request.text, request.valueStart(index), request.valueEnd(index), 2 ** 31);
  return value < 0 ? limit : Math.min(value, limit);
}

const UNTOUCHED: readonly number[] = [-1];

/**
 * The share of each of `count` parallel branches, or undefined when there is not one for each: then
 * the request is answered with 440 (§5.3.3.1). -1 says that the field is left as it is: a request
 * that does not fork and came without the field loses nothing by passing without it.
 */
export function breadthOfBranches(request: SipMessage, count: number, limit: number): readonly number[] | undefined {
  if (count === 1 && request.findField(MAX_BREADTH) < 0) return UNTOUCHED;
  const total = incomingBreadth(request, limit);
  if (total < count) return undefined;
  const share = Math.floor(total / count);
  return Array.from({ length: count }, (_, index) => share + (index < total % count ? 1 : 0));
}
