/**
 * Where a contact can really be reached. A phone behind a NAT writes an address into its Contact
 * that means nothing outside; the way back is the address that its REGISTER came from, which the
 * NAT keeps open. A Contact that names another place on purpose, as third-party registrations do
 * (§10.1), is left as it is.
 */
import { VIA } from '../sip/headers/header-id.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Source } from '../sip/transport/transport.ts';
import { bracketHost, plainHost, uriParameter, type Uri } from '../sip/uri/uri.ts';

const DEFAULT_PORT = 5060;

/**
 * The value of `received` for a contact, undefined when the contact itself is the way.
 *
 * - REGISTER came through a proxy: the source is the proxy, not the phone; Path is for that (RFC 3327).
 * - Over a connection: always the other end, since calls must go over this connection. Only a contact
 *   that says `transport=udp` asks for something else.
 * - Over UDP: the source, when the contact is the place that the sender takes for its own (its Via)
 *   and it was seen elsewhere, or when the contact's host means nothing here.
 */
export function receivedFrom(request: SipMessage, source: Source, contact: Uri): string | undefined {
  if (request.via?.followed === true || request.findField(VIA, request.findField(VIA) + 1) >= 0) return undefined;
  const transport = uriParameter(contact, 'transport')?.toLowerCase();
  if (source.protocol !== 'udp') return transport === 'udp' ? undefined : sourceUri(source);
  if (transport !== undefined && transport !== 'udp') return undefined;

  const host = plainHost(contact.host);
  const port = contact.port || DEFAULT_PORT;
  if (host === source.address && port === source.port) return undefined;
  if (meansNothingFrom(host, source.address)) return sourceUri(source);
  const via = request.via;
  if (via === undefined || plainHost(via.host) !== host || (via.port || DEFAULT_PORT) !== port) return undefined;
  // Without rport a client may send from a port on which it does not listen (RFC 3581 §4).
  if (host === source.address && via.rport < 0) return undefined;
  return sourceUri(source);
}

function sourceUri(source: Source): string {
  const address = `sip:${bracketHost(source.address)}:${source.port}`;
  return source.protocol === 'udp' ? address : `${address};transport=${source.protocol}`;
}

/** A name that is none (RFC 7118 §5.2.1), or an address of the sender's private network while the sender is not in ours. */
function meansNothingFrom(host: string, address: string): boolean {
  return host.endsWith('.invalid') || (isPrivate(host) && !isPrivate(address));
}

/** RFC 1918, shared (RFC 6598), link-local and loopback addresses, and their like in IPv6. */
const PRIVATE = /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)[\d.]+$|^(?:::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)$/;

function isPrivate(host: string): boolean {
  return PRIVATE.test(host);
}
