import type { Clock } from '../../base/clock.ts';
import { RecentMap } from '../../sip/auth/recent-map.ts';
import type { Credentials, CredentialStore } from '../ports.ts';
import { withDeadline } from './deadline.ts';
import { fromWireText } from './wire-text.ts';

export interface CachedCredentialsOptions {
  readonly store: CredentialStore;
  readonly clock: Clock;
  /** How long a look-up may take; then it fails. */
  readonly waitMs: number;
  /** How long what the store said of a user is used. Default: 30,000. */
  readonly keepMs?: number;
  /** The same for a user whom the store does not know. Default: 5,000. */
  readonly keepUnknownMs?: number;
  /** Users that are remembered; then the one looked up longest ago goes. Default: 10,000. */
  readonly maxEntries?: number;
  /** Look-ups under way at once; past it a further one fails. Default: 200. */
  readonly maxLookups?: number;
}

interface Known {
  readonly credentials: Credentials | undefined;
  readonly untilMs: number;
}

/**
 * What `subscriber` says of users, kept for a short while, so that phones that register every minute
 * do not ask the database every time. A caller whose check fails with what is kept asks with
 * `lookUp`, past what is kept: a new password works at once, the old one for up to `keepMs` more, and
 * so does the password of a user who was removed. A new user waits up to `keepUnknownMs` if somebody tried
 * the name just before.
 */
export class CachedCredentials {
  readonly #store: CredentialStore;
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #keepMs: number;
  readonly #keepUnknownMs: number;
  readonly #maxLookups: number;
  readonly #known: RecentMap<string, Known>;
  readonly #lookups = new Map<string, Promise<Credentials | undefined>>();

  constructor(options: CachedCredentialsOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#waitMs = options.waitMs;
    this.#keepMs = options.keepMs ?? 30_000;
    this.#keepUnknownMs = options.keepUnknownMs ?? 5_000;
    this.#maxLookups = options.maxLookups ?? 200;
    this.#known = new RecentMap(options.maxEntries ?? 10_000);
  }

  /** What is kept of the user: `credentials` is undefined for one who does not exist. Undefined when nothing is kept. */
  kept(username: string, realm: string): { readonly credentials: Credentials | undefined } | undefined {
    const known = this.#known.get(keyOf(username, realm));
    return known !== undefined && this.#clock.monotonicMs() < known.untilMs ? known : undefined;
  }

  /** Asks the store; several who ask for one user at a time share the answer. Rejects when there is none. */
  lookUp(username: string, realm: string): Promise<Credentials | undefined> {
    const key = keyOf(username, realm);
    const underway = this.#lookups.get(key);
    if (underway !== undefined) return underway;
    if (this.#lookups.size >= this.#maxLookups) return Promise.reject(new Error(`${this.#maxLookups} users are being looked up already`));
    const lookup = withDeadline(this.#clock, this.#waitMs, this.#store.find(fromWireText(username), fromWireText(realm)))
      .then((credentials) => this.#keep(key, credentials))
      .finally(() => this.#lookups.delete(key));
    this.#lookups.set(key, lookup);
    return lookup;
  }

  #keep(key: string, credentials: Credentials | undefined): Credentials | undefined {
    const keepMs = credentials === undefined ? this.#keepUnknownMs : this.#keepMs;
    this.#known.put(key, { credentials, untilMs: this.#clock.monotonicMs() + keepMs });
    return credentials;
  }
}

/** A NUL is in no name that the store has; a name cut out of a message would keep all of it in memory. */
function keyOf(username: string, realm: string): string {
  return Buffer.from(`${username}\0${realm}`, 'latin1').toString('latin1');
}
