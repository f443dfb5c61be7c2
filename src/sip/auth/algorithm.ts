import { hash } from 'node:crypto';

/** The hashes that are offered and accepted, strongest first: the order of challenges in RFC 8760 §2.4. */
export const DIGEST_ALGORITHMS = ['SHA-256', 'MD5'] as const;

export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

const NODE_NAMES = { 'SHA-256': 'sha256', MD5: 'md5' } as const;

/**
 * The algorithm that an `algorithm` parameter names (a token, so case does not matter). A missing
 * parameter means MD5 (RFC 7616 §3.3). The `-sess` variants and anything unknown are `undefined`:
 * they are never offered.
 */
export function digestAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  if (name === undefined) return 'MD5';
  const upper = name.toUpperCase();
  return DIGEST_ALGORITHMS.find((algorithm) => algorithm === upper);
}

/**
 * H() of RFC 7616 §3.4: lower-case hex of the hash. A string is wire text, one character a byte, so
 * that a name in UTF-8 (or in a phone's own code page) is hashed as the bytes that were received.
 */
export function digestHex(algorithm: DigestAlgorithm, data: string | Uint8Array): string {
  return hash(NODE_NAMES[algorithm], typeof data === 'string' ? Buffer.from(data, 'latin1') : data, 'hex');
}

/** Ordinary text as wire text: its UTF-8 bytes, one character each. */
export function toWireText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** H(A1) of RFC 7616 §3.4.2 from wire text. */
export function computeHa1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return digestHex(algorithm, `${username}:${realm}:${password}`);
}

/**
 * What is stored of a password, one hash for each algorithm. `ha1` is Kamailio's column of that
 * name (MD5). Either opens the account in its realm, so both are secrets and never logged.
 */
export interface DigestSecrets {
  readonly ha1: string;
  /** Missing for an account that came from a table without it; such an account can only answer MD5. */
  readonly ha1Sha256?: string | undefined;
}

/** The secrets to store for a user whose name, realm and password are ordinary text. */
export function deriveSecrets(username: string, realm: string, password: string): DigestSecrets {
  const [user, domain, secret] = [toWireText(username), toWireText(realm), toWireText(password)];
  return { ha1: computeHa1('MD5', user, domain, secret), ha1Sha256: computeHa1('SHA-256', user, domain, secret) };
}

/** How long a hash is in hex. */
export const HEX_DIGITS = { 'SHA-256': 64, MD5: 32 } as const;

/**
 * The stored hash that answers `algorithm`, in lower case. `undefined` also when what is stored is
 * not as long as such a hash: Kamailio's column is '' by default, and an account whose H(A1) is
 * the empty text would be open to everybody.
 */
export function ha1For(secrets: DigestSecrets, algorithm: DigestAlgorithm): string | undefined {
  const ha1 = algorithm === 'MD5' ? secrets.ha1 : secrets.ha1Sha256;
  return ha1?.length === HEX_DIGITS[algorithm] ? ha1.toLowerCase() : undefined;
}
