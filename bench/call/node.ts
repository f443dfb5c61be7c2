/**
 * A SIP node without sockets, put together as `app/sip-node.ts` does it: all that a message meets
 * between the datagram and the script. What it sends is encoded, as for a socket, and kept for the peers.
 */
import { LocatedNextHops } from '../../src/app/located-next-hops.ts';
import { ServiceNames } from '../../src/app/own-names.ts';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { realmOf } from '../../src/config/auth.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Proxy } from '../../src/proxy/proxy.ts';
import { LocationIndex } from '../../src/registrar/location-index.ts';
import { Registrar } from '../../src/registrar/registrar.ts';
import { createScriptModules } from '../../src/script/modules/modules.ts';
import type { RouteContext } from '../../src/script/route-context.ts';
import { Router } from '../../src/script/router.ts';
import type { ScriptEngine } from '../../src/script/vm/engine.ts';
import { Endpoint } from '../../src/sip/endpoint/endpoint.ts';
import { OwnAddresses } from '../../src/sip/endpoint/own-addresses.ts';
import { NextHopPolicy } from '../../src/sip/resolve/next-hop-policy.ts';
import { NodeDnsLookup } from '../../src/sip/resolve/node-dns-lookup.ts';
import { ServerLocator } from '../../src/sip/resolve/server-locator.ts';
import { transactionTimings } from '../../src/sip/transaction/timings.ts';
import { SendSlab } from '../../src/sip/transport/send-slab.ts';
import type { LocalSocket, Source } from '../../src/sip/transport/transport.ts';
import { Transports } from '../../src/sip/transport/transports.ts';
import { ManualClock } from './manual-clock.ts';

export const HOST = '127.0.0.1';
const MANY = 10_000_000;

/** Makes the engine under test; `counters` and the rest of the node are not there yet. */
export type EngineFactory = () => ScriptEngine<RouteContext>;

export class BenchNode {
  readonly clock: ManualClock;
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly #transports: Transports;
  readonly #local: LocalSocket;
  readonly #slab: SendSlab;
  readonly #sentAt: number[];

  private constructor(parts: { clock: ManualClock; endpoint: Endpoint; transports: Transports; local: LocalSocket; slab: SendSlab; sentAt: number[] }) {
    this.clock = parts.clock;
    this.endpoint = parts.endpoint;
    this.port = parts.local.port;
    this.#transports = parts.transports;
    this.#local = parts.local;
    this.#slab = parts.slab;
    this.#sentAt = parts.sentAt;
  }

  static async start(makeEngine: EngineFactory): Promise<BenchNode> {
    const { config } = loadConfig({ searchPaths: [] });
    const clock = new ManualClock(1_800_000_000_000);
    const counters = new Counters();
    const logger = silentLogger;
    const index = new LocationIndex({ clock, useDomain: false });
    // Bindings outlive every run.
    const rules = { minExpiresS: 60, defaultExpiresS: MANY, maxExpiresS: MANY, maxContacts: 10, maxBindings: MANY, retryAfterS: 10, useDomain: false };
    const registrar = new Registrar({ rules, clock, counters, index });
    const slab = new SendSlab();
    // Start and end of each message that was sent since the last `takeSent`.
    const sentAt: number[] = [];
    const endpoint: Endpoint = new Endpoint({
      clock,
      logger,
      counters,
      ownAddresses: new OwnAddresses(() => []),
      sender: {
        send: (text) => void sentAt.push(slab.put(text), text.length),
        localFor: (destination) => transports.localSocketFor(destination.protocol, destination.address, destination.local),
      },
      options: {
        timings: transactionTimings({ ...config.sip }),
        messageLimits: config.limits,
        maxTransactions: MANY,
        serverHeader: config.sip.serverHeader,
        retryAfterS: config.limits.retryAfterS,
      },
    });
    const transports = new Transports({ receiver: endpoint, clock, counters, logger });
    const policy = new NextHopPolicy({ allowLoopback: true, allow: [], deny: [], denyPorts: config.routing.denyPorts, backEnds: [], ownPorts: [], ownAddresses: [] });
    const locator = new ServerLocator({ dns: new NodeDnsLookup(), policy, clock, counters, random: Math.random });
    const { frTimerMs, frInvTimerMs } = config.sip;
    const { maxBranches, maxBreadth } = config.limits;
    const proxy = new Proxy(endpoint, new LocatedNextHops(locator), { firstResponseMs: frTimerMs, ringMs: frInvTimerMs, maxBranches, maxBreadth });
    const modules = createScriptModules({
      clock,
      logger,
      counters,
      definitions: new Map(),
      registrar,
      requests: { send: () => false, isOwn: () => false },
      calls: { start: () => false, cancel: () => false, active: 0 },
      callDefaults: config.calls,
      gateway: undefined,
      nodeId: 'bench',
      credentials: { find: () => Promise.resolve(undefined) },
      addresses: { loadAll: () => Promise.resolve([]) },
      sqlConnections: new Map(),
      outbox: { append: () => false, pending: () => 0 },
      inboxes: { take: () => undefined, size: () => 0 },
      messageStore: undefined,
      realm: realmOf(config),
      auth: config.auth,
      script: config.script,
    });
    const ownNames = new ServiceNames({ names: config.sip.domains, realm: realmOf(config), sockets: transports, socketHost: () => HOST });
    const engine = makeEngine();
    engine.load();
    endpoint.attach(new Router({ clock, logger, counters, endpoint, proxy, ownNames, modules }, engine));
    // Bound, so that its address is ours; nothing is ever received or sent on it.
    const [local] = await transports.listen([{ protocol: 'udp', address: HOST, port: 0 }]);
    return new BenchNode({ clock, endpoint, transports, local: local!, slab, sentAt });
  }

  /** One object a peer, as the transport has it. */
  source(port: number): Source {
    return { protocol: 'udp', address: HOST, port, local: this.#local, connectionId: 0 };
  }

  get sentCount(): number {
    return this.#sentAt.length / 2;
  }

  /** Message number `index` of those that were sent since the last `forgetSent`, as a peer's socket hands it over. */
  sent(index: number): string {
    const start = this.#sentAt[index * 2]!;
    return this.#slab.buffer.toString('latin1', start, start + this.#sentAt[index * 2 + 1]!);
  }

  forgetSent(): void {
    this.#sentAt.length = 0;
    this.#slab.rewind();
  }

  get transactionCount(): number {
    return this.endpoint.serverTransactionCount + this.endpoint.clientTransactionCount;
  }

  async close(): Promise<void> {
    this.endpoint.close();
    await this.#transports.close();
  }
}
