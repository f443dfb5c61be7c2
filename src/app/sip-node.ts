import { networkInterfaces } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { ListenAddress } from '../config/notations.ts';
import type { Config } from '../config/schema.ts';
import { ExpirySweep } from '../registrar/expiry-sweep.ts';
import { LocationIndex } from '../registrar/location-index.ts';
import { noSink } from '../registrar/location-sink.ts';
import type { LocationStore } from '../registrar/location-store.ts';
import { LocationWriter } from '../registrar/location-writer.ts';
import type { Registrar } from '../registrar/registrar.ts';
import { startScriptModules, stopScriptModules, type ScriptModules } from '../script/modules/modules.ts';
import { RouteTimers } from '../script/modules/route-timers.ts';
import type { AddressSource, CredentialStore, EventOutbox, MessageStore, ResultInboxes, SqlConnection } from '../script/ports.ts';
import type { RouteContext } from '../script/route-context.ts';
import type { ScriptEngine } from '../script/vm/engine.ts';
import { LuaEngine } from '../script/vm/lua-engine.ts';
import type { Endpoint } from '../sip/endpoint/endpoint.ts';
import { NextHopPolicy, hasLoopbackListener, type BackEnd } from '../sip/resolve/next-hop-policy.ts';
import { NodeDnsLookup } from '../sip/resolve/node-dns-lookup.ts';
import type { Destination, LocalSocket } from '../sip/transport/transport.ts';
import type { Transports } from '../sip/transport/transports.ts';
import { udpEngine } from '../sip/transport/udp.ts';
import type { Announcer } from '../ua/announcer.ts';
import { OwnRequests } from '../ua/own-requests.ts';
import { ServiceAgent } from '../ua/service-agent.ts';
import { ThirdPartyCalls } from '../ua/third-party/third-party-calls.ts';
import { createAnnouncer } from './announcements.ts';
import { connectCore } from './connected-core.ts';
import { MemoryReturn } from './memory-return.ts';
import { timingsOf } from './sip-core.ts';
import { warmUp } from './warm-up/warm-up.ts';

const LOOPBACK = '127.0.0.1';

/** What a SIP node is put together from. Everything that waits for the outside is behind a port. */
export interface SipNodeParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Where bindings survive a restart; undefined keeps them in memory only. */
  readonly locationStore: LocationStore | undefined;
  /** By the names of `script.sqlConnections`. */
  readonly sqlConnections: ReadonlyMap<string, SqlConnection>;
  readonly credentials: CredentialStore;
  readonly addresses: AddressSource;
  readonly outbox: EventOutbox;
  readonly inboxes: ResultInboxes;
  /** Where messages wait for users who are not there; undefined lets `KSR.msilo` fail. */
  readonly messageStore?: MessageStore;
  /** Speaks announcements; undefined takes the one of the section `media`. */
  readonly announcer?: Announcer;
  /** Services behind us, as numeric addresses: no SIP request is ever sent there. */
  readonly backEnds: readonly BackEnd[];
  /** Ports of services on this machine, likewise. */
  readonly ownPorts: readonly number[];
  /** Routes in place of the script; undefined runs `script.path`. */
  readonly engine?: ScriptEngine<RouteContext>;
  /** Where to listen, when that is not `sip.listen`. */
  readonly listen?: readonly ListenAddress[];
}

/** A running SIP process: sockets, transactions, registrar and script. */
export class SipNode {
  readonly localSockets: readonly LocalSocket[];
  readonly endpoint: Endpoint;
  readonly registrar: Registrar;
  readonly #engine: ScriptEngine<RouteContext>;
  readonly #modules: ScriptModules;
  readonly #stopAll: () => Promise<void>;

  private constructor(parts: { localSockets: readonly LocalSocket[]; endpoint: Endpoint; registrar: Registrar; engine: ScriptEngine<RouteContext>; modules: ScriptModules; stopAll: () => Promise<void> }) {
    this.localSockets = parts.localSockets;
    this.endpoint = parts.endpoint;
    this.registrar = parts.registrar;
    this.#engine = parts.engine;
    this.#modules = parts.modules;
    this.#stopAll = parts.stopAll;
  }

