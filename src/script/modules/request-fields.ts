/**
 * The names of `$uac_req(name)`. In Kamailio their values stay in the process until somebody clears them; here
 * they belong to the run of the callback, so that a route that waits never finds another's.
 */
export const REQUEST_FIELDS = [
  'method', 'ruri', 'furi', 'turi', 'ouri', 'hdrs', 'body', 'callid', 'cseqno', 'sock', 'auser', 'apasswd', 'flags',
  'fr_timeout', 'fr_inv_timeout', 'evroute', 'evparam',
] as const;

/** What the callback of a reply reads, and nobody sets. */
export const REPLY_FIELDS = ['evcode', 'evtype'] as const;

export type RequestField = (typeof REQUEST_FIELDS)[number];
type AnyField = RequestField | (typeof REPLY_FIELDS)[number];

/** The values of one run; what is not set is not there. */
export type RequestFields = Map<AnyField, string | number>;

const WRITABLE: ReadonlySet<string> = new Set(REQUEST_FIELDS);
const READABLE: ReadonlySet<string> = new Set([...REQUEST_FIELDS, ...REPLY_FIELDS]);

/** Sets everything at once, which only makes sense to clear it. */
const ALL = 'all';

export function isRequestField(name: string): boolean {
  return name === ALL || READABLE.has(name);
}

export function requestField(fields: RequestFields, name: string): string | number | null {
  return fields.get(name as AnyField) ?? null;
}

/** Null clears. Writing to what is only read changes nothing and counts as done, as in other variables. */
export function setRequestField(fields: RequestFields, name: string, value: string | number | null): boolean {
  if (name === ALL && value === null) fields.clear();
  if (!WRITABLE.has(name)) return READABLE.has(name) || name === ALL;
  if (value === null) fields.delete(name as RequestField);
  else fields.set(name as RequestField, value);
  return true;
}
