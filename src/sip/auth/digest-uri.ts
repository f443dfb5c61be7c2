/**
 * Whether the `uri` of an answer names the resource of the Request-URI, RFC 3261 §22.4 item 6. That
 * text lets a server accept more than equal URIs, and phones need it: they send `sip:sip.example`
 * for `sip:sip.example;transport=udp`, leave a port out, or change the case of the host. So scheme
 * (sip and sips are one), user and host are compared; password, port, parameters and headers are
 * not. A SIP URI without a user names the server and is accepted for every request: SIPp always
 * sends the address of the server, also in a call.
 *
 * Kamailio does not compare at all. We do, so that an overheard answer to a call cannot be turned
 * into a call to another number.
 */
export function sameResource(digestUri: string, requestUri: string): boolean {
  if (digestUri === requestUri) return true;
  const left = splitUri(digestUri);
  if (left.scheme === 'sip' && left.user === '' && left.host !== '') return true;
  const right = splitUri(requestUri);
  return left.scheme === right.scheme && left.user === right.user && left.host === right.host;
}

interface UriParts {
  readonly scheme: string;
  readonly user: string;
  readonly host: string;
}

function splitUri(uri: string): UriParts {
  const colon = uri.indexOf(':');
  const scheme = uri.slice(0, Math.max(colon, 0)).toLowerCase();
  const rest = uri.slice(colon + 1);
  // tel: and the like have no host: what stands before the parameters is the whole resource.
  if (scheme !== 'sip' && scheme !== 'sips') return { scheme, user: cutAt(rest, ';'), host: '' };
  // A user may hold ; and ? (RFC 3261 §25.1), so the at sign is looked for first.
  const at = rest.indexOf('@');
  const user = at < 0 ? '' : cutAt(rest.slice(0, at), ':');
  const hostPort = cutAt(cutAt(rest.slice(at + 1), '?'), ';');
  return { scheme: 'sip', user, host: hostOf(hostPort).toLowerCase() };
}

/** The host of `host:port`; an IPv6 reference keeps its brackets. */
function hostOf(hostPort: string): string {
  const bracket = hostPort.indexOf(']');
  return bracket < 0 ? cutAt(hostPort, ':') : hostPort.slice(0, bracket + 1);
}

function cutAt(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}
