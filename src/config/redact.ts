import type { Option } from './option.ts';

const REDACTED = 'redacted';

/** Parameters of a database URL that carry a secret. */
const SECRET_PARAMETERS: readonly string[] = ['password', 'sslpassword', 'sslkey'];

/** The value of an option as it may be shown: the secret parts are replaced, the rest is kept. */
export function redactValue(option: Option<unknown>, value: unknown): unknown {
  if (option.secret === undefined || value === undefined) return value;
  if (typeof value === 'string') return option.secret === 'url' ? redactUrl(value) : REDACTED;
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, redactValue(option, item)]));
}

/** A URL without its password. What Node cannot parse is replaced as a whole. */
export function redactUrl(text: string): string {
  if (!text.includes(':')) return text;
  if (!URL.canParse(text)) return REDACTED;
  const url = new URL(text);
  if (url.password !== '') url.password = REDACTED;
  for (const name of SECRET_PARAMETERS) if (url.searchParams.has(name)) url.searchParams.set(name, REDACTED);
  return url.href;
}
