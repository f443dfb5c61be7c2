/** What a request of the service's own may be when it stands alone: outside of dialogs, with one transaction. */

/** Methods that begin, change or end a dialog, or belong to a transaction of its own: they need more than one request. */
export const NOT_SINGLE: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE', 'PRACK', 'UPDATE', 'SUBSCRIBE', 'REFER']);

/** Headers, by `canonicalName`, that a user agent writes itself, or that would lead the request elsewhere than its URI says. */
export const AGENT_HEADERS: ReadonlySet<string> = new Set([
  'via', 'from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'route', 'record-route', 'user-agent',
  'authorization', 'proxy-authorization',
]);
