/** What routing scripts need from outside, as ports. `db` implements them; tests bring their own. */

/**
 * A cell of a result. Integers and floating point are numbers, dates and times are seconds since
 * the epoch (a time without zone is UTC), all else is text as PostgreSQL writes it: `bigint` and
 * `numeric` so that no digit is lost, `boolean` as `t` and `f`.
 */
export type SqlValue = string | number | null;

export interface SqlResult {
  /** Names of the columns; empty for a statement that returns none. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Rows that the statement returned or changed; more than `rows.length` when those were cut. */
  readonly rowCount: number;
}

/** A database for `KSR.sqlops`: an SQL text in, rows out. */
export interface SqlConnection {
  /**
   * Runs one statement; a text with several is refused, whatever a script glued into it.
   * Rejects when the statement fails, runs too long or the database is not there.
   *
   * @param params  values for `$1`, `$2`, … of the text
   */
  query(text: string, params?: readonly SqlValue[]): Promise<SqlResult>;
}

/** The secrets of one digest user, already hashed (RFC 2617 §3.2.2.2, RFC 8760). Lower-case hex. */
export interface Credentials {
  /** MD5 of `username:realm:password`; empty when not kept. */
  readonly ha1: string;
  /** SHA-256 of the same; empty when not kept, and then only MD5 can be checked. */
  readonly ha1Sha256: string;
}

/** Where `auth_db` finds credentials: the `subscriber` table. */
export interface CredentialStore {
  /** `undefined` when there is no such user in that realm. Rejects when the store cannot be asked. */
  find(username: string, realm: string): Promise<Credentials | undefined>;
}

/** One row of the `address` table, for `permissions`. */
export interface AddressRow {
  readonly group: number;
  readonly address: string;
  /** Bits of the network prefix. */
  readonly mask: number;
  /** 0 is any. */
  readonly port: number;
  readonly tag: string | undefined;
}

/** Where `permissions` loads its addresses from, at start and at a reload. */
export interface AddressSource {
  /** All rows, at most a stated number; more of them reject, for half a list would let strangers in or lock peers out. */
  loadAll(): Promise<readonly AddressRow[]>;
}

/** Where `mq_add` puts events that go to workers: the spool. */
export interface EventOutbox {
  /**
   * Takes an event at once; false, and counted there, when it cannot. The same key again in the
   * same queue is the same event.
   */
  append(queue: string, key: string, value: string): boolean;
  /** Events of a queue that the workers' side has not taken yet. */
  pending(queue: string): number;
}

/** Where `mq_fetch` finds the results of workers. */
export interface ResultInboxes {
  /** The oldest result of a queue, which is the caller's now; `undefined` when there is none. */
  take(queue: string): { readonly key: string; readonly value: string } | undefined;
  /** Results of a queue that `take` would give. */
  size(queue: string): number;
}

/** A call that the service makes itself, by third-party call control (RFC 3725). */
export interface CallPlan {
  /** Names the call for its whole life; the same id again is refused while it lives. */
  readonly id: string;
  /** SIP URI of the caller's side, whose phones ring first. */
  readonly from: string;
  /** What the phones of the other side show of him. Names are ordinary text; what must not stand in a header is taken out. */
  readonly fromName: string;
  /** SIP URI of the callee; '' for an announcement, which has one side only. */
  readonly to: string;
  /** What the caller's phones show while they ring: whom he is about to reach. */
  readonly toName: string;
  /** SIP URI that the caller's phones show beside `toName`; the callee's when absent, the caller's own for an announcement. */
  readonly shownUri?: string;
  /** How the two are connected; `auto` takes flow IV and falls back to flow I. */
  readonly flow: 'auto' | 'iv' | 'i' | 'refer';
  /** How long each side may ring, in milliseconds. */
  readonly ringMs: number;
  /** At the longest the call is ended after so many milliseconds. */
  readonly maxDurationMs: number;
}

/** A step in the life of such a call; the words are those of the job contract `call-event`. */
export interface CallProgress {
  readonly id: string;
  readonly event: 'ringing' | 'answered' | 'connected' | 'ended' | 'failed';
  readonly party?: 'caller' | 'callee';
  readonly cause?: 'busy' | 'no-answer' | 'declined' | 'unreachable' | 'cancelled' | 'refused' | 'media' | 'internal';
  readonly status?: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** Who makes those calls: `ua` behind the wiring of `app`. Nothing here waits. */
export interface CallControl {
  /** Starts a call; false when the id lives already or too many calls do. `onProgress` is called for each step, in order. */
  start(plan: CallPlan, onProgress: (progress: CallProgress) => void): boolean;
  /** Gives up what rings, hangs up what talks; false when there is no such call here. */
  cancel(id: string): boolean;
  /** How many calls live in this process. */
  readonly active: number;
}

/** A request outside of any dialog that the script sends: `KSR.uac.uac_req_send`. */
export interface OutgoingRequest {
  readonly method: string;
  readonly requestUri: string;
  readonly fromUri: string;
  readonly toUri: string;
  /** Whole header lines, each with its CRLF; checked to be nothing else. */
  readonly headers: string;
  readonly body: string;
  readonly callId: string;
  /** Log-in for a challenge; '' for none. `password` is an HA1 when `isHash`. */
  readonly user: string;
  readonly password: string;
  readonly isHash: boolean;
}

export interface RequestSender {
  /**
   * Sends a request of the service's own through its own routing. `onReply` gets the final status, 408 when
   * there was none; false when it could not be sent at all.
   */
  send(request: OutgoingRequest, onReply: (status: number) => void): boolean;
  /** Whether a request came from the service's own user agent, which no other program can claim. */
  isOwn(source: { readonly protocol: string; readonly address: string; readonly port: number }): boolean;
}

/** A message that waits for its recipient: a row of Kamailio's table `silo`. */
export interface StoredMessage {
  readonly id: number;
  readonly fromUri: string;
  readonly toUri: string;
  readonly contentType: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
}

/** A message to keep. Its fields fit `STORED_MESSAGE_LIMITS`; the body is wire text, one character a byte. */
export interface MessageToStore {
  readonly username: string;
  readonly domain: string;
  readonly fromUri: string;
  readonly toUri: string;
  readonly contentType: string;
  readonly body: string;
  readonly callId: string;
  readonly receivedAtMs: number;
  readonly expiresAtMs: number;
}

/** What the columns of Kamailio's table `silo` hold, in characters. */
export const STORED_MESSAGE_LIMITS = { username: 64, domain: 64, contentType: 255, callId: 128 } as const;

/**
 * Where `KSR.msilo` keeps messages: the table `silo`, to the second. A mailbox belongs to a user's name, as
 * registrations do; the domain '' stands for any.
 */
export interface MessageStore {
  /** False when the recipient has too many already. */
  store(message: MessageToStore): Promise<boolean>;
  /**
   * Messages of a user that have not expired, the oldest first, each claimed: no other node gets it for a
   * minute after `nowMs`. The clocks of all nodes are taken to agree to some seconds.
   */
  claim(username: string, domain: string, nowMs: number, limit: number): Promise<readonly StoredMessage[]>;
  /** It was not delivered: others may claim it at once. */
  release(id: number): Promise<void>;
  /** It was delivered. */
  remove(id: number): Promise<void>;
  /** Takes out what has expired by then; returns how many messages that were. */
  deleteExpired(nowMs: number): Promise<number>;
}

/** How long a claim holds: longer than a request waits for its answer. */
export const MESSAGE_CLAIM_MS = 60_000;
