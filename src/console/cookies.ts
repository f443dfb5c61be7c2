/** Cookies as far as these pages need them (RFC 6265bis): values that are URL-safe already. */

const MAX_HEADER_CHARS = 4096;

/** The value of a cookie, of the first one when there are several of that name. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > MAX_HEADER_CHARS) return undefined;
  for (const part of header.split(';')) {
    const [key, value] = part.split('=', 2);
    if (key?.trim() === name) return value?.trim();
  }
  return undefined;
}

export interface CookieSettings {
  /** Over TLS the cookie is bound to this host, and never sent in the clear. */
  readonly isSecure: boolean;
}

/** `__Host-` makes a browser refuse the cookie from a neighbouring host or without TLS. */
export function cookieName(name: string, { isSecure }: CookieSettings): string {
  return isSecure ? `__Host-${name}` : name;
}

/**
 * The header that sets a cookie for as long as `maxAgeS` says; 0 deletes it. `Lax`: it comes along when X
 * sends the browser back, and not with requests that other pages make.
 */
export function setCookie(parts: { name: string; value: string; maxAgeS: number } & CookieSettings): string {
  const { name, value, maxAgeS, isSecure } = parts;
  return `${cookieName(name, parts)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeS}${isSecure ? '; Secure' : ''}`;
}
