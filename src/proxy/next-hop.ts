import type { Destination } from '../sip/transport/transport.ts';
import type { Uri } from '../sip/uri/uri.ts';

/** Why there is no next hop: no address was found, or it is one that requests must not be sent to. */
export type NoNextHop = 'unresolvable' | 'forbidden';

/** Turns the URI of a next hop into an address (§16.6 step 7, RFC 3263). */
export interface NextHops {
  /** Answers at once for numeric hosts and for names that are known; a promise is for look-ups and never rejects. */
  find(uri: Uri): Destination | NoNextHop | Promise<Destination | NoNextHop>;
}
