import { bracketHost } from '../../../sip/uri/uri.ts';
import type { RouteContext } from '../../route-context.ts';
import { receivedAddress, sourceUri } from '../message-values.ts';
import { plain, type PvCatalogue } from '../pseudo-variable.ts';

/** Numbers of transports in Kamailio. */
export const PROTOCOL_IDS: Readonly<Record<RouteContext['source']['protocol'], number>> = { udp: 1, tcp: 2 };

function receivedUri(route: RouteContext): string {
  const { host, port } = receivedAddress(route);
  const { protocol } = route.source;
  return `sip:${bracketHost(host)}:${port}${protocol === 'udp' ? '' : `;transport=${protocol}`}`;
}

/** Variables about where a message came from and which of our sockets took it. */
export const networkCatalogue: PvCatalogue = {
  si: plain((route) => route.source.address),
  sp: plain((route) => route.source.port),
  su: plain(sourceUri),
  proto: plain((route) => route.source.protocol),
  pr: plain((route) => route.source.protocol),
  prid: plain((route) => PROTOCOL_IDS[route.source.protocol]),
  af: plain((route) => (route.source.local.family === 4 ? 'INET' : 'INET6')),
  Ri: plain((route) => receivedAddress(route).host),
  Rp: plain((route) => route.source.local.port),
  RAi: plain((route) => receivedAddress(route).host),
  RAp: plain((route) => receivedAddress(route).port),
  RAu: plain(receivedUri),
  Ru: plain(receivedUri),
  conid: plain((route) => (route.source.connectionId === 0 ? null : route.source.connectionId)),
};
