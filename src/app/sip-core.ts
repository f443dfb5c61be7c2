import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { randomHex } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { realmOf } from '../config/auth.ts';
import type { Config } from '../config/schema.ts';
import { PACKAGED_SCRIPT } from '../config/script.ts';
import type { NextHops } from '../proxy/next-hop.ts';
import { Proxy } from '../proxy/proxy.ts';
import { LocationIndex } from '../registrar/location-index.ts';
import type { LocationSink } from '../registrar/location-sink.ts';
import { Registrar } from '../registrar/registrar.ts';
import { ksrRows } from '../script/ksr/rows.ts';
import { createScriptModules, type ScriptModules } from '../script/modules/modules.ts';
import type { AddressSource, CallControl, CredentialStore, EventOutbox, MessageStore, RequestSender, ResultInboxes, SqlConnection } from '../script/ports.ts';
import type { RouteContext } from '../script/route-context.ts';
import { Router } from '../script/router.ts';
import type { OwnNames } from '../script/services.ts';
import type { ScriptEngine } from '../script/vm/engine.ts';
import { LuaEngine } from '../script/vm/lua-engine.ts';
import { Endpoint, type MessageSender } from '../sip/endpoint/endpoint.ts';
import { OwnAddresses, machineInterfaces } from '../sip/endpoint/own-addresses.ts';
import { transactionTimings } from '../sip/transaction/timings.ts';

/** What the core of a node is put together from. */
export interface SipCoreParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** By the names of `script.sqlConnections`. */
  readonly sqlConnections: ReadonlyMap<string, SqlConnection>;
  readonly credentials: CredentialStore;
  readonly addresses: AddressSource;
  readonly outbox: EventOutbox;
  readonly inboxes: ResultInboxes;
  readonly messageStore?: MessageStore | undefined;
  /** Told of every change of a registration; undefined keeps them in memory only. */
  readonly locationSink: LocationSink | undefined;
  readonly flushRegistrations: (() => Promise<void>) | undefined;
  readonly index: LocationIndex;
  readonly sender: MessageSender;
  readonly nextHops: NextHops;
  readonly ownNames: OwnNames;
  readonly requests: RequestSender;
  readonly calls: CallControl;
  /** Routes in place of the script; undefined runs `script.path`. */
  readonly engine?: ScriptEngine<RouteContext>;
}

/** Transactions, proxy, registrar and script: everything of a node that does not touch a socket. */
export interface SipCore {
  readonly endpoint: Endpoint;
  readonly registrar: Registrar;
  readonly modules: ScriptModules;
  /** The script is not loaded yet. */
  readonly engine: ScriptEngine<RouteContext>;
  readonly router: Router;
}

export function timingsOf({ sip }: Config) {
  return transactionTimings({ t1Ms: sip.t1Ms, t2Ms: sip.t2Ms, t4Ms: sip.t4Ms, timerCMs: sip.timerCMs });
}

export function createSipCore(parts: SipCoreParts): SipCore {
  const { config, clock, logger, counters, index, locationSink, ownNames } = parts;
  const { limits, sip } = config;
  const registrar = new Registrar({
    rules: { ...config.registrar, maxBindings: limits.maxBindings, retryAfterS: limits.retryAfterS, useDomain: false },
    clock,
    counters,
    index,
    ...(locationSink === undefined ? {} : { sink: locationSink }),
  });
  const endpoint = new Endpoint({
    clock,
    logger,
    counters,
    ownAddresses: new OwnAddresses(machineInterfaces, sip.advertise),
    sender: parts.sender,
    options: {
      timings: timingsOf(config),
      messageLimits: { maxMessageBytes: limits.maxMessageBytes, maxHeaders: limits.maxHeaders },
      maxTransactions: limits.maxTransactions,
      serverHeader: sip.serverHeader,
      retryAfterS: limits.retryAfterS,
    },
  });
  const proxy = new Proxy(endpoint, parts.nextHops, {
    firstResponseMs: sip.frTimerMs,
    ringMs: sip.frInvTimerMs,
    maxBranches: limits.maxBranches,
    maxBreadth: limits.maxBreadth,
  });
  const modules = createScriptModules({
    clock,
    logger,
    counters,
    definitions: new Map(),
    registrar,
    requests: parts.requests,
    calls: parts.calls,
    callDefaults: config.calls,
    gateway: config.calls.gateway,
    nodeId: randomHex(8),
    flushRegistrations: parts.flushRegistrations,
    credentials: parts.credentials,
    addresses: parts.addresses,
    sqlConnections: parts.sqlConnections,
    outbox: parts.outbox,
    inboxes: parts.inboxes,
    messageStore: parts.messageStore,
    realm: realmOf(config),
    auth: config.auth,
    script: config.script,
  });
  const engine =
    parts.engine ??
    new LuaEngine<RouteContext>({
      engine: config.script.engine,
      path: config.script.path ?? PACKAGED_SCRIPT,
      rows: ksrRows,
      logger,
      counters,
      maxInstructions: limits.maxLuaInstructions,
      maxParkedRuns: limits.maxParkedRoutes,
    });
  const router = new Router({ clock, logger, counters, endpoint, proxy, ownNames, modules }, engine);
  endpoint.attach(router);
  return { endpoint, registrar, modules, engine, router };
}
