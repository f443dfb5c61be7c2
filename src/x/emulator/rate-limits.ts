import type { Clock } from '../../base/clock.ts';
import type { Caller } from './auth.ts';

/** The endpoint families that X counts apart. */
export type RouteName =
  | 'dm-send'
  | 'dm-read'
  | 'me'
  | 'user-by-name'
  | 'user-by-id'
  | 'post-create'
  | 'mentions'
  | 'stream-connect'
  | 'rules-read'
  | 'rules-write'
  | 'activity-stream'
  | 'subscriptions'
  | 'webhooks'
  | 'connections'
  | 'connections-kill';

/** Calls allowed per window; a window that is not named has no limit. */
export interface RouteLimits {
  /** Of one user who signs or whose token it is. */
  readonly user15Min?: number;
  /** Of the app's own bearer token. */
  readonly app15Min?: number;
  readonly user24Hour?: number;
  /** Of all users of the app together. */
  readonly app24Hour?: number;
}

export type RateLimitTable = Readonly<Record<RouteName, RouteLimits>>;

/** X's published limits, August 2026. */
export const DOCUMENTED_LIMITS: RateLimitTable = {
  'dm-send': { user15Min: 15, user24Hour: 1440, app24Hour: 1440 },
  'dm-read': { user15Min: 15 },
  me: { user15Min: 75 },
  'user-by-name': { user15Min: 900, app15Min: 300 },
  'user-by-id': { user15Min: 900, app15Min: 300 },
  'post-create': { user15Min: 100, app24Hour: 10_000 },
  mentions: { user15Min: 300, app15Min: 450 },
  'stream-connect': { app15Min: 50 },
  'rules-read': { app15Min: 450 },
  'rules-write': { app15Min: 100 },
  'activity-stream': { app15Min: 450 },
  subscriptions: { user15Min: 500, app15Min: 500 },
  webhooks: { app15Min: 450 },
  connections: { app15Min: 450 },
  'connections-kill': { app15Min: 25 },
};

const BUCKETS = [
  { limit: 'user15Min', of: 'user', header: 'x-rate-limit', windowMs: 900_000 },
  { limit: 'app15Min', of: 'token', header: 'x-rate-limit', windowMs: 900_000 },
  { limit: 'user24Hour', of: 'user', header: 'x-user-limit-24hour', windowMs: 86_400_000 },
  { limit: 'app24Hour', of: 'app', header: 'x-app-limit-24hour', windowMs: 86_400_000 },
] as const;

/** A window that started with its first call. */
interface Window {
  used: number;
  readonly resetAtMs: number;
}

export type LimitHeaders = Readonly<Record<string, string>>;

/** Windows kept; at the bound those that are over are forgotten, and then the oldest. */
const MAX_WINDOWS = 20_000;

/**
 * The rate limits. Windows are fixed and start with their first call. A refused call costs nothing;
 * an accepted one costs one in each bucket of its route, whatever its answer is.
 */
export class RateLimits {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  #table: RateLimitTable;
  #speed: number;
  /** While false nothing is refused and no headers are sent. */
  enabled: boolean;

  /** @param options.speed divides the length of every window: with 60 a quarter of an hour takes 15 seconds; default 1 */
  constructor(options: { clock: Clock; table: RateLimitTable; enabled: boolean; speed?: number }) {
    this.#clock = options.clock;
    this.#table = options.table;
    this.#speed = options.speed ?? 1;
    this.enabled = options.enabled;
  }

  get speed(): number {
    return this.#speed;
  }

  /** All windows begin anew. */
  set speed(speed: number) {
    this.#speed = speed;
    this.#windows.clear();
  }

  /** Changes the limits of one route from now on; calls that were counted stay counted. */
  change(route: RouteName, limits: RouteLimits): void {
    this.#table = { ...this.#table, [route]: limits };
  }

  /** Counts one call, unless a bucket of its route is empty. The headers go on the answer either way. */
  take(route: RouteName, caller: Pick<Caller, 'kind'> & { readonly user: { readonly id: string } }): { allowed: boolean; headers: LimitHeaders } {
    if (!this.enabled) return { allowed: true, headers: {} };
    const nowMs = this.#clock.now();
    const owners = caller.kind === 'app' ? { token: '', user: undefined, app: '' } : { token: undefined, user: caller.user.id, app: '' };
    const buckets = BUCKETS.flatMap(({ limit, of, header, windowMs }) => {
      const allowance = this.#table[route][limit];
      const owner = owners[of];
      if (allowance === undefined || owner === undefined) return [];
      return [{ header, allowance, window: this.#window(`${route} ${limit} ${owner}`, nowMs, windowMs / this.#speed) }];
    });
    const allowed = buckets.every(({ allowance, window }) => window.used < allowance);
    const headers: Record<string, string> = {};
    for (const { header, allowance, window } of buckets) {
      if (allowed) window.used += 1;
      headers[`${header}-limit`] = String(allowance);
      headers[`${header}-remaining`] = String(Math.max(0, allowance - window.used));
      headers[`${header}-reset`] = String(Math.ceil(window.resetAtMs / 1000));
    }
    return { allowed, headers };
  }

  #window(key: string, nowMs: number, windowMs: number): Window {
    const current = this.#windows.get(key);
    if (current !== undefined && nowMs < current.resetAtMs) return current;
    if (this.#windows.size >= MAX_WINDOWS) this.#makeRoom(nowMs);
    const fresh = { used: 0, resetAtMs: nowMs + windowMs };
    this.#windows.set(key, fresh);
    return fresh;
  }

  #makeRoom(nowMs: number): void {
    for (const [key, { resetAtMs }] of this.#windows) if (resetAtMs <= nowMs) this.#windows.delete(key);
    if (this.#windows.size >= MAX_WINDOWS) this.#windows.delete(this.#windows.keys().next().value!);
  }
}
