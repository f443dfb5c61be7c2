/**
 * The location table in memory: what routing reads. A lookup is one `Map.get` that hands out a
 * ready list; whatever is worth computing is computed when bindings change (RFC 3261 §10.3).
 */
import type { Clock } from '../base/clock.ts';
import { Timer, TimerWheel, type TimerOwner } from '../base/timer-wheel.ts';
import { addressKey } from './address-of-record.ts';
import { sharedPart, takenOver, type Binding, type SharedBinding } from './binding.ts';
import type { LocationChange } from './location-store.ts';

const NONE: readonly Binding[] = Object.freeze([]);

/** Ends are looked at by the second; a turn of the wheel then covers the usual hour. */
const TICK_MS = 1000;

/** The bindings of one address-of-record. */
class UserBindings implements TimerOwner {
  readonly key: string;
  readonly timer = new Timer(this);
  readonly #due: UserBindings[];
  /** All that nobody took away, those that ended since the last sweep included. */
  all: readonly Binding[] = NONE;
  /** Those of `all` that had not ended when this list was made. */
  live: readonly Binding[] = NONE;
  /** Until then `live` is right. */
  liveUntilMs = Infinity;

  constructor(key: string, due: UserBindings[]) {
    this.key = key;
    this.#due = due;
  }

  onTimer(): void {
    this.#due.push(this);
  }

  /** Leaves out of `live` what ended; routing must not see it although the sweep is yet to come. */
  prune(nowMs: number): readonly Binding[] {
    this.live = this.all.filter((binding) => binding.endsAtMs > nowMs);
    this.liveUntilMs = firstEnd(this.live);
    return this.live;
  }
}

function firstEnd(bindings: readonly Binding[]): number {
  let end = Infinity;
  for (const binding of bindings) if (binding.endsAtMs < end) end = binding.endsAtMs;
  return end;
}

/** Highest q first (a contact without one comes last, as in Kamailio), then the one heard from last. */
function byPreference(a: Binding, b: Binding): number {
  return b.q - a.q || b.lastModifiedMs - a.lastModifiedMs;
}

export interface LocationIndexOptions {
  readonly clock: Clock;
  /** Whether the domain is part of an address-of-record. */
  readonly useDomain: boolean;
  /** Told of each change, in order: what `apply` of a second index makes the same of that one. */
  readonly onChange?: (change: LocationChange<SharedBinding>) => void;
}

export class LocationIndex {
  readonly useDomain: boolean;
  readonly #clock: Clock;
  readonly #onChange: ((change: LocationChange<SharedBinding>) => void) | undefined;
  readonly #byKey = new Map<string, UserBindings>();
  readonly #byRuid = new Map<string, Binding>();
  readonly #wheel: TimerWheel;
  /** Users with a binding that may have ended, for the sweep. */
  readonly #due: UserBindings[] = [];

