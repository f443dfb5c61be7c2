import { canonicalUser } from '../sip/uri/canonical-user.ts';

/** An address-of-record as the location table knows it: one spelling for all spellings (RFC 3261 §10.3 step 5). */
export interface AddressOfRecord {
  /** What the index finds it by. */
  readonly key: string;
  readonly username: string;
  /** '' when the domain is not part of the address-of-record. */
  readonly domain: string;
}

/**
 * The key of a user: unescaped and in lower case, as Kamailio has it with its default
 * `case_sensitive` 0. The domain is part of it only with `useDomain`. A host has no '@', so two
 * users never share a key.
 *
 * @param user  user part of a URI as it came, escapes and all
 * @param domain  host of the URI as it came
 */
export function addressKey(user: string, domain: string, useDomain: boolean): string {
  const name = canonicalUser(user).toLowerCase();
  return useDomain ? `${name}@${domain.toLowerCase()}` : name;
}

/** All parts of an address-of-record. See `addressKey`. */
export function addressOf(user: string, domain: string, useDomain: boolean): AddressOfRecord {
  const username = canonicalUser(user).toLowerCase();
  return { key: addressKey(user, domain, useDomain), username, domain: useDomain ? domain.toLowerCase() : '' };
}
