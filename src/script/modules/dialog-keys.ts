import { createHmac, randomBytes } from 'node:crypto';

/** 72 bits: nobody guesses it in the time that a dialog lasts. */
const LENGTH = 12;

/**
 * Keys that prove a Route to be one of ours. Whoever sends a request inside of a dialog repeats the
 * Record-Route that we have put into its first one; a Route that somebody made up looks the same but for the key.
 */
export class DialogKeys {
  readonly #secret: string | Buffer;

  /** @param secret  shared by the nodes behind one address; random without it, and then keys end with this process */
  constructor(secret: string | undefined) {
    this.#secret = secret ?? randomBytes(32);
  }

  /** The key of a dialog, by the Call-ID that all its requests share; letters, digits, `-` and `_`. */
  of(callId: string): string {
    return createHmac('sha256', this.#secret).update(`dialog ${callId}`, 'latin1').digest('base64url').slice(0, LENGTH);
  }
}
