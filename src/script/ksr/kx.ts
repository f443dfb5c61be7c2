import {
  addressHost,
  addressUri,
  addressUser,
  authUser,
  body,
  contactUri,
  destinationUri,
  nextHopUri,
  originalUri,
  receivedAddress,
  requestUri,
  socketText,
  sourceUri,
  userAgent,
} from '../pseudo-variables/message-values.ts';
import { PROTOCOL_IDS } from '../pseudo-variables/catalogue/network.ts';
import { integerOf, textOrNull } from '../pseudo-variables/pseudo-variable.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf, type Row } from '../row.ts';

const { row } = rowsOf<RouteContext>('kx');

type Get = (route: RouteContext) => string | null;

/** `get_x` (nil when missing), `gete_x` ("") and `getw_x` ("<null>") of one value. */
function family(name: string, get: Get, what: string): Row<RouteContext>[] {
  return [
    row(`get_${name}`, [], 'xval', get, `${what}, nil when there is none`),
    row(`gete_${name}`, [], 'xval', (route) => get(route) ?? '', `${what}, "" when there is none`),
    row(`getw_${name}`, [], 'xval', (route) => get(route) ?? '<null>', `${what}, "<null>" when there is none`),
  ];
}

const requestUser: Get = (route) => textOrNull(route.parsedRequestUri?.user);
const requestHost: Get = (route) => textOrNull(route.parsedRequestUri?.host);

function receivedSocket(route: RouteContext): string {
  const { host, port } = receivedAddress(route);
  return socketText(route.source.protocol, host, port);
}

const definition = (route: RouteContext, name: string): string => route.services.modules.definitions.get(name) ?? '';

export const kxRows = [
  row('get_ruri', [], 'xval', requestUri, 'Request-URI as it stands now, nil in replies'),
  row('get_ouri', [], 'xval', originalUri, 'Request-URI as it came, nil in replies'),
  row('get_furi', [], 'xval', (route) => addressUri(route.message.from), 'URI of From'),
  row('get_turi', [], 'xval', (route) => addressUri(route.message.to), 'URI of To'),
  row('get_nhuri', [], 'xval', nextHopUri, 'Where the request goes next: the destination URI, else the Request-URI'),
  ...family('ruser', requestUser, 'User of the Request-URI'),
  ...family('rhost', requestHost, 'Host of the Request-URI'),
  ...family('fuser', (route) => addressUser(route.message.from), 'User of the From URI'),
  ...family('fhost', (route) => addressHost(route.message.from), 'Host of the From URI'),
  ...family('tuser', (route) => addressUser(route.message.to), 'User of the To URI'),
  ...family('thost', (route) => addressHost(route.message.to), 'Host of the To URI'),
  ...family('duri', destinationUri, 'Destination URI'),
  ...family('cturi', contactUri, 'URI of the first Contact'),
  ...family('ua', userAgent, 'User-Agent'),
  ...family('au', (route) => authUser(route.message), 'User of the digest credentials'),
  ...family('body', body, 'Body of the message'),
  row('get_method', [], 'xval', (route) => route.message.method, 'Method; of a reply that of its CSeq'),
  row('get_callid', [], 'xval', (route) => route.message.callId, 'Call-ID'),
  row('get_status', [], 'int', (route) => (route.message.isRequest ? -1 : route.message.status), 'Status of a reply, -1 in requests'),
  row('gets_status', [], 'xval', (route) => (route.message.isRequest ? null : String(route.message.status)), 'Status of a reply as text, nil in requests'),
  row('get_msgtype', [], 'int', (route) => (route.message.isRequest ? 1 : 2), '1 for a request, 2 for a reply'),
  row('get_msgbuf', [], 'xval', (route) => route.message.raw, 'The whole message as it came'),
  row('get_msglen', [], 'int', (route) => route.message.raw.length, 'Octets of the whole message'),
  row('get_bodylen', [], 'int', (route) => route.message.bodyEnd - route.message.bodyStart, 'Octets of the body'),
  row('get_timestamp', [], 'int', (route) => Math.floor(route.services.clock.now() / 1000), 'Seconds since 1970'),
  row('get_srcip', [], 'xval', (route) => route.source.address, 'Address that the message came from'),
  row('get_srcport', [], 'xval', (route) => route.source.port, 'Port that the message came from'),
  row('get_srcuri', [], 'xval', sourceUri, 'Where the message came from, as a URI'),
  row('get_srcaddr_sock', [], 'xval', ({ source }) => socketText(source.protocol, source.address, source.port), 'Where the message came from, as protocol:address:port'),
  row('get_rcvip', [], 'xval', (route) => receivedAddress(route).host, 'Our address that the message came in on'),
  row('get_rcvport', [], 'xval', (route) => route.source.local.port, 'Our port that the message came in on'),
  row('get_rcvadvip', [], 'xval', (route) => receivedAddress(route).host, 'Our address as others see it'),
  row('get_rcvadvport', [], 'xval', (route) => receivedAddress(route).port, 'Our port as others see it'),
  row('get_rcvaddr_sock', [], 'xval', receivedSocket, 'Our socket that the message came in on, as protocol:address:port'),
  row('get_proto', [], 'xval', (route) => route.source.protocol, 'Transport that the message came by: udp or tcp'),
  row('get_protoid', [], 'int', (route) => PROTOCOL_IDS[route.source.protocol], 'Number of the transport: 1 UDP, 2 TCP'),
  row('get_conid', [], 'int', (route) => (route.source.connectionId === 0 ? -1 : route.source.connectionId), 'Number of the connection, -1 for UDP'),
  row('get_def', ['str'], 'xval', definition, 'A name that the operator defined, "" when it is not'),
  row('get_defn', ['str'], 'int', (route, name) => integerOf(definition(route, name)), 'A name that the operator defined, as a number'),
  row('ifdef', ['str'], 'bool', (route, name) => route.services.modules.definitions.has(name), 'True when the operator defined this name'),
  row('ifndef', ['str'], 'bool', (route, name) => !route.services.modules.definitions.has(name), 'True when the operator did not define this name'),
  row('get_env', ['str'], 'xval', () => '', 'Always "": the environment holds secrets and is not shown to scripts'),
  row('get_envn', ['str'], 'int', () => 0, 'Always 0: the environment is not shown to scripts'),
];
