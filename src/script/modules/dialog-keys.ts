import { createHmac, randomBytes } from 'node:crypto';

/** 72 bits: nobody guesses it in the time that a dialog lasts. */
const LENGTH = 12;

/** Dialogs whose keys are remembered, twice over: the seconds between a call's INVITE, its ACK and a short call's BYE. */
const REMEMBERED = 8192;
/** A longer Call-ID, which no phone has, is not worth the memory. */
const LONGEST_REMEMBERED = 128;

/**
 * Keys that prove a Route to be one of ours. Whoever sends a request inside of a dialog repeats the
 * Record-Route that we have put into its first one; a Route that somebody made up looks the same but for the key.
 *
 * A key takes 4 µs to make and each request of a dialog asks for it, so the last ones are remembered: two maps, of
 * which the older one goes when the younger is full.
 */
export class DialogKeys {
  readonly #secret: string | Buffer;
  #recent = new Map<string, string>();
  #earlier = new Map<string, string>();

  /** @param secret  shared by the nodes behind one address; random without it, and then keys end with this process */
  constructor(secret: string | undefined) {
    this.#secret = secret ?? randomBytes(32);
  }

  /** The key of a dialog, by the Call-ID that all its requests share; letters, digits, `-` and `_`. */
  of(callId: string): string {
    if (callId.length > LONGEST_REMEMBERED) return this.#make(callId);
    const known = this.#recent.get(callId);
    if (known !== undefined) return known;
    const key = this.#earlier.get(callId) ?? this.#make(callId);
    if (this.#recent.size >= REMEMBERED) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    // A text of its own: a slice would keep the whole message.
    this.#recent.set(Buffer.from(callId, 'latin1').toString('latin1'), key);
    return key;
  }

  #make(callId: string): string {
    return createHmac('sha256', this.#secret).update(`dialog ${callId}`, 'latin1').digest('base64url').slice(0, LENGTH);
  }
}
