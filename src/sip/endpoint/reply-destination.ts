import { isIP } from 'node:net';
import type { Via } from '../headers/via.ts';
import type { SipMessage } from '../message/sip-message.ts';
import type { Destination, Protocol, Source } from '../transport/transport.ts';
import { plainHost } from '../uri/uri.ts';

const DEFAULT_PORT = 5060;

/**
 * Where the response to a request goes (§18.2.2, RFC 3581 §4): back on its connection, or when that
 * is gone on a new one to the port of sent-by; for UDP to the address that it came from, and there
 * to the port of sent-by, or to the port that it came from when the client asked with `rport`. A
 * malformed Via leaves nothing but the source. `maddr` is not followed: with it anybody could make
 * us send to an address of his choice.
 *
 * @param connected false when the connection that the request came on has been closed
 */
export function replyDestination(request: SipMessage, source: Source, forceRport: boolean, connected = true): Destination {
  const via = request.via;
  if (source.protocol !== 'udp') {
    if (connected) return source;
    return { protocol: source.protocol, address: source.address, port: via === undefined || via.port === 0 ? DEFAULT_PORT : via.port, local: source.local };
  }
  if (via === undefined || forceRport || via.rport >= 0) return source;
  const port = via.port === 0 ? DEFAULT_PORT : via.port;
  return port === source.port ? source : { protocol: 'udp', address: source.address, port, local: source.local };
}

/**
 * Where a response that is forwarded without state goes: what `received` and `rport` of its next
 * Via say. Undefined when that is not a numeric address: a stateless element does not look up names.
 */
export function responseDestination(next: Via): Destination | undefined {
  const address = plainHost(next.received === '' ? next.host : next.received);
  if (isIP(address) === 0) return undefined;
  const protocol = PROTOCOLS[next.transport.toUpperCase()];
  if (protocol === undefined) return undefined;
  return { protocol, address, port: next.rport > 0 ? next.rport : next.port === 0 ? DEFAULT_PORT : next.port };
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = { UDP: 'udp', TCP: 'tcp' };
