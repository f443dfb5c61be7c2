import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';
import { parseUri, plainHost, type Uri } from '../../../sip/uri/uri.ts';

const { row } = rowsOf<RouteContext>('');

/** Letters of `is_proto`. */
function letterOf(route: RouteContext): string {
  return route.source.protocol === 'udp' ? 'U' : 'T';
}

function isProtocol(route: RouteContext, letters: string): boolean {
  return letters.toUpperCase().includes(letterOf(route));
}

/** `sip:host`, `host`, `host:port` and `proto:host:port` all name a place; is it ours? */
function isMyself(route: RouteContext, place: string): boolean {
  const { ownNames } = route.services;
  if (/^sips?:/i.test(place)) {
    const uri = parseUri(place);
    return uri !== undefined && ownNames.isOwnUri(uri);
  }
  const match = /^(?:[a-z]{2,4}:)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(place);
  return match !== null && ownNames.isOwn(plainHost(match[1]!), Number(match[2] ?? 0));
}

function isOwn(route: RouteContext, uri: Uri | undefined): boolean {
  return uri !== undefined && route.services.ownNames.isOwnUri(uri);
}

const never = (): boolean => false;

/** Where a message came from, and which names are ours. */
export const networkRows = [
  row('is_UDP', [], 'bool', (route) => route.source.protocol === 'udp', 'True when the message came by UDP'),
  row('is_TCP', [], 'bool', (route) => route.source.protocol === 'tcp', 'True when the message came by TCP'),
  row('is_TCPX', [], 'bool', (route) => route.source.protocol !== 'udp', 'True when the message came on a connection of any kind'),
  row('is_TLS', [], 'bool', never, 'True when the message came by TLS, which this version does not have'),
  row('is_WS', [], 'bool', never, 'True when the message came by WebSocket, which this version does not have'),
  row('is_WSS', [], 'bool', never, 'True when the message came by secure WebSocket, which this version does not have'),
  row('is_WSX', [], 'bool', never, 'True when the message came by WebSocket of any kind, which this version does not have'),
  row('is_SCTP', [], 'bool', never, 'True when the message came by SCTP, which this version does not have'),
  row('is_proto', ['str'], 'bool', isProtocol, 'True when the letter of the transport is among these: U for UDP, T for TCP'),
  row('is_IPv4', [], 'bool', (route) => route.source.local.family === 4, 'True when the message came over IPv4'),
  row('is_IPv6', [], 'bool', (route) => route.source.local.family === 6, 'True when the message came over IPv6'),
  row('is_src_port', ['int'], 'bool', (route, port) => route.source.port === port, 'True when the message came from this port'),
  row('is_dst_port', ['int'], 'bool', (route, port) => route.source.local.port === port, 'True when the message came in on this port'),
  row('is_myself', ['str'], 'bool', isMyself, 'True when this URI or host names one of our sockets or domains'),
  row('is_myself_ruri', [], 'bool', (route) => isOwn(route, route.parsedRequestUri), 'True when the Request-URI names us'),
  row('is_myself_duri', [], 'bool', (route) => isOwn(route, route.parsedDestinationUri), 'True when the destination URI names us'),
  row('is_myself_nhuri', [], 'bool', (route) => isOwn(route, route.parsedDestinationUri ?? route.parsedRequestUri), 'True when the next hop, destination URI or else Request-URI, names us'),
  row('is_myself_furi', [], 'bool', (route) => isOwn(route, route.message.from?.uri), 'True when the From URI names us'),
  row('is_myself_turi', [], 'bool', (route) => isOwn(route, route.message.to?.uri), 'True when the To URI names us'),
  row('is_myself_suri', [], 'bool', ({ services, source }) => services.ownNames.isOwn(source.address, source.port), 'True when the message came from one of our own sockets'),
  row('is_myself_srcip', [], 'bool', ({ services, source }) => services.ownNames.isOwn(source.address, 0), 'True when the message came from one of our own addresses'),
];
