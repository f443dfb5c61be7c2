import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import type { DnsLookup } from './dns-lookup.ts';
import type { NextHopPolicy } from './next-hop-policy.ts';
import { numericHost } from './numeric-host.ts';
import { planServers, SIP_PORT, type Capabilities, type PlanQuestion, type ResolvedProtocol, type ServerPlan } from './server-plan.ts';
import { srvOrder } from './srv-order.ts';

/** One address to try. A `Destination` of the transport. */
export interface Target {
  readonly protocol: ResolvedProtocol;
  readonly address: string;
  readonly port: number;
}

/**
 * Why there is no target: no such host; DNS gave no answer, or none in time; too many look-ups at
 * once; the policy refuses all that was found; a transport that we do not speak.
 */
export type LocateFailure = 'not-found' | 'dns-error' | 'timeout' | 'overloaded' | 'forbidden' | 'unsupported';

/** Where to send, best first; `failure` is undefined exactly when there is a target. */
export interface Location {
  readonly targets: readonly Target[];
  readonly failure: LocateFailure | undefined;
}

/** The parts of a SIP URI that decide where a request goes. */
export interface LocateQuery {
  /** Name or numeric address, IPv6 with or without brackets. */
  readonly host: string;
  /** 0 when the URI names none. */
  readonly port: number;
  /** The transport parameter as it stands, '' when there is none. */
  readonly transport: string;
  /** A sips URI, or one that demands TLS. */
  readonly secure: boolean;
}

export interface LocatorOptions extends Capabilities {
  /** From the first question to the last answer. */
  readonly deadlineMs: number;
  /** Look-ups under way; one more fails as `overloaded`. */
  readonly maxLookups: number;
  /** Names that are remembered; the oldest makes room. */
  readonly maxRemembered: number;
  /** How long an answer without a TTL holds. */
  readonly defaultTtlMs: number;
  readonly maxTtlMs: number;
  /** How long it is remembered that a name has no server. */
  readonly negativeTtlMs: number;
  /** How long after a question without answer the same is not asked again. */
  readonly errorTtlMs: number;
}

export const DEFAULT_LOCATOR_OPTIONS: LocatorOptions = {
  protocols: ['udp', 'tcp'],
  families: [4, 6],
  deadlineMs: 5000,
  maxLookups: 256,
  maxRemembered: 4096,
  defaultTtlMs: 60_000,
  maxTtlMs: 3_600_000,
  negativeTtlMs: 30_000,
  errorTtlMs: 5000,
};

export interface LocatorSetup {
  readonly dns: DnsLookup;
  readonly policy: NextHopPolicy;
  readonly clock: Clock;
  readonly counters: Counters;
  /** Uniform in [0, 1): draws among servers of one priority. */
  readonly random: () => number;
  readonly options?: Partial<LocatorOptions> | undefined;
}

/** More targets than a transaction could try in its life are of no use. */
const MAX_TARGETS = 16;
/** A TTL of 0 would let each message of a call ask again. */
const MIN_TTL_MS = 1000;

/** Letters, digits, hyphens and the underscore that real names have, in labels (RFC 1123 §2.1). */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

const LOCALHOST = ['127.0.0.1', '::1'] as const;

interface Remembered {
  readonly plan: ServerPlan;
  readonly untilMs: number;
}

/**
 * Finds the servers of a SIP URI (RFC 3263 §4). Every target that it returns has passed the
 * next-hop policy, however its name resolved.
 */
export class ServerLocator {
  readonly #dns: DnsLookup;
  readonly #policy: NextHopPolicy;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #options: LocatorOptions;
  readonly #remembered = new Map<string, Remembered>();
  readonly #pending = new Map<string, Lookup>();
  readonly #lookups: Counter;
  readonly #forbidden: Counter;
  readonly #failures: Counter;

  constructor(setup: LocatorSetup) {
    this.#dns = setup.dns;
    this.#policy = setup.policy;
    this.#clock = setup.clock;
    this.#random = setup.random;
    this.#options = { ...DEFAULT_LOCATOR_OPTIONS, ...setup.options };
    this.#lookups = setup.counters.define('sip.resolve.lookups', 'Host names that had to be looked up');
    this.#forbidden = setup.counters.define('sip.resolve.forbidden', 'Addresses that the next-hop policy refused');
    this.#failures = setup.counters.define('sip.resolve.failures', 'Look-ups that found no address');
  }

  /** Answers at once for a numeric host and for a name that is remembered; a promise is for look-ups and never rejects. */
  locate(query: LocateQuery): Location | Promise<Location> {
    const protocol = this.#protocolOf(query);
    if (protocol === 'unsupported') return nowhere('unsupported');
    const address = numericHost(query.host);
    if (address !== undefined) return this.#numeric(address, query.port, protocol);
    const name = query.host.toLowerCase().replace(/\.$/, '');
    if (!HOST_NAME.test(name)) return nowhere('not-found');
    if (name === 'localhost' || name.endsWith('.localhost')) return this.#localhost(query.port, protocol);
    return this.#named({ name, port: query.port, protocol });
  }

