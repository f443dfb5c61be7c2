import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import { equal } from '../oauth1.ts';
import type { Scope } from './scopes.ts';

/** How long a code may wait for its exchange. */
const CODE_MS = 30_000;
const ACCESS_MS = 7_200_000;
/** Codes, and sets of tokens, that are kept; the oldest is forgotten. */
const MAX_KEPT = 10_000;

/** What a user allowed. */
export interface Grant {
  readonly userId: string;
  readonly scopes: readonly Scope[];
}

/** An authorization code that waits for its exchange (RFC 6749 §4.1.3, RFC 7636 §4.6). */
interface PendingCode extends Grant {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly isHashed: boolean;
  readonly expiresAtMs: number;
}

/** A pair that the client holds; a new one takes its place when it is refreshed. */
interface TokenSet extends Grant {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly expiresAtMs: number;
}

/** The answer of the token endpoint. */
export interface TokenAnswer {
  readonly token_type: 'bearer';
  readonly expires_in: number;
  readonly access_token: string;
  readonly scope: string;
  /** Only with the scope `offline.access`. */
  readonly refresh_token?: string;
}

/** Why no tokens are given: which value of the request is wrong. */
export type TokenRefusal = 'code' | 'redirect_uri' | 'code_verifier' | 'refresh_token';

const secret = () => randomBytes(32).toString('base64url');

/** The OAuth 2.0 codes and tokens of all users, in memory. */
export class OAuth2Tokens {
  readonly #clock: Clock;
  readonly #codes = new Map<string, PendingCode>();
  readonly #byAccess = new Map<string, TokenSet>();
  readonly #byRefresh = new Map<string, TokenSet>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A code for what the user allowed; it lives 30 seconds and works once. */
  issueCode(code: Grant & { redirectUri: string; challenge: string; isHashed: boolean }): string {
    const value = secret();
    this.#codes.set(value, { ...code, expiresAtMs: this.#clock.now() + CODE_MS });
    if (this.#codes.size > MAX_KEPT) this.#codes.delete(this.#codes.keys().next().value!);
    return value;
  }

  /** Exchanges a code for tokens. A try with the right code and anything else wrong uses the code up as well. */
  exchange(request: { code: string; redirectUri: string; verifier: string }): TokenAnswer | TokenRefusal {
    const code = this.#codes.get(request.code);
    this.#codes.delete(request.code);
    if (code === undefined || this.#clock.now() >= code.expiresAtMs) return 'code';
    if (request.redirectUri !== code.redirectUri) return 'redirect_uri';
    const proof = code.isHashed ? createHash('sha256').update(request.verifier).digest('base64url') : request.verifier;
    if (!equal(proof, code.challenge)) return 'code_verifier';
    return this.issue(code);
  }

  /** Exchanges a refresh token, which works once: the pair that it belongs to is dead then. */
  refresh(refreshToken: string): TokenAnswer | TokenRefusal {
    const set = this.#byRefresh.get(refreshToken);
    if (set === undefined) return 'refresh_token';
    this.#drop(set);
    return this.issue(set);
  }

  /** A new pair. Without the scope `offline.access` there is no refresh token. */
  issue({ userId, scopes }: Grant): TokenAnswer {
    const refreshToken = scopes.includes('offline.access') ? secret() : undefined;
    const set: TokenSet = { userId, scopes, accessToken: secret(), refreshToken, expiresAtMs: this.#clock.now() + ACCESS_MS };
    this.#byAccess.set(set.accessToken, set);
    if (refreshToken !== undefined) this.#byRefresh.set(refreshToken, set);
    if (this.#byAccess.size > MAX_KEPT) this.#drop(this.#byAccess.values().next().value!);
    return {
      token_type: 'bearer',
      expires_in: ACCESS_MS / 1000,
      access_token: set.accessToken,
      scope: scopes.join(' '),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    };
  }

  /** What an access token allows, while it lives. */
  accessOf(accessToken: string): Grant | undefined {
    const set = this.#byAccess.get(accessToken);
    return set !== undefined && this.#clock.now() < set.expiresAtMs ? set : undefined;
  }

  /** Whether that user allows the app this, by any token that lives or can be refreshed. */
  allows(userId: string, scope: Scope): boolean {
    return [...this.#byAccess.values()].some(
      (set) => set.userId === userId && set.scopes.includes(scope) && (set.refreshToken !== undefined || this.#clock.now() < set.expiresAtMs),
    );
  }

  /** Kills the pair that an access or a refresh token belongs to; returns whose it was. */
  revoke(token: string): string | undefined {
    const set = this.#byAccess.get(token) ?? this.#byRefresh.get(token);
    if (set !== undefined) this.#drop(set);
    return set?.userId;
  }

  /** Kills everything that the user allowed; false when there was nothing. */
  revokeUser(userId: string): boolean {
    const sets = [...this.#byAccess.values()].filter((set) => set.userId === userId);
    for (const set of sets) this.#drop(set);
    return sets.length > 0;
  }

  #drop({ accessToken, refreshToken }: TokenSet): void {
    this.#byAccess.delete(accessToken);
    if (refreshToken !== undefined) this.#byRefresh.delete(refreshToken);
  }
}
