import type { Clock } from '../../base/clock.ts';
import { RecentMap } from './recent-map.ts';
import { sourceNetwork } from './source-network.ts';

export interface LockoutOptions {
  readonly clock: Clock;
  /** Failures of one user name within the window that lock it. Default: 10. */
  readonly userFailures?: number;
  /** Failures of one source network within the window that lock it; an office may share one. Default: 30. */
  readonly sourceFailures?: number;
  /** Default: 60,000. */
  readonly windowMs?: number;
  /** How long a lock lasts. Default: 300,000. */
  readonly lockMs?: number;
  /** Most user names, and as many networks, that are remembered. Default: 10,000. */
  readonly maxEntries?: number;
}

/**
 * The bound on guessing passwords: too many failures for one user name, from anywhere, or from one
 * network, for any user, refuse further attempts for a while. A refused attempt is answered like a
 * wrong password and is not counted, so the guesser does not learn that the right one was among
 * them, and the lock ends by itself.
 *
 * A user name is public, so a lock on it would be a switch to turn anybody's phone off. Therefore
 * the network from which the user last logged in is let through a lock of the name.
 *
 * At `maxEntries` the entry with the oldest failure (or move to a new place) is forgotten. To push a
 * lock out an attacker needs that many failures of other names or networks, and each network must
 * have fetched a nonce of its own.
 */
export class Lockout {
  readonly #users: FailureTable;
  readonly #sources: FailureTable;
  /** Network of each user's last login. */
  readonly #homes: RecentMap<string, string>;

  constructor(options: LockoutOptions) {
    const { clock, userFailures = 10, sourceFailures = 30, windowMs = 60_000, lockMs = 300_000 } = options;
    const maxEntries = options.maxEntries ?? 10_000;
    this.#users = new FailureTable(clock, { limit: userFailures, windowMs, lockMs, maxEntries });
    this.#sources = new FailureTable(clock, { limit: sourceFailures, windowMs, lockMs, maxEntries });
    this.#homes = new RecentMap(maxEntries);
  }

  /** How many accounts and networks have failures on record. */
  get size(): number {
    return this.#users.size + this.#sources.size;
  }

  /** Whether an attempt must be refused without looking at it. */
  refuses(account: string, address: string): boolean {
    const user = shortName(account);
    const network = sourceNetwork(address);
    if (this.#sources.locked(network)) return true;
    return this.#users.locked(user) && this.#homes.get(user) !== network;
  }

  failed(account: string, address: string): void {
    this.#users.add(ownCopy(shortName(account)));
    this.#sources.add(sourceNetwork(address));
  }

  /**
   * Forgets the failures of the user; a lock that others brought upon the name stays. The network
   * keeps its count: else an attacker with one account could clear it between guesses.
   */
  succeeded(account: string, address: string): void {
    const user = shortName(account);
    const network = sourceNetwork(address);
    this.#users.clear(user);
    if (this.#homes.get(user) !== network) this.#homes.put(ownCopy(user), network);
  }
}

interface Failures {
  /** Times within the window, oldest first; never more than the limit. */
  timesMs: number[];
  lockedUntilMs: number;
}

interface FailureLimits {
  readonly limit: number;
  readonly windowMs: number;
  readonly lockMs: number;
  readonly maxEntries: number;
}

/** Failures by name in a sliding window; the name that failed last stands last. */
class FailureTable {
  readonly #clock: Clock;
  readonly #limits: FailureLimits;
  readonly #byName: RecentMap<string, Failures>;

  constructor(clock: Clock, limits: FailureLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#byName = new RecentMap(limits.maxEntries);
  }

  get size(): number {
    return this.#byName.size;
  }

  locked(name: string): boolean {
    const failures = this.#byName.get(name);
    return failures !== undefined && this.#clock.monotonicMs() < failures.lockedUntilMs;
  }

  add(name: string): void {
    const { limit, windowMs, lockMs } = this.#limits;
    const nowMs = this.#clock.monotonicMs();
    const failures = this.#byName.get(name) ?? { timesMs: [], lockedUntilMs: 0 };
    failures.timesMs = failures.timesMs.filter((timeMs) => timeMs > nowMs - windowMs);
    failures.timesMs.push(nowMs);
    if (failures.timesMs.length >= limit) {
      failures.timesMs = [];
      failures.lockedUntilMs = nowMs + lockMs;
    }
    this.#byName.put(name, failures);
  }

  clear(name: string): void {
    if (this.locked(name)) this.#byName.get(name)!.timesMs = [];
    else this.#byName.delete(name);
  }
}

/** Names come from the network in any length; those that begin with the same 128 characters share a limit. */
function shortName(account: string): string {
  return account.length > 128 ? account.slice(0, 128) : account;
}

/** A piece of a message that is kept would keep the whole message in memory. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
