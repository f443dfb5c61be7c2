import { randomHex } from '../base/ids.ts';
import type { Clock } from '../base/clock.ts';
import type { SignInStart } from '../x/oauth2.ts';

/** How a person has shown that a SIP user is his: by a code, which is kept until we know the account, or by the password. */
export interface Proof {
  readonly sipUser: string;
  readonly code: string | undefined;
}

/** What a browser is in the middle of, from the form until X sends it back. */
export type Session = SignInStart & ({ readonly purpose: 'link'; readonly proof: Proof } | { readonly purpose: 'unlink' });

export interface SessionsOptions {
  readonly clock: Clock;
  /** Default 10,000; at the limit the oldest session ends, and who had it begins again. */
  readonly maxSessions?: number;
  /** Default ten minutes. */
  readonly lifetimeMs?: number;
}

/** Sessions in memory. They end with their time, with this process, or by being taken. */
export class Sessions {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #lifetimeMs: number;
  /** In the order of their beginning, which is that of their end. */
  readonly #byId = new Map<string, { readonly session: Session; readonly endsAtMs: number }>();

  constructor({ clock, maxSessions = 10_000, lifetimeMs = 600_000 }: SessionsOptions) {
    this.#clock = clock;
    this.#max = maxSessions;
    this.#lifetimeMs = lifetimeMs;
  }

  get size(): number {
    return this.#byId.size;
  }

  get lifetimeS(): number {
    return Math.floor(this.#lifetimeMs / 1000);
  }

  /** Keeps the session; its id is a secret of 256 bits. */
  begin(session: Session): string {
    const nowMs = this.#clock.monotonicMs();
    for (const [id, { endsAtMs }] of this.#byId) {
      if (endsAtMs > nowMs && this.#byId.size < this.#max) break;
      this.#byId.delete(id);
    }
    const id = randomHex(32);
    this.#byId.set(id, { session, endsAtMs: nowMs + this.#lifetimeMs });
    return id;
  }

  find(id: string): Session | undefined {
    const kept = this.#byId.get(id);
    return kept === undefined || kept.endsAtMs <= this.#clock.monotonicMs() ? undefined : kept.session;
  }

  /** Ends the session: nobody comes back with it a second time. */
  end(id: string): void {
    this.#byId.delete(id);
  }
}