  constructor({ clock, useDomain, onChange }: LocationIndexOptions) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.useDomain = useDomain;
    this.#wheel = new TimerWheel(clock.monotonicMs(), TICK_MS);
  }

  /** How many bindings there are; one that has just ended counts until the sweep took it. */
  get bindingCount(): number {
    return this.#byRuid.size;
  }

  /** How many addresses-of-record have bindings. */
  get userCount(): number {
    return this.#byKey.size;
  }

  /**
   * The live bindings of a user, best first. The list is shared and never changed; it is a new one
   * after a change. User and domain are given as in a URI, escapes and all.
   */
  lookup(user: string, domain: string): readonly Binding[] {
    return this.find(addressKey(user, domain, this.useDomain));
  }

  /** The same by key (see `addressKey`). */
  find(key: string): readonly Binding[] {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return NONE;
    const nowMs = this.#clock.monotonicMs();
    return nowMs < entry.liveUntilMs ? entry.live : entry.prune(nowMs);
  }

  byRuid(ruid: string): Binding | undefined {
    const binding = this.#byRuid.get(ruid);
    return binding !== undefined && binding.endsAtMs > this.#clock.monotonicMs() ? binding : undefined;
  }

  /** Makes `bindings` all that the address-of-record has. What ended before is still the sweep's to report. */
  replace(key: string, bindings: readonly Binding[]): void {
    const nowMs = this.#clock.monotonicMs();
    const ended = this.#byKey.get(key)?.all.filter((binding) => binding.endsAtMs <= nowMs);
    this.#set(key, ended === undefined || ended.length === 0 ? bindings : [...bindings, ...ended]);
  }

  #set(key: string, bindings: readonly Binding[]): void {
    let entry = this.#byKey.get(key);
    if (this.#onChange !== undefined) this.#tell(this.#onChange, entry?.all ?? NONE, bindings);
    if (entry !== undefined) for (const binding of entry.all) this.#byRuid.delete(binding.ruid);
    if (bindings.length === 0) {
      if (entry === undefined) return;
      this.#wheel.disarm(entry.timer);
      this.#byKey.delete(key);
      // Whoever still holds it, the due list that is, finds nothing in it.
      entry.all = NONE;
      return;
    }
    if (entry === undefined) {
      entry = new UserBindings(key, this.#due);
      this.#byKey.set(key, entry);
    }
    for (const binding of bindings) this.#byRuid.set(binding.ruid, binding);
    entry.all = bindings.length === 1 ? bindings : [...bindings].sort(byPreference);
    entry.live = entry.all;
    entry.liveUntilMs = firstEnd(entry.all);
    const nowMs = this.#clock.monotonicMs();
    if (entry.liveUntilMs === Infinity) this.#wheel.disarm(entry.timer);
    else this.#wheel.arm(entry.timer, nowMs, Math.max(entry.liveUntilMs - nowMs, 0));
  }

  #tell(onChange: (change: LocationChange<SharedBinding>) => void, before: readonly Binding[], after: readonly Binding[]): void {
    const left = new Set(after.map(({ ruid }) => ruid));
    for (const { ruid } of before) if (!left.has(ruid)) onChange({ op: 'remove', ruid });
    for (const binding of after) if (!before.includes(binding)) onChange({ op: 'put', binding: sharedPart(binding) });
  }

  /** Makes a change that another index was told of. A `remove` of what is not there is fine. */
  apply(change: LocationChange<SharedBinding>): void {
    if (change.op === 'put') {
      this.add(takenOver(change.binding, this.#clock));
      return;
    }
    const binding = this.#byRuid.get(change.ruid);
    if (binding !== undefined) this.remove(binding);
  }

  /** Adds one binding to those of its address-of-record. */
  add(binding: Binding): void {
    const key = this.keyOf(binding);
    const others = this.#byKey.get(key)?.all ?? NONE;
    this.#set(key, [...others.filter((other) => other.ruid !== binding.ruid), binding]);
  }

  /** Takes one binding away. */
  remove(binding: Binding): void {
    const key = this.keyOf(binding);
    const all = this.#byKey.get(key)?.all;
    if (all !== undefined) this.#set(key, all.filter((other) => other.ruid !== binding.ruid));
  }

  keyOf(binding: Binding): string {
    return addressKey(binding.username, binding.domain, this.useDomain);
  }

  /**
   * Takes away bindings that ended and returns them: about `limit` of them, all contacts of a user
   * at once. When as many come back there are more to take.
   */
  takeExpired(limit: number): Binding[] {
    const nowMs = this.#clock.monotonicMs();
    this.#wheel.advance(nowMs);
    const expired: Binding[] = [];
    while (expired.length < limit) {
      const entry = this.#due.pop();
      if (entry === undefined) break;
      const left = entry.all.filter((binding) => binding.endsAtMs > nowMs);
      if (left.length === entry.all.length) continue;
      for (const binding of entry.all) if (binding.endsAtMs <= nowMs) expired.push(binding);
      this.#set(entry.key, left);
    }
    return expired;
  }

  /** Every user with its live bindings, in no set order; changes meanwhile may or may not be seen. */
  *users(): Generator<{ readonly key: string; readonly bindings: readonly Binding[] }> {
    for (const key of this.#byKey.keys()) {
      const bindings = this.find(key);
      if (bindings.length > 0) yield { key, bindings };
    }
  }
}
