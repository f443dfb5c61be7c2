/** Timers that repeat a message until it is answered. */
export type RetransmitTimer = 'A' | 'E' | 'G';

/** Timers that end a wait and, most of them, the transaction. */
export type LifetimeTimer = 'B' | 'D' | 'F' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/** The letters of RFC 3261, Table 4, and RFC 6026. Timer C is not here: it belongs to the proxy (§16.8). */
export type TimerName = RetransmitTimer | LifetimeTimer;

/** Why a transaction failed: the peer stayed silent (§17.1.4 makes it a 408) or could not be reached (a 503). */
export type TransactionFailure = 'timeout' | 'transport-error';

/** Tells which of an owner's two timers stands for this name. */
export function isRetransmitTimer(name: TimerName): name is RetransmitTimer {
  return name === 'A' || name === 'E' || name === 'G';
}

/**
 * What every machine asks of its owner. There are five verbs: send, pass up, start a timer, stop a
 * timer, ended. Where a verb has several objects the object is in its name (`sendRequest`,
 * `sendAck`), so that no call allocates and each is typed; a machine's own port adds what it sends
 * and passes up to the part that is common to all four, which stands here.
 *
 * What the machines promise, and `machines.property.test.ts` holds them to:
 * - At most one retransmit timer and at most one lifetime timer are armed at a time, so an owner
 *   serves any machine with two `Timer` objects. A timer is started only when the one of its class
 *   is not armed, and stopped only when it is.
 * - `ended` is called exactly once, last, with no timer armed; a wait of length zero (reliable
 *   transports) ends at once and arms nothing. Events after the end are ignored.
 * - The sending and passing verbs may call the machine back before they return, for instance to
 *   report that the transport failed: state and timers are settled before they are called.
 *   The timer verbs and `ended` must not.
 *
 * What the owner promises: to report a timer only when it fires, by the name it was started with;
 * and to keep the bytes it sent last, for `resend`.
 */
export interface TransactionPort<T extends TimerName> {
  /** Puts the bytes that were sent last (request, ACK or response) on the wire once more, unchanged. */
  resend(): void;
  /** The transaction user must learn that the transaction failed; not always followed by the end, see `InviteServer`. */
  passUpFailure(failure: TransactionFailure): void;
  startTimer(timer: T, delayMs: number): void;
  stopTimer(timer: T): void;
  /** Nothing more will be asked: the owner forgets the transaction. */
  ended(): void;
}