  /**
   * Starts a node. The script is loaded and the registrations are read before the first socket is
   * bound, so that nothing is answered wrongly while it starts.
   *
   * @throws AppError `script.load`, `listen.in-use`, `listen.failed`, `listen.engine`, `db.unreachable`, `media.sound`
   */
  static async start(parts: SipNodeParts): Promise<SipNode> {
    const { config, clock, logger, counters } = parts;
    const { limits, sip } = config;

    const index = new LocationIndex({ clock, useDomain: false });
    const writer = parts.locationStore === undefined ? undefined : new LocationWriter({ store: parts.locationStore, clock, logger, counters });
    const agent = new ServiceAgent({ clock, logger, timings: timingsOf(config), udpEngine: sip.udpEngine });
    const policy = nextHopPolicy(parts);
    const announcer = parts.announcer ?? (await createAnnouncer({ config, clock, counters, policy }));
    const calls = new ThirdPartyCalls({ agent, announcer, maxActive: config.calls.maxActive, logger, counters });
    const { endpoint, registrar, modules, engine, router, transports } = connectCore({
      ...parts,
      index,
      locationSink: writer,
      flushRegistrations: writer !== undefined && config.registrar.write === 'through' ? () => writer.flush() : undefined,
      dns: new NodeDnsLookup(),
      policy,
      requests: new OwnRequests(agent),
      calls,
    });

    const timers = new RouteTimers(config.script.timers, clock, (callback, event, whenDone) => router.runEvent(callback, event, whenDone));
    const sweep = new ExpirySweep({ index, clock, logger, sink: writer ?? noSink, onExpired: () => {} });

    const memory = new MemoryReturn(clock, () => endpoint.serverTransactionCount + endpoint.clientTransactionCount);

    engine.load();
    // The interpreter's library can write to standard output: there the script would be heard.
    if (sip.warmUpMs > 0 && engine instanceof LuaEngine && engine.kind === 'compiled') logger.debug('Warmed up', { ...(await warmUp(config, sip.warmUpMs)) });
    await startScriptModules(modules);
    if (writer !== undefined) await writer.load(index, limits.maxBindings);
    const localSockets = await transports.listen((parts.listen ?? sip.listen).map(({ transport, host, port }) => ({ protocol: transport, address: host, port })));
    logger.info('UDP engine', { engine: udpEngine(sip.udpEngine), configured: sip.udpEngine });
    const stopSockets = async (): Promise<void> => {
      await agent.close();
      await transports.close();
    };
    try {
      await agent.listen(await loopbackListener(transports));
    } catch (thrown) {
      await stopSockets();
      throw thrown;
    }
    policy.admit(agent.local!.address, agent.local!.port);
    sweep.start();
    timers.start();
    memory.start();

    const stopAll = async (): Promise<void> => {
      memory.stop();
      timers.stop();
      // While the script still runs: the phones are hung up through it, and it is told of the end of each call.
      await calls.close();
      sweep.stop();
      stopScriptModules(modules);
      await stopSockets();
      endpoint.close();
      await writer?.close();
    };
    return new SipNode({ localSockets, endpoint, registrar, engine, modules, stopAll });
  }

  /**
   * Reads the script and the table `address` again while calls go on.
   *
   * @throws AppError `media.sound`, `script.load`, or what the database said; what was there before goes on serving
   */
  async reload(): Promise<void> {
    this.#engine.reload();
    await this.#modules.addresses.load();
  }

  /** Stops taking messages, writes what is not in the database yet, closes everything. */
  async close(): Promise<void> {
    await this.#stopAll();
  }
}

/**
 * Where our own user agent sends its requests: the UDP listener that loopback reaches. Where `sip.listen`
 * names none, one on a free port is opened for it.
 */
async function loopbackListener(transports: Transports): Promise<Destination> {
  const there = transports.localSocketFor('udp', LOOPBACK);
  const usable = there !== undefined && (there.address === '0.0.0.0' || there.address.startsWith('127.'));
  const listener = usable ? there : (await transports.listen([{ protocol: 'udp', address: LOOPBACK, port: 0 }])).at(-1)!;
  return { protocol: 'udp', address: listener.address === '0.0.0.0' ? LOOPBACK : listener.address, port: listener.port };
}

function nextHopPolicy(parts: SipNodeParts): NextHopPolicy {
  const { config } = parts;
  const listen = parts.listen ?? config.sip.listen;
  const ownAddresses = Object.values(networkInterfaces()).flatMap((infos) => (infos ?? []).map((info) => info.address));
  return new NextHopPolicy({
    // Who listens on loopback serves programs of this machine: they can be called too.
    allowLoopback: config.routing.allowLoopback || hasLoopbackListener(listen.map(({ host }) => host)),
    allow: config.routing.allowNextHops,
    deny: config.routing.denyNextHops,
    denyPorts: config.routing.denyPorts,
    backEnds: parts.backEnds,
    ownPorts: parts.ownPorts,
    ownAddresses,
  });
}
