import { ha1For, type DigestAlgorithm, type DigestSecrets } from './algorithm.ts';
import { formatChallenges } from './challenge.ts';
import { splitUsername, type DigestCredentials, type Qop } from './credentials.ts';
import { sameResource } from './digest-uri.ts';
import type { Lockout } from './lockout.ts';
import type { IssuedNonce, NonceSource } from './nonce.ts';
import type { NonceUses } from './nonce-uses.ts';
import type { AuthResult } from './result.ts';
import { verifyResponse, type SignedRequest } from './verify.ts';

export interface AuthenticatorParts {
  readonly nonces: NonceSource;
  readonly uses: NonceUses;
  readonly lockout: Lockout;
}

export interface ChallengeRequest {
  readonly realm: string;
  /** Address that the request came from; the answer must come from there too. */
  readonly sourceAddress: string;
  readonly qop: readonly Qop[] | undefined;
  readonly stale: boolean;
  readonly algorithms?: readonly DigestAlgorithm[];
}

/** The request that carries the credentials. */
export interface AuthenticatedRequest extends SignedRequest {
  /** The Request-URI as received, before any routing step; `undefined` leaves it unchecked. */
  readonly requestUri: string | undefined;
  readonly sourceAddress: string;
}

/** Stands in for the hash of a user who does not exist, so that the answer takes as long. */
const DECOY: DigestSecrets = { ha1: '0'.repeat(32), ha1Sha256: '0'.repeat(64) };

/**
 * Challenges and checks of one node, RFC 3261 §22. A check has two halves, because the stored
 * secret may have to be waited for: `begin` does what needs no secret, the `Attempt` the rest.
 */
export class DigestAuthenticator {
  readonly #parts: AuthenticatorParts;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
  }

  /** Header values of a challenge, one header for each, in this order. */
  challenge(request: ChallengeRequest): string[] {
    const { realm, sourceAddress, ...rest } = request;
    const nonce = this.#parts.nonces.issue(bindingOf(realm, sourceAddress));
    return formatChallenges({ ...rest, realm, nonce, opaque: undefined });
  }

  /**
   * Nonce, lock-out and URI. A result means that there is nothing to look up; else `finish` of the
   * attempt must be given what is stored for its user. The realm was compared by `findCredentials`.
   */
  begin(credentials: DigestCredentials, request: AuthenticatedRequest): Attempt | AuthResult {
    const { nonces, lockout } = this.#parts;
    const nonce = nonces.recognise(credentials.nonce, bindingOf(credentials.realm, request.sourceAddress));
    if (nonce === undefined) return 'stale';
    if (lockout.refuses(accountOf(credentials), request.sourceAddress)) return 'bad-password';
    const { requestUri } = request;
    if (requestUri !== undefined && !sameResource(credentials.uri, requestUri)) return 'error';
    return new Attempt(this.#parts, credentials, request, nonce);
  }
}

/** A check that waits for the stored secrets of its user. */
export class Attempt {
  readonly credentials: DigestCredentials;
  readonly #parts: AuthenticatorParts;
  readonly #request: AuthenticatedRequest;
  readonly #nonce: IssuedNonce;

  constructor(
    parts: AuthenticatorParts,
    credentials: DigestCredentials,
    request: AuthenticatedRequest,
    nonce: IssuedNonce,
  ) {
    this.#parts = parts;
    this.credentials = credentials;
    this.#request = request;
    this.#nonce = nonce;
  }

  /**
   * The result, with what the user has stored or `undefined` for a user who does not exist. Counts
   * failures, and takes the nonce's use last: a wrong answer must not use up somebody's count.
   */
  finish(secrets: DigestSecrets | undefined): AuthResult {
    const { uses, lockout } = this.#parts;
    const { algorithm, nc, qop } = this.credentials;
    const { sourceAddress } = this.#request;
    const account = accountOf(this.credentials);
    // Asked again: many guesses may have begun together and waited for the same look-up.
    if (lockout.refuses(account, sourceAddress)) return 'bad-password';
    const ha1 = ha1For(secrets ?? DECOY, algorithm);
    if (ha1 === undefined) return 'error';
    const right = verifyResponse(this.credentials, this.#request, ha1);
    if (secrets === undefined || !right) {
      lockout.failed(account, sourceAddress);
      return secrets === undefined ? 'unknown-user' : 'bad-password';
    }
    const use = uses.use(this.#nonce, qop === undefined ? undefined : Number.parseInt(nc ?? '', 16));
    // A replay proves nothing about who sends it.
    if (use === 'ok') lockout.succeeded(account, sourceAddress);
    return use;
  }
}

/** One name for `alice` and `alice@anything`, or each spelling would get its own number of guesses. */
function accountOf(credentials: DigestCredentials): string {
  return `${splitUsername(credentials.username).user}@${credentials.realm}`;
}

/** A space cannot be in an address, so no other pair of realm and address gives the same text. */
function bindingOf(realm: string, sourceAddress: string): string {
  return `${sourceAddress} ${realm}`;
}
