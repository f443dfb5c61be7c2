import { CONTENT_LENGTH, CONTENT_TYPE, CSEQ, EXPIRES, REFER_TO, ROUTE, SUBJECT } from '../../../sip/headers/header-id.ts';
import type { RouteContext } from '../../route-context.ts';
import { headerName } from '../../header-name.ts';
import { authUser, addressUri, body, contact, digestParameter, userAgent } from '../message-values.ts';
import { integerOf, plain, textOrNull, type PseudoVariable, type PvCatalogue, type PvFactory, type PvIndex } from '../pseudo-variable.ts';

const field = (id: number): PvFactory => plain((route) => route.message.header(id) ?? null);

function contentLength({ message }: RouteContext): number | null {
  const text = message.header(CONTENT_LENGTH);
  return text === undefined ? null : integerOf(text);
}

function lastFieldAt(route: RouteContext, name: string, index: PvIndex | undefined): string | null {
  const header = headerName(name);
  if (index !== '*') return header.valueAt(route.message, index ?? 0);
  const all = header.all(route.message);
  return all.length === 0 ? null : all.map((found) => route.message.fieldValue(found)).join(', ');
}

/** `$hdr(name)`: the first; `$(hdr(name)[i])` number i; `[*]` all of them. */
const header: PvFactory = ({ inner, index }): PseudoVariable | undefined => {
  if (inner === undefined) return undefined;
  if (!inner.constant || index !== undefined) {
    return { get: (route) => lastFieldAt(route, inner.evaluate(route), index), set: () => true };
  }
  const name = headerName(inner.text);
  return { get: (route) => name.value(route.message), set: () => true };
};

const headerCount: PvFactory = ({ inner }) =>
  inner === undefined ? undefined : { get: (route) => headerName(inner.evaluate(route)).all(route.message).length, set: () => true };

/** Seconds of Expires, null when there is none. */
function expires({ message }: RouteContext): number | null {
  const text = message.header(EXPIRES);
  return text === undefined ? null : integerOf(text);
}

/** Variables that read the message itself. */
export const messageCatalogue: PvCatalogue = {
  ci: plain((route) => textOrNull(route.message.callId)),
  cs: plain((route) => {
    const cseq = route.message.cseq;
    return cseq === undefined ? null : String(cseq.number);
  }),
  csb: field(CSEQ),
  rm: plain((route) => textOrNull(route.message.method)),
  rs: plain((route) => (route.message.isRequest ? null : route.message.status)),
  rr: plain((route) => (route.message.isRequest ? null : textOrNull(route.message.reason))),
  rv: plain(() => 'SIP/2.0'),
  ua: plain(userAgent),
  ct: plain(contact),
  cT: field(CONTENT_TYPE),
  cl: plain(contentLength),
  sj: field(SUBJECT),
  ml: plain((route) => route.message.raw.length),
  mb: plain((route) => route.message.raw),
  mt: plain((route) => (route.message.isRequest ? 1 : 2)),
  mts: plain((route) => (route.message.isRequest ? 'request' : 'reply')),
  rb: plain(body),
  bs: plain((route) => route.message.bodyEnd - route.message.bodyStart),
  expires: plain(expires),
  hdr: header,
  hdrc: headerCount,
  route_uri: plain((route) => (route.message.findField(ROUTE) < 0 ? null : addressUri(route.message.routes?.[0]))),
  rt: plain((route) => route.message.list(REFER_TO)?.[0]?.uriText ?? null),
  au: plain((route) => authUser(route.message)),
  aU: plain((route) => digestParameter(route.message, 'username')),
  ar: plain((route) => digestParameter(route.message, 'realm')),
  adu: plain((route) => digestParameter(route.message, 'uri')),
  aa: plain((route) => digestParameter(route.message, 'algorithm')),
  ad: plain((route) => {
    const user = digestParameter(route.message, 'username');
    const at = user?.indexOf('@') ?? -1;
    return at < 0 ? null : textOrNull(user!.slice(at + 1));
  }),
  Au: plain((route) => authUser(route.message) ?? addressUri(route.message.from)),
};
