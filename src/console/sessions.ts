import { randomHex } from '../base/ids.ts';
import type { Clock } from '../base/clock.ts';

/** What a browser is in the middle of, from the form until X sends it back. */
export interface Session {
  readonly purpose: 'link' | 'unlink';
  /** The one-time code, kept until we know the account that it is for. */
  readonly code?: string;
  /** The SIP user whose password was right. */
  readonly sipUser?: string;
  readonly state: string;
  readonly codeVerifier: string;
  /** Where X asks. */
  readonly url: string;
}

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
