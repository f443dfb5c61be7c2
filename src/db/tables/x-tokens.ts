/** `x_tokens`: what people who signed in have granted to our app on X, encrypted. */
import type { Knex } from 'knex';
import { errorText } from '../../base/errors.ts';
import type { TokenCipher } from '../token-cipher.ts';

/** What X gives for a code or for a refresh token. */
export interface TokenPair {
  readonly accessToken: string;
  /** X takes it once and gives a new one with it; undefined without the scope `offline.access`. */
  readonly refreshToken: string | undefined;
  readonly scope: readonly string[];
  /** How long the access token is good for, from now. */
  readonly expiresInMs: number;
}

/** How a refresh token was traded in. */
export type RefreshOutcome =
  | { readonly ok: true; readonly tokens: TokenPair }
  /**
   * `refused`: X does not take this token, now or ever; it was used before, or withdrawn. Otherwise there
   * was no answer that can be trusted: another time.
   */
  | { readonly ok: false; readonly refused: boolean; readonly reason: string };

/** Trades a refresh token in at X. It runs while a row is locked: it must end within seconds. */
export type Refresh = (refreshToken: string) => Promise<RefreshOutcome>;

export type FreshToken =
  | { readonly ok: true; readonly accessToken: string }
  /** Nothing is kept for this account. */
  | { readonly ok: false; readonly why: 'none' }
  /** The tokens are gone: the user has to sign in again. */
  | { readonly ok: false; readonly why: 'ended'; readonly reason: string }
  /** X did not answer; the tokens are kept. */
  | { readonly ok: false; readonly why: 'unavailable'; readonly reason: string };

export interface XTokensOptions {
  readonly db: Knex;
  readonly cipher: TokenCipher;
  readonly refresh: Refresh;
  /** An access token that ends sooner is renewed before it is handed out. Default 60,000. */
  readonly marginMs?: number;
}

interface TokenRow {
  x_user_id: string;
  access_token: Buffer;
  refresh_token: Buffer | null;
  good: boolean;
}

/**
 * A refresh token is good for one use. Two processes that used it at once would lock the user out, so it is used
 * under a lock on its row, and the new pair is committed before anybody gets to see it. A process that
 * dies between X's answer and the commit loses the pair: then X refuses the old one at the next try and
 * the user has to sign in again.
 */
export class XTokensTable {
  readonly #db: Knex;
  readonly #cipher: TokenCipher;
  readonly #refresh: Refresh;
  readonly #marginMs: number;

  constructor({ db, cipher, refresh, marginMs = 60_000 }: XTokensOptions) {
    this.#db = db;
    this.#cipher = cipher;
    this.#refresh = refresh;
    this.#marginMs = marginMs;
  }

  /** Keeps what a sign-in gave, in place of what an earlier one gave. */
  async save(parts: { xUserId: string; sipUser: string; tokens: TokenPair }): Promise<void> {
    await this.#write(this.#db, parts);
  }

  /** An access token that is good for a while, renewed when it has to be. */
  fresh(xUserId: string): Promise<FreshToken> {
    return this.#db.transaction(async (trx): Promise<FreshToken> => {
      const { rows } = await trx.raw<{ rows: TokenRow[] }>(
        `select x_user_id, access_token, refresh_token, expires_at > clock_timestamp() + ? * interval '1 millisecond' as good
         from x_tokens where x_user_id = ? for update`,
        [this.#marginMs, xUserId],
      );
      const row = rows[0];
      if (row === undefined) return { ok: false, why: 'none' };
      const accessToken = this.#cipher.decrypt(row.access_token, `access:${xUserId}`);
      if (accessToken === undefined) {
        // Not deleted: the key may be back after somebody has looked at the configuration.
        return { ok: false, why: 'unavailable', reason: 'The tokens were encrypted with another key than those of console.tokenKey' };
      }
      if (row.good) return { ok: true, accessToken };
      return this.#renew(trx, row);
    });
  }

  /** Forgets the tokens of an account. True when there were any. */
  async remove(xUserId: string): Promise<boolean> {
    return (await this.#db('x_tokens').where({ x_user_id: xUserId }).delete()) > 0;
  }

  async #renew(trx: Knex, row: TokenRow): Promise<FreshToken> {
    const { x_user_id: xUserId } = row;
    const refreshToken = row.refresh_token === null ? undefined : this.#cipher.decrypt(row.refresh_token, `refresh:${xUserId}`);
    if (refreshToken === undefined) return end(trx, xUserId, 'The access token has ended and there is none to renew it with');
    let outcome: RefreshOutcome;
    try {
      outcome = await this.#refresh(refreshToken);
    } catch (thrown) {
      outcome = { ok: false, refused: false, reason: errorText(thrown) };
    }
    if (!outcome.ok) {
      return outcome.refused ? end(trx, xUserId, outcome.reason) : { ok: false, why: 'unavailable', reason: outcome.reason };
    }
    const { tokens } = outcome;
    await this.#write(trx, { xUserId, tokens: { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken } });
    return { ok: true, accessToken: tokens.accessToken };
  }

  async #write(db: Knex, parts: { xUserId: string; sipUser?: string; tokens: TokenPair }): Promise<void> {
    const { xUserId, sipUser, tokens } = parts;
    const { accessToken, refreshToken, scope, expiresInMs } = tokens;
    const values = {
      access_token: this.#cipher.encrypt(accessToken, `access:${xUserId}`),
      refresh_token: refreshToken === undefined ? null : this.#cipher.encrypt(refreshToken, `refresh:${xUserId}`),
      scope: scope.join(' '),
      expires_at: db.raw(`clock_timestamp() + ? * interval '1 millisecond'`, [expiresInMs]),
      updated_at: db.fn.now(),
    };
    if (sipUser === undefined) await db('x_tokens').where({ x_user_id: xUserId }).update(values);
    else {
      await db('x_tokens')
        .insert({ x_user_id: xUserId, sipuser: sipUser, ...values })
        .onConflict('x_user_id')
        .merge();
    }
  }
}

async function end(trx: Knex, xUserId: string, reason: string): Promise<FreshToken> {
  await trx('x_tokens').where({ x_user_id: xUserId }).delete();
  return { ok: false, why: 'ended', reason };
}
