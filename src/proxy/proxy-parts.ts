import type { Endpoint } from '../sip/endpoint/endpoint.ts';
import type { NextHops } from './next-hop.ts';

export interface ProxyOptions {
  /** How long a branch may take to its first response, in milliseconds (Kamailio: tm `fr_timer`). */
  readonly firstResponseMs: number;
  /** How long a branch may ring, in milliseconds (timer C; Kamailio: tm `fr_inv_timer`). */
  readonly ringMs: number;
  /** Branches of one request, over all attempts; past it nothing more is forwarded. */
  readonly maxBranches: number;
  /** Max-Breadth of a request that has none, and the most that is believed (RFC 5393). */
  readonly maxBreadth: number;
}

/** What response contexts and branches share. */
export interface ProxyParts {
  readonly endpoint: Endpoint;
  readonly nextHops: NextHops;
  readonly options: ProxyOptions;
}
