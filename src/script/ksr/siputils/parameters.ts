import { uriParameter } from '../../../sip/uri/uri.ts';
import { setRequestUri } from '../../pseudo-variables/request-uri.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('siputils');

const YES = 1;
const NO = -1;

const parameter = (route: RouteContext, name: string): string | undefined => {
  const uri = route.parsedRequestUri;
  return uri === undefined ? undefined : uriParameter(uri, name.toLowerCase());
};

/** Writes other parameters into `$ru`, in front of its headers. */
function rewrite(route: RouteContext, params: string): number {
  const { requestUri } = route;
  const uri = route.parsedRequestUri;
  if (uri === undefined) return NO;
  const tail = uri.headers === '' ? '' : `?${uri.headers}`;
  const head = requestUri.slice(0, requestUri.length - tail.length - uri.params.length);
  return setRequestUri(route, head + params + tail) ? YES : NO;
}

/** `name` or `name=value`; one that is there already is left as it is. */
function add(route: RouteContext, text: string): number {
  const [name = ''] = text.split('=');
  if (!/^[\w\-.!~*'()[\]/:&+$%]+(?:=[\w\-.!~*'()[\]/:&+$%]*)?$/.test(text)) return NO;
  if (parameter(route, name) !== undefined) return YES;
  return rewrite(route, `${route.parsedRequestUri?.params ?? ''};${text}`);
}

function remove(route: RouteContext, name: string): number {
  if (parameter(route, name) === undefined) return NO;
  const parts = route.parsedRequestUri!.params.slice(1).split(';');
  const kept = parts.filter((part) => part.split('=')[0]!.toLowerCase() !== name.toLowerCase());
  return rewrite(route, kept.map((part) => `;${part}`).join(''));
}

function hasContactParameter(route: RouteContext, name: string): boolean {
  const { contacts } = route.message;
  return contacts !== undefined && contacts !== '*' && contacts.some((contact) => contact.uri !== undefined && uriParameter(contact.uri, name.toLowerCase()) !== undefined);
}

/** URI parameters of the Request-URI and of Contact. */
export const parameterRows = [
  row('uri_param', ['str'], 'int', (route, name) => (parameter(route, name) === '' ? YES : NO), '1 when the Request-URI has this parameter without a value'),
  row('uri_param_any', ['str'], 'int', (route, name) => (parameter(route, name) === undefined ? NO : YES), '1 when the Request-URI has this parameter'),
  row('uri_param_value', ['str', 'str'], 'int', (route, name, value) => (parameter(route, name) === value ? YES : NO), '1 when the Request-URI has this parameter with this value'),
  row('uri_param_rm', ['str'], 'int', remove, 'Takes this parameter off the Request-URI; -1 when it has none such'),
  row('add_uri_param', ['str'], 'int', add, 'Adds a parameter, as in "name=value", to the Request-URI unless it is there'),
  row('contact_param_check', ['str'], 'int', (route, name) => (hasContactParameter(route, name) ? YES : NO), '1 when a Contact URI has this parameter'),
];
