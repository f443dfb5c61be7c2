import type { SaveResult } from '../../registrar/registrar.ts';
import type { AuthResult } from '../../sip/auth/result.ts';
import type { DigestAlgorithm } from '../../sip/auth/algorithm.ts';
import type { SqlResult } from '../ports.ts';
import type { RequestFields } from './request-fields.ts';
import type { TableIterator } from './table-iterator.ts';

/** An item that `mq_fetch` took. */
export interface QueueItem {
  readonly key: string;
  readonly value: string;
}

/** Containers, and iterators, of one route; past it the function that would make another one fails. */
export const MOST_NAMES = 32;

/**
 * What modules keep under a name that the script chose, for one run of one callback. In Kamailio it
 * belongs to the process; here several routes are under way at once, and what one left under a name
 * while it waited must not be another's.
 */
export class RouteLocals {
  /** SQL results by container: `$dbr(name=>…)`. */
  readonly sqlResults = new Map<string, SqlResult>();
  /** The item fetched last, by queue: `$mqk(queue)` and `$mqv(queue)`. */
  readonly fetched = new Map<string, QueueItem>();
  /** Iterators by name: `$shtitkey(name)` and `$shtitval(name)`. */
  readonly iterators = new Map<string, TableIterator>();
  /** What `$uac_req(name)` was set to. */
  readonly request: RequestFields = new Map();
  /** Number of the header field with the credentials that were accepted, -1 before. */
  authorizedField = -1;
  /** How the last check of credentials ended; the next challenge depends on it. */
  authResult: AuthResult | undefined = undefined;
  /** What the last `save` came to: `reg_send_reply` sends it. */
  registration: SaveResult | undefined = undefined;
  /** From `auth_algorithm`: what the next challenge offers in place of the configured algorithms. */
  algorithms: readonly DigestAlgorithm[] | undefined = undefined;
}