  /** What the URI demands, undefined when it leaves the choice. */
  #protocolOf({ transport, secure }: LocateQuery): ResolvedProtocol | undefined | 'unsupported' {
    if (secure) return 'unsupported';
    if (transport === '') return undefined;
    const wanted = transport.toLowerCase();
    return this.#options.protocols.find((protocol) => protocol === wanted) ?? 'unsupported';
  }

  #numeric(address: string, port: number, protocol: ResolvedProtocol | undefined): Location {
    const target: Target = { protocol: protocol ?? this.#defaultProtocol(), address, port: port === 0 ? SIP_PORT : port };
    return this.#isAllowed(target) ? { targets: [target], failure: undefined } : nowhere('forbidden');
  }

  /** RFC 6761 §6.3: names of this machine are not asked of DNS. */
  #localhost(port: number, protocol: ResolvedProtocol | undefined): Location {
    const targets = LOCALHOST.filter((address) => this.#options.families.includes(address === '::1' ? 6 : 4))
      .map((address): Target => ({ protocol: protocol ?? this.#defaultProtocol(), address, port: port === 0 ? SIP_PORT : port }))
      .filter((target) => this.#isAllowed(target));
    return targets.length > 0 ? { targets, failure: undefined } : nowhere('forbidden');
  }

  #named(question: PlanQuestion): Location | Promise<Location> {
    const key = `${question.name}|${question.port}|${question.protocol ?? ''}`;
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined && remembered.untilMs > this.#clock.monotonicMs()) return this.#locationOf(remembered.plan);
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending.location;
    if (this.#pending.size >= this.#options.maxLookups) return nowhere('overloaded');
    return this.#lookUp(key, question);
  }

  #lookUp(key: string, question: PlanQuestion): Promise<Location> {
    this.#lookups.value += 1;
    const lookup = new Lookup(this.#clock, this.#options.deadlineMs);
    this.#pending.set(key, lookup);
    void planServers(question, this.#options, this.#dns).then((plan) => {
      // Also when the deadline has passed: the next request profits.
      this.#pending.delete(key);
      this.#remember(key, plan);
      lookup.settle(this.#locationOf(plan));
    });
    return lookup.location;
  }

  #remember(key: string, plan: ServerPlan): void {
    this.#remembered.delete(key);
    if (this.#remembered.size >= this.#options.maxRemembered) {
      const [oldest] = this.#remembered.keys();
      this.#remembered.delete(oldest!);
    }
    this.#remembered.set(key, { plan, untilMs: this.#clock.monotonicMs() + this.#ttlMs(plan) });
  }

  #ttlMs(plan: ServerPlan): number {
    const { errorTtlMs, negativeTtlMs, defaultTtlMs, maxTtlMs } = this.#options;
    if (plan.incomplete) return errorTtlMs;
    if (isEmpty(plan)) return negativeTtlMs;
    const ttlMs = plan.ttlSeconds === undefined ? defaultTtlMs : Math.min(plan.ttlSeconds * 1000, maxTtlMs);
    return Math.max(ttlMs, MIN_TTL_MS);
  }

  /** Draws anew each time, so that the weights hold over many requests. */
  #locationOf(plan: ServerPlan): Location {
    const targets: Target[] = [];
    for (const servers of plan.services) {
      for (const { protocol, port, addresses } of srvOrder(servers, this.#random)) {
        for (const address of addresses) {
          const target = { protocol, address, port };
          if (this.#isAllowed(target) && targets.push(target) === MAX_TARGETS) return { targets, failure: undefined };
        }
      }
    }
    if (targets.length > 0) return { targets, failure: undefined };
    this.#failures.value += 1;
    if (!isEmpty(plan)) return nowhere('forbidden');
    return nowhere(plan.incomplete ? 'dns-error' : 'not-found');
  }

  #isAllowed({ address, port }: Target): boolean {
    if (this.#policy.refusal(address, port) === undefined) return true;
    this.#forbidden.value += 1;
    return false;
  }

  #defaultProtocol(): ResolvedProtocol {
    const { protocols } = this.#options;
    return protocols.includes('udp') ? 'udp' : protocols[0]!;
  }
}

/** A look-up under way, shared by all that ask for the same. */
class Lookup implements TimerOwner {
  readonly location: Promise<Location>;
  readonly #clock: Clock;
  readonly #deadline = new Timer(this);
  #resolve: (location: Location) => void = () => {};

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock;
    this.location = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    clock.arm(this.#deadline, deadlineMs);
  }

  settle(location: Location): void {
    this.#clock.disarm(this.#deadline);
    this.#resolve(location);
  }

  onTimer(): void {
    this.#resolve(nowhere('timeout'));
  }
}

function isEmpty(plan: ServerPlan): boolean {
  return plan.services.every((servers) => servers.every(({ addresses }) => addresses.length === 0));
}

function nowhere(failure: LocateFailure): Location {
  return { targets: [], failure };
}
