/**
 * The port behind the location index: where bindings (RFC 3261 §10) survive a restart. The index
 * in memory is what routing reads; it hands its changes to a store in batches and is filled from
 * it at start. Implemented by `db/tables/location.ts` and, for tests and benchmarks, by
 * `testing/memory-location-store.ts`; `test/registrar/location-store.conformance.ts` holds both
 * to what is said here.
 */

/** One contact of one address-of-record. The fields are those of Kamailio's `location` table. */
export interface StoredBinding {
  /** Identity of the binding, unique over all nodes that share the store. */
  readonly ruid: string;
  readonly username: string;
  /** Empty when the domain is not part of the address-of-record. */
  readonly domain: string;
  /** The Contact's URI, without its header parameters. */
  readonly contact: string;
  /** Where the REGISTER came from, as a SIP URI, when that differs from the contact (NAT). */
  readonly received: string | undefined;
  /** The Path header fields of the REGISTER, joined by commas (RFC 3327). */
  readonly path: string | undefined;
  /** Wall-clock time in milliseconds since the epoch at which the binding ends; 0 never ends. */
  readonly expiresAtMs: number;
  /** 0 to 1 in steps of 0.001; -1 when the Contact had none. */
  readonly q: number;
  readonly callId: string;
  readonly cseq: number;
  /** 32 script-defined bits each: of the registration and of the branch to this contact. */
  readonly flags: number;
  readonly cflags: number;
  readonly userAgent: string;
  /** The local socket that received the REGISTER: `udp:192.0.2.1:5060`. */
  readonly socket: string | undefined;
  /** Bits of the methods that the contact allows; `undefined` is all of them. */
  readonly methods: number | undefined;
  /** `+sip.instance` and `reg-id` (RFC 5626); 0 without. */
  readonly instance: string | undefined;
  readonly regId: number;
  readonly lastModifiedMs: number;
}

/** One change of the table, as plain data: what a store is told, and, of whole bindings, a second index. */
export type LocationChange<B extends StoredBinding = StoredBinding> =
  | { readonly op: 'put'; readonly binding: B }
  | { readonly op: 'remove'; readonly ruid: string };

export interface LocationStore {
  /** Everything in the store, ended bindings too, in batches of a bounded size and no set order. */
  loadAll(): AsyncIterable<readonly StoredBinding[]>;
  /**
   * Applies all changes or, when it rejects, none. `put` adds a binding or replaces the one of
   * the same `ruid`; `remove` of an unknown `ruid` is fine; of several changes to one `ruid` the
   * last counts. So a batch that failed may be given again. A binding for which
   * `unstorableField` names a field is left out with a counter, or it would block all others.
   */
  applyBatch(changes: readonly LocationChange[]): Promise<void>;
  /** Deletes what ended at `nowMs` or before; returns how many. */
  deleteExpired(nowMs: number): Promise<number>;
}

/** Longest values that every store takes, in characters: the column widths of Kamailio's table. */
export const LOCATION_LIMITS = {
  ruid: 64,
  username: 64,
  domain: 64,
  contact: 512,
  received: 128,
  path: 512,
  callId: 255,
  userAgent: 255,
  socket: 64,
  instance: 255,
} as const satisfies Partial<Record<keyof StoredBinding, number>>;

const LIMITED = Object.entries(LOCATION_LIMITS) as [keyof typeof LOCATION_LIMITS, number][];

/**
 * The first field that no store can keep because it is too long or has a NUL in it; `undefined`
 * when all are fine. The registrar asks before it accepts a contact.
 */
export function unstorableField(binding: StoredBinding): keyof typeof LOCATION_LIMITS | undefined {
  for (const [field, limit] of LIMITED) {
    const value = binding[field];
    if (value !== undefined && (value.length > limit || value.includes('\0'))) return field;
  }
  return undefined;
}
