import type { Clock } from '../../base/clock.ts';

/** The endpoint families that X counts apart. */
export type RouteName = 'dm-send' | 'dm-read' | 'me' | 'user-by-name' | 'user-by-id' | 'post-create' | 'mentions';

/** Calls allowed per window; a window that is not named has no limit. */
export interface RouteLimits {
  readonly user15Min?: number;
  readonly user24Hour?: number;
  readonly app24Hour?: number;
}

export type RateLimitTable = Readonly<Record<RouteName, RouteLimits>>;

/** X's published limits for user context, August 2026. */
export const DOCUMENTED_LIMITS: RateLimitTable = {
  'dm-send': { user15Min: 15, user24Hour: 1440, app24Hour: 1440 },
  'dm-read': { user15Min: 15 },
  me: { user15Min: 75 },
  'user-by-name': { user15Min: 900 },
  'user-by-id': { user15Min: 900 },
  'post-create': { user15Min: 100, app24Hour: 10_000 },
  mentions: { user15Min: 300 },
};

const BUCKETS = [
  { limit: 'user15Min', header: 'x-rate-limit', windowMs: 900_000 },
  { limit: 'user24Hour', header: 'x-user-limit-24hour', windowMs: 86_400_000 },
  { limit: 'app24Hour', header: 'x-app-limit-24hour', windowMs: 86_400_000 },
] as const;

/** A window that started with its first call. */
interface Window {
  used: number;
  resetAtMs: number;
}

export type LimitHeaders = Readonly<Record<string, string>>;

/**
 * The rate limits of one account. Windows are fixed and start with their first call. A refused call
 * costs nothing; an accepted one costs one in each bucket of its route, whatever its answer is.
 */
export class RateLimits {
  readonly #clock: Clock;
  readonly #table: RateLimitTable;
  readonly #windows = new Map<string, Window>();
  /** While false nothing is refused and no headers are sent. */
  enabled: boolean;

  constructor(options: { clock: Clock; table: RateLimitTable; enabled: boolean }) {
    this.#clock = options.clock;
    this.#table = options.table;
    this.enabled = options.enabled;
  }

  /** Counts one call, unless a bucket of its route is empty. The headers go on the answer either way. */
  take(route: RouteName): { allowed: boolean; headers: LimitHeaders } {
    if (!this.enabled) return { allowed: true, headers: {} };
    const nowMs = this.#clock.now();
    const buckets = BUCKETS.flatMap(({ limit, header, windowMs }) => {
      const allowance = this.#table[route][limit];
      if (allowance === undefined) return [];
      return [{ header, allowance, window: this.#window(`${route} ${limit}`, nowMs, windowMs) }];
    });
    const allowed = buckets.every(({ allowance, window }) => window.used < allowance);
    const headers: Record<string, string> = {};
    for (const { header, allowance, window } of buckets) {
      if (allowed) window.used += 1;
      headers[`${header}-limit`] = String(allowance);
      headers[`${header}-remaining`] = String(allowance - window.used);
      headers[`${header}-reset`] = String(Math.ceil(window.resetAtMs / 1000));
    }
    return { allowed, headers };
  }

  #window(key: string, nowMs: number, windowMs: number): Window {
    const current = this.#windows.get(key);
    if (current !== undefined && nowMs < current.resetAtMs) return current;
    const fresh = { used: 0, resetAtMs: nowMs + windowMs };
    this.#windows.set(key, fresh);
    return fresh;
  }
}
