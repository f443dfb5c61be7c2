import type { NameAddr } from '../../../sip/headers/name-addr.ts';
import type { Uri } from '../../../sip/uri/uri.ts';
import type { RouteContext } from '../../route-context.ts';
import {
  addressDisplayName,
  addressHost,
  addressTag,
  addressUri,
  addressUser,
  destinationUri,
  nextHopUri,
  originalUri,
  requestUri,
} from '../message-values.ts';
import { integerOf, plain, textOf, textOrNull, type PvCatalogue, type PvFactory, type PvValue } from '../pseudo-variable.ts';
import { portOf, setDestinationUri, setRequestUri, setRequestUriParts, transportOf } from '../request-uri.ts';

type UriOf = (route: RouteContext) => Uri | undefined;

const part = (uriOf: UriOf, read: (uri: Uri) => string, set?: (route: RouteContext, value: PvValue) => boolean): PvFactory =>
  plain((route) => {
    const uri = uriOf(route);
    return uri === undefined ? null : textOrNull(read(uri));
  }, set);

const length = (uriOf: UriOf): PvFactory => plain((route) => uriOf(route)?.user.length ?? 0);

const current: UriOf = (route) => route.parsedRequestUri;
const original: UriOf = (route) => (route.message.isRequest ? route.message.requestUri : undefined);
const destination: UriOf = (route) => route.parsedDestinationUri;
const nextHop: UriOf = (route) => route.parsedDestinationUri ?? route.parsedRequestUri;
const fromUri: UriOf = (route) => route.message.from?.uri;
const toUri: UriOf = (route) => route.message.to?.uri;

const address = (which: 'from' | 'to', read: (address: NameAddr | undefined) => PvValue): PvFactory => plain((route) => read(route.message[which]));

const user = (uri: Uri): string => uri.user;
const host = (uri: Uri): string => uri.host;
const scheme = (uri: Uri): string => uri.text.slice(0, uri.text.indexOf(':'));

/** Variables that take URIs apart: Request-URI, destination, original URI, From and To. */
export const uriCatalogue: PvCatalogue = {
  ru: plain(requestUri, (route, value) => value !== null && setRequestUri(route, String(value))),
  rU: part(current, user, (route, value) => setRequestUriParts(route, { user: textOf(value) })),
  rd: part(current, host, (route, value) => value !== null && setRequestUriParts(route, { host: String(value) })),
  rp: part(current, portOf, (route, value) => {
    const port = integerOf(value);
    return port >= 0 && port <= 65_535 && setRequestUriParts(route, { port });
  }),
  rP: part(current, transportOf),
  rz: part(current, scheme),
  rUl: length(current),
  ou: plain(originalUri),
  oU: part(original, user),
  od: part(original, host),
  op: part(original, portOf),
  oP: part(original, transportOf),
  oUl: length(original),
  du: plain(destinationUri, (route, value) => setDestinationUri(route, textOf(value))),
  dd: part(destination, host),
  dp: part(destination, portOf),
  dP: part(destination, transportOf),
  nhu: plain(nextHopUri),
  nhd: part(nextHop, host),
  nhp: part(nextHop, portOf),
  nhP: part(nextHop, transportOf),
  fu: address('from', addressUri),
  fU: address('from', addressUser),
  fd: address('from', addressHost),
  fn: address('from', addressDisplayName),
  ft: address('from', addressTag),
  fUl: length(fromUri),
  tu: address('to', addressUri),
  tU: address('to', addressUser),
  td: address('to', addressHost),
  tn: address('to', addressDisplayName),
  tt: address('to', addressTag),
  tUl: length(toUri),
};
