/**
 * The registrar (RFC 3261 §10): takes REGISTER requests, keeps the location index, and tells
 * routing where users are. Sends nothing itself: what to answer is in the result.
 */
import type { Clock } from '../base/clock.ts';
import type { Counter, Counters } from '../base/counters.ts';
import { randomHex } from '../base/ids.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Source } from '../sip/transport/transport.ts';
import { parseUri } from '../sip/uri/uri.ts';
import { urisEqual } from '../sip/uri/uri-equal.ts';
import type { Binding } from './binding.ts';
import { LocationIndex } from './location-index.ts';
import { noSink, type LocationSink } from './location-sink.ts';
import { decideRegister, type RegisterCode, type RegisterRules, type SaveOptions } from './register.ts';
import { ContactWriter } from './register-reply.ts';

export interface RegistrarOptions {
  readonly rules: RegisterRules;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly index: LocationIndex;
  /** Where changes go that are to survive a restart; nowhere when left out. */
  readonly sink?: LocationSink;
}

export interface SaveResult {
  /** KEMI: 1 added, 2 updated, 3 taken away, 4 asked only, -1 refused, -2 too many contacts of this user. */
  readonly code: RegisterCode | -1 | -2;
  readonly status: number;
  readonly reason: string;
  /** Whole header lines for the answer, each with its CRLF. */
  readonly headers: string;
  /** True when a change went to the sink: with `registrar.write: through` the answer waits for its flush. */
  readonly changed: boolean;
}

export class Registrar {
  readonly #rules: RegisterRules;
  readonly #clock: Clock;
  readonly #index: LocationIndex;
  readonly #sink: LocationSink;
  readonly #replies: ContactWriter;
  readonly #saved: Counter;
  readonly #refused: Counter;
  /** Random for each start, counted within it: unique over restarts and nodes. */
  readonly #ruidPrefix = `uloc-${randomHex(6)}-`;
  readonly #newRuid = () => this.#ruidPrefix + (this.#ruids += 1).toString(36);
  #ruids = 0;

  constructor({ rules, clock, counters, index, sink }: RegistrarOptions) {
    this.#rules = rules;
    this.#clock = clock;
    this.#index = index;
    this.#sink = sink ?? noSink;
    this.#replies = new ContactWriter(clock);
    this.#saved = counters.define('registrar.accepted', 'REGISTER requests answered with 200');
    this.#refused = counters.define('registrar.refused', 'REGISTER requests refused');
  }

  /** Takes one REGISTER. All of it takes effect, or nothing. */
  save(request: SipMessage, source: Source, options: SaveOptions = {}): SaveResult {
    const nowMs = this.#clock.now();
    const monotonicMs = this.#clock.monotonicMs();
    const index = this.#index;
    const decision = decideRegister(request, source, options, {
      rules: this.#rules,
      bindingCount: index.bindingCount,
      nowMs,
      monotonicMs,
      bindingsOf: (key) => index.find(key),
      newRuid: this.#newRuid,
    });
    if (decision.kind === 'refused') {
      this.#refused.value += 1;
      const { status, reason, headers } = decision;
      return { code: decision.tooMany ? -2 : -1, status, reason, headers, changed: false };
    }
    this.#saved.value += 1;
    const { added, updated, removed, bindings } = decision.update;
    const changes = added.length + updated.length + removed.length;
    const { key } = decision.address;
    if (changes > 0) {
      index.replace(key, bindings);
      if (options.memoryOnly !== true) this.#tellSink(added, updated, removed);
    }
    return {
      code: decision.code,
      status: 200,
      reason: 'OK',
      headers: this.#replies.headers(index.find(key), decision.path),
      changed: changes > 0 && options.memoryOnly !== true,
    };
  }

  /** Live bindings of a user, best first; the list is shared, never changed. Arguments as they stand in a URI. */
  lookup(user: string, domain: string): readonly Binding[] {
    return this.#index.lookup(user, domain);
  }

  registered(user: string, domain: string): boolean {
    return this.#index.lookup(user, domain).length > 0;
  }

  byRuid(ruid: string): Binding | undefined {
    return this.#index.byRuid(ruid);
  }

  /**
   * Takes all bindings of a user away, or the one whose contact equals the URI `contact`.
   * @returns how many were taken away
   */
  unregister(user: string, domain: string, contact?: string): number {
    const all = this.#index.lookup(user, domain);
    const gone = contact === undefined ? all : all.filter((binding) => isContact(binding, contact));
    for (const binding of gone) this.#remove(binding);
    return gone.length;
  }

  unregisterByRuid(ruid: string): boolean {
    const binding = this.#index.byRuid(ruid);
    if (binding !== undefined) this.#remove(binding);
    return binding !== undefined;
  }

  get bindingCount(): number {
    return this.#index.bindingCount;
  }

  get userCount(): number {
    return this.#index.userCount;
  }

  /** Every user with its bindings, for listings. */
  users(): Iterable<{ readonly key: string; readonly bindings: readonly Binding[] }> {
    return this.#index.users();
  }

  #remove(binding: Binding): void {
    this.#index.remove(binding);
    this.#sink.remove(binding.ruid);
  }

  #tellSink(added: readonly Binding[], updated: readonly Binding[], removed: readonly Binding[]): void {
    for (const binding of removed) this.#sink.remove(binding.ruid);
    for (const binding of added) this.#sink.put(binding, true);
    for (const binding of updated) this.#sink.put(binding, false);
  }
}

function isContact(binding: Binding, contact: string): boolean {
  if (binding.contact === contact) return true;
  const wanted = parseUri(contact);
  const had = parseUri(binding.contact);
  return wanted !== undefined && had !== undefined && urisEqual(had, wanted);
}
