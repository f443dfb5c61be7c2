import { parseUri, type Uri } from '../sip/uri/uri.ts';

/** One place that a request is to be forwarded to (RFC 3261 §16.5): a branch before it is sent. */
export interface Target {
  /** Request-URI of the branch. */
  requestUri: string;
  /** URI of the next hop when it is not the Request-URI (KEMI `$du`), else ''. */
  destinationUri: string;
  /** Values of Route headers that go on top: the Path of a binding (RFC 3327), else ''. */
  path: string;
  /** Preference from 0 to 1000, -1 when none was given (§20.10). */
  q: number;
  /** Branch flags (KEMI `setbflag`), a bit each. */
  flags: number;
  /** Record id of the binding that this came from, else ''. */
  ruid: string;
  /** The URI of the next hop taken apart, where somebody has done so already; it may be that of an earlier next hop. */
  parsed?: Uri | undefined;
}

/** Where a target's request goes next; undefined when that is no URI. */
export function nextHopUri({ destinationUri, requestUri, parsed }: Target): Uri | undefined {
  const text = destinationUri === '' ? requestUri : destinationUri;
  return parsed?.text === text ? parsed : parseUri(text);
}

export function target(requestUri: string, more: Partial<Target> = {}): Target {
  const { destinationUri = '', path = '', q = -1, flags = 0, ruid = '' } = more;
  return { requestUri, destinationUri, path, q, flags, ruid };
}
