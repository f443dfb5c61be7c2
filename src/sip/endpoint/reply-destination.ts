import type { Via } from '../headers/via.ts';
import type { SipMessage } from '../message/sip-message.ts';
import { familyOf, type Destination, type Protocol, type Source } from '../transport/transport.ts';

const DEFAULT_PORT = 5060;

/**
 * Where the response to a request goes (§18.2.2, RFC 3581 §4): back on its connection; for UDP to
 * the address that it came from, and there to the port of sent-by, or to the port that it came
 * from when the client asked with `rport`. A malformed Via leaves nothing but the source.
 */
export function replyDestination(request: SipMessage, source: Source, forceRport: boolean): Destination {
  if (source.protocol !== 'udp') return source;
  const via = request.via;
  if (via === undefined || forceRport || via.rport >= 0) return source;
  const port = via.port === 0 ? DEFAULT_PORT : via.port;
  return port === source.port ? source : { protocol: 'udp', address: source.address, port, local: source.local };
}

/**
 * Where a response that is forwarded without state goes: what `received` and `rport` of its next
 * Via say. Undefined when that is not a numeric address: a stateless element does not look up names.
 */
export function responseDestination(next: Via, host: string): Destination | undefined {
  const address = next.received === '' ? host : next.received.replace(/^\[|\]$/g, '');
  if (!/^[\d.]+$/.test(address) && familyOf(address) === 4) return undefined;
  const protocol = PROTOCOLS[next.transport.toUpperCase()];
  if (protocol === undefined) return undefined;
  return { protocol, address, port: next.rport > 0 ? next.rport : next.port === 0 ? DEFAULT_PORT : next.port };
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = { UDP: 'udp', TCP: 'tcp' };
