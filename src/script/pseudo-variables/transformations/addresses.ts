import { parseNameAddr, type NameAddr } from '../../../sip/headers/name-addr.ts';
import { parseUri, plainHost, bracketHost, uriParameter, type Uri } from '../../../sip/uri/uri.ts';
import { socketText } from '../message-values.ts';
import type { PvValue } from '../pseudo-variable.ts';
import { portOf, transportOf } from '../request-uri.ts';
import { simple, withTexts, type TransformationCatalogue, type TransformationFactory } from '../transformation.ts';

/** Parts of a URI are '' when they are missing; what is no URI gives null. */
const ofUri = (read: (uri: Uri) => PvValue): TransformationFactory =>
  simple((value) => {
    const uri = parseUri(value);
    return uri === undefined ? null : read(uri);
  });

const parameter = (name: string): TransformationFactory => ofUri((uri) => uriParameter(uri, name) ?? '');

const scheme = (uri: Uri): string => uri.text.slice(0, uri.text.indexOf(':'));
const userPart = (uri: Uri): string => (uri.user === '' ? '' : `${uri.user}@`);

/** What is no address gives null. */
const ofAddress = (read: (address: NameAddr) => PvValue): TransformationFactory =>
  simple((value) => {
    const address = parseNameAddr(value, 0, value.length);
    return address === undefined ? null : read(address);
  });

/** Parameters without the first ';'. */
const params = (address: NameAddr): string => address.params.replace(/^\s*;\s*/, '');

/** `{uri.…}`, `{tobody.…}` and `{nameaddr.…}`. */
export const addressTransformations: TransformationCatalogue = {
  'uri.user': ofUri((uri) => uri.user),
  'uri.passwd': ofUri((uri) => uri.password),
  'uri.host': ofUri((uri) => uri.host),
  'uri.port': ofUri((uri) => uri.port),
  'uri.scheme': ofUri(scheme),
  'uri.params': ofUri((uri) => uri.params.slice(1)),
  'uri.param': withTexts(1, (value, name) => {
    const uri = parseUri(value);
    return uri === undefined ? null : (uriParameter(uri, name.toLowerCase()) ?? '');
  }),
  'uri.headers': ofUri((uri) => uri.headers),
  'uri.transport': parameter('transport'),
  'uri.ttl': parameter('ttl'),
  'uri.uparam': parameter('user'),
  'uri.maddr': parameter('maddr'),
  'uri.method': parameter('method'),
  'uri.lr': ofUri((uri) => (uriParameter(uri, 'lr') === undefined ? '' : 'lr')),
  'uri.r2': parameter('r2'),
  'uri.duri': ofUri((uri) => `${scheme(uri)}:${uri.host}${uri.port === 0 ? '' : `:${uri.port}`}`),
  'uri.saor': ofUri((uri) => `${scheme(uri)}:${userPart(uri)}${uri.host}`),
  'uri.suri': ofUri((uri) => `${scheme(uri)}:${userPart(uri)}${uri.host}${uri.port === 0 ? '' : `:${uri.port}`}`),
  'uri.tosocket': ofUri((uri) => socketText(transportOf(uri), bracketHost(plainHost(uri.host)), Number(portOf(uri)))),
  'tobody.uri': ofAddress((address) => address.uriText),
  'tobody.tag': ofAddress((address) => address.tag ?? ''),
  'tobody.user': ofAddress((address) => address.uri?.user ?? ''),
  'tobody.host': ofAddress((address) => address.uri?.host ?? ''),
  'tobody.display': ofAddress((address) => address.rawDisplayName),
  'tobody.params': ofAddress(params),
  'nameaddr.name': ofAddress((address) => address.displayName),
  'nameaddr.uri': ofAddress((address) => address.uriText),
  'nameaddr.len': ofAddress((address) => address.end - address.start),
  'nameaddr.params': ofAddress(params),
};
