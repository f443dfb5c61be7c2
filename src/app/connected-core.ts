import { realmOf } from '../config/auth.ts';
import type { DnsLookup } from '../sip/resolve/dns-lookup.ts';
import type { NextHopPolicy } from '../sip/resolve/next-hop-policy.ts';
import { ServerLocator, type LocatorOptions } from '../sip/resolve/server-locator.ts';
import type { LocalSocket } from '../sip/transport/transport.ts';
import { Transports, type OpenUdp } from '../sip/transport/transports.ts';
import { bracketHost } from '../sip/uri/uri.ts';
import { LocatedNextHops } from './located-next-hops.ts';
import { ServiceNames } from './own-names.ts';
import { reachableAddress } from './reachable-address.ts';
import { createSipCore, type SipCore, type SipCoreParts } from './sip-core.ts';

export interface ConnectedCoreParts extends Omit<SipCoreParts, 'sender' | 'nextHops' | 'ownNames'> {
  readonly dns: DnsLookup;
  readonly policy: NextHopPolicy;
  readonly locatorOptions?: Partial<LocatorOptions>;
  /** Opens a UDP socket; undefined binds one of the machine. */
  readonly openUdp?: OpenUdp;
}

export interface ConnectedCore extends SipCore {
  /** No socket is open yet. */
  readonly transports: Transports;
}

/**
 * A core and what it reaches the world by, each knowing the other. The node and its warm-up are made by this one
 * function: V8 compiles for the classes and closures that it has seen, so those of the two must be the same.
 */
export function connectCore(parts: ConnectedCoreParts): ConnectedCore {
  const { config, clock, counters, logger } = parts;
  const { limits, sip } = config;
  const locator = new ServerLocator({ dns: parts.dns, policy: parts.policy, clock, counters, random: Math.random, options: parts.locatorOptions });
  const core = createSipCore({
    ...parts,
    sender: {
      send: (text, destination) => transports.send(text, destination),
      localFor: (destination) => transports.localSocketFor(destination.protocol, destination.address, destination.local),
    },
    nextHops: new LocatedNextHops(locator),
    ownNames: new ServiceNames({
      names: sip.advertise === undefined ? sip.domains : [...sip.domains, { host: sip.advertise, port: undefined }],
      realm: realmOf(config),
      sockets: {
        isOwnHost: (host) => transports.isOwnHost(host),
        isOwnAddress: (host, port) => transports.isOwnAddress(host, port),
      },
      socketHost: () => socketHost(transports.localSockets),
    }),
  });
  const transports: Transports = new Transports({
    receiver: core.endpoint,
    clock,
    counters,
    logger,
    openUdp: parts.openUdp,
    udp: { engine: sip.udpEngine },
    tcp: {
      maxMessageBytes: limits.maxMessageBytes,
      maxHeaderBytes: limits.maxHeaderBytes,
      maxConnections: limits.maxTcpConnections,
      maxConnectionsPerAddress: limits.maxTcpConnectionsPerAddress,
      messageDeadlineMs: limits.tcpMessageMs,
      idleTimeoutMs: limits.tcpIdleMs,
      connectTimeoutMs: limits.tcpConnectMs,
    },
  });
  return { ...core, transports };
}

/** `host:port` of the first socket, as a phone could dial it. */
function socketHost([socket]: readonly LocalSocket[]): string {
  if (socket === undefined) return 'localhost';
  const isWildcard = socket.address === '0.0.0.0' || socket.address === '::';
  return `${bracketHost(isWildcard ? reachableAddress() : socket.address)}:${socket.port}`;
}
