/** `link_codes`, `link_failures` and the link in `sipweetusers`: which X account may act for which SIP user. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import { CallsTable } from './calls.ts';
import { hashOfLinkCode, newLinkCode, readLinkCode } from './link-code.ts';
import { SchedulesTable } from './schedules.ts';

/** An account on X whose owner has proved that it is his: he wrote from it, or signed in. */
export interface LinkingAccount {
  readonly xUserId: string;
  /** The handle as of now, without `@`. */
  readonly xName: string;
}

export interface IssuedCode {
  /** Shown once and kept nowhere. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** How an attempt to link ended. */
export type LinkOutcome =
  | { readonly outcome: 'linked'; readonly sipUser: string }
  /** Not a code, or none that was issued. It counts as a mistake of the account. */
  | { readonly outcome: 'wrong-code' }
  /** Too late, or replaced by a newer one. */
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'used' }
  /** The X account belongs to another SIP user; the two have to be parted first. */
  | { readonly outcome: 'account-taken' }
  /** Five mistakes within the hour: nothing is looked at until `retryAt`. */
  | { readonly outcome: 'too-many-tries'; readonly retryAt: Date };

/** What is known of the link of a user. */
export interface LinkState {
  readonly sipUser: string;
  readonly linkedAt: Date | undefined;
  /** Whether tokens of a sign-in are kept. */
  readonly signedIn: boolean;
  /** When the code that is open ends. */
  readonly codeExpiresAt: Date | undefined;
}

interface CodeRow {
  sipuser: string;
  used_by_x_user_id: string | null;
  used: boolean;
  expired: boolean;
}

interface UserRow {
  id: number;
  sipuser: string;
  twuser: string;
  x_user_id: string | null;
  linked_at: Date | null;
}

const MAX_FAILURES = 5;
/** Rows that one call cleans away: more than one call can add, so that neither table grows for ever. */
const CLEANED_AT_ONCE = 100;
const UNIQUE_VIOLATION = '23505';

/**
 * Links are made by a code or by a sign-in and by nothing else. Works inside a transaction of the caller
 * too: `new LinksTable(transaction)`. Times are those of PostgreSQL, which all processes share.
 */
export class LinksTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * A new code for a user; an older one that nobody has used ends.
   *
   * @throws AppError `user.unknown` when he has neither a row in `sipweetusers` nor a password
   */
  async issue(sipUser: string, ttlMs: number): Promise<IssuedCode> {
    if (!(await exists(this.#db, sipUser))) throw new AppError('user.unknown', `There is no SIP user "${sipUser}"`);
    const code = newLinkCode();
    return this.#db.transaction(async (trx) => {
      await endCodes(trx, sipUser);
      await trx.raw(
        `delete from link_codes where code_hash in
           (select code_hash from link_codes where expires_at < now() - interval '7 days' limit ${CLEANED_AT_ONCE})`,
      );
      const { rows } = await trx.raw<{ rows: { expires_at: Date }[] }>(
        `insert into link_codes (code_hash, sipuser, expires_at)
         values (?, ?, now() + ? * interval '1 millisecond') returning expires_at`,
        [hashOfLinkCode(readLinkCode(code)!), sipUser, ttlMs],
      );
      return { code, expiresAt: rows[0]!.expires_at };
    });
  }

  /** The user of a code that would be taken at this moment. Limit who may ask: it tells a guesser what `redeem` tells him. */
  async userOfCode(typed: string): Promise<string | undefined> {
    const { rows } = await this.#db.raw<{ rows: { sipuser: string }[] }>(
      'select sipuser from link_codes where code_hash = ? and used_at is null and expires_at > now()',
      [hashOfLinkCode(readLinkCode(typed) ?? '')],
    );
    return rows[0]?.sipuser;
  }

  /**
   * Takes a code from an X account and links the account to the user of the code, all or nothing. The same
   * code from the same account once more says `linked` again: people write twice. What is looked up
   * is a hash, so how long it takes says nothing about how near a guess was.
   */
  redeem(typed: string, account: LinkingAccount): Promise<LinkOutcome> {
    return this.#atomically(async (trx) => {
      // Several attempts of one account at once would each see room for one more mistake.
      await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`link:${account.xUserId}`]);
      const retryAt = await lockedUntil(trx, account.xUserId);
      if (retryAt !== undefined) return { outcome: 'too-many-tries', retryAt };
      const hash = hashOfLinkCode(readLinkCode(typed) ?? '');
      const { rows } = await trx.raw<{ rows: CodeRow[] }>(
        `select sipuser, used_by_x_user_id, used_at is not null as used, expires_at <= now() as expired
         from link_codes where code_hash = ? for update`,
        [hash],
      );
      const code = rows[0];
      if (code === undefined) {
        await recordFailure(trx, account.xUserId);
        return { outcome: 'wrong-code' };
      }
      if (code.used) {
        const again = code.used_by_x_user_id === account.xUserId && (await isLinked(trx, code.sipuser, account.xUserId));
        return again ? { outcome: 'linked', sipUser: code.sipuser } : { outcome: 'used' };
      }
      // The code of a user who was removed meanwhile must not bring him back.
      if (code.expired || !(await exists(trx, code.sipuser))) return { outcome: 'expired' };
      const outcome = await link(trx, code.sipuser, account);
      if (outcome.outcome === 'linked') {
        await trx.raw('update link_codes set used_at = now(), used_by_x_user_id = ? where code_hash = ?', [account.xUserId, hash]);
      }
      return outcome;
    });
  }

  /**
   * Links without a code: the caller has checked the SIP password of the user himself.
   *
   * @throws AppError `user.unknown`
   */
  link(sipUser: string, account: LinkingAccount): Promise<Extract<LinkOutcome, { outcome: 'linked' | 'account-taken' }>> {
    return this.#atomically(async (trx) => {
      if (!(await exists(trx, sipUser))) throw new AppError('user.unknown', `There is no SIP user "${sipUser}"`);
      return link(trx, sipUser, account);
    });
  }

  /**
   * Parts a user from his X account at once: nobody acts for him any more, he is told of nothing, tokens
   * and an open code are gone, what was scheduled is cancelled and what has not connected ends. Forwarding
   * and do-not-disturb are off, since he could not switch them off any more. The mapping stays, for the
   * operator to see. True when there was a link.
   */
  unlink(sipUser: string): Promise<boolean> {
    if (sipUser.includes('\0')) return Promise.resolve(false);
    return this.#db.transaction(async (trx) => {
      await trx.raw('delete from x_tokens where sipuser = ?', [sipUser]);
      await endCodes(trx, sipUser);
      await new SchedulesTable(trx).cancelAll(sipUser);
      await new CallsTable(trx).cancelUnconnected(sipUser);
      const { rows } = await trx.raw<{ rows: { linked: boolean }[] }>(
        `update sipweetusers u set linked_at = null, notify = false, forward_to = null, dnd = false, updated_at = now()
         from (select id, linked_at is not null as linked from sipweetusers where sipuser = ? for update) old
         where u.id = old.id returning old.linked`,
        [sipUser],
      );
      return rows[0]?.linked === true;
    });
  }

  /** The SIP user whose account on X this is, linked or mapped only. */
  async sipUserOf({ xUserId, xName }: LinkingAccount): Promise<string | undefined> {
    const { rows } = await this.#db.raw<{ rows: { sipuser: string }[] }>(
      `select sipuser from sipweetusers where x_user_id = ? or (x_user_id is null and lower(twuser) = lower(?))
       order by x_user_id is null limit 1`,
      [xUserId, xName],
    );
    return rows[0]?.sipuser;
  }

  /** The link of one user; undefined when he has no row in `sipweetusers`, no open code and no tokens. */
  async stateOf(sipUser: string): Promise<LinkState | undefined> {
    if (sipUser.includes('\0')) return undefined;
    return (await this.#states('where sipuser = ?', [sipUser]))[0];
  }

  /** Everybody who has a row in `sipweetusers` or an open code, by SIP name. */
  list(): Promise<readonly LinkState[]> {
    return this.#states('', []);
  }

  async #states(where: string, bindings: readonly string[]): Promise<LinkState[]> {
    const { rows } = await this.#db.raw<{
      rows: { sipuser: string; linked_at: Date | null; signed_in: boolean; code_expires_at: Date | null }[];
    }>(
      `select sipuser, max(linked_at) as linked_at, bool_or(signed_in) as signed_in, max(code_expires_at) as code_expires_at
       from (
         select sipuser, linked_at, false as signed_in, null::timestamptz as code_expires_at from sipweetusers
         union all select sipuser, null, true, null from x_tokens
         union all select sipuser, null, false, expires_at from link_codes where used_at is null and expires_at > now()
       ) facts ${where} group by sipuser order by sipuser`,
      bindings,
    );
    return rows.map((row) => ({
      sipUser: row.sipuser,
      linkedAt: row.linked_at ?? undefined,
      signedIn: row.signed_in,
      codeExpiresAt: row.code_expires_at ?? undefined,
    }));
  }

  /** An operator may add the same user or handle between our look and our write: then we look again. */
  async #atomically<Result>(work: (trx: Knex.Transaction) => Promise<Result>): Promise<Result> {
    try {
      return await this.#db.transaction(work);
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== UNIQUE_VIOLATION) throw thrown;
      return this.#db.transaction(work);
    }
  }
}

/** Known as a user of X or as one with a password. PostgreSQL's text cannot hold NUL: such a name is nobody's. */
async function exists(db: Knex, sipUser: string): Promise<boolean> {
  if (sipUser.includes('\0')) return false;
  const { rows } = await db.raw<{ rows: { known: boolean }[] }>(
    `select exists (select 1 from sipweetusers where sipuser = ?)
         or exists (select 1 from subscriber where username = ?) as known`,
    [sipUser, sipUser],
  );
  return rows[0]!.known;
}

async function isLinked(trx: Knex, sipUser: string, xUserId: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    'select 1 from sipweetusers where sipuser = ? and x_user_id = ? and linked_at is not null',
    [sipUser, xUserId],
  );
  return rows.length > 0;
}

/** Ended, not deleted: who types it is told that it is too late, which is not a mistake. */
async function endCodes(trx: Knex, sipUser: string): Promise<void> {
  await trx.raw('update link_codes set expires_at = now() where sipuser = ? and used_at is null and expires_at > now()', [sipUser]);
}

async function lockedUntil(trx: Knex, xUserId: string): Promise<Date | undefined> {
  const { rows } = await trx.raw<{ rows: { failures: number; retry_at: Date | null }[] }>(
    `select count(*)::int as failures, min(failed_at) + interval '1 hour' as retry_at
     from link_failures where x_user_id = ? and failed_at > now() - interval '1 hour'`,
    [xUserId],
  );
  const { failures, retry_at: retryAt } = rows[0]!;
  return failures >= MAX_FAILURES ? retryAt! : undefined;
}

async function recordFailure(trx: Knex, xUserId: string): Promise<void> {
  await trx.raw('insert into link_failures (x_user_id) values (?)', [xUserId]);
  await trx.raw(
    `delete from link_failures where ctid in
       (select ctid from link_failures where failed_at < now() - interval '1 hour' limit ${CLEANED_AT_ONCE})`,
  );
}

async function link(
  trx: Knex,
  sipUser: string,
  { xUserId, xName }: LinkingAccount,
): Promise<Extract<LinkOutcome, { outcome: 'linked' | 'account-taken' }>> {
  const { rows } = await trx.raw<{ rows: UserRow[] }>(
    `select id, sipuser, twuser, x_user_id, linked_at from sipweetusers
     where sipuser = ? or x_user_id = ? or lower(twuser) = lower(?) order by id for update`,
    [sipUser, xUserId, xName],
  );
  const own = rows.find((row) => row.sipuser === sipUser);
  for (const other of rows.filter((row) => row !== own)) {
    // Mapped by its id, or by a name that X has not been asked about yet.
    if (other.x_user_id === xUserId || other.x_user_id === null) return { outcome: 'account-taken' };
    // Handles change hands, ids do not: the other one had this handle before, and has some other one now.
    await trx.raw('update sipweetusers set twuser = ?, updated_at = now() where id = ?', [`id:${other.x_user_id}`, other.id]);
  }
  // What the account of before had granted ends with its link.
  await trx.raw('delete from x_tokens where sipuser = ? and x_user_id <> ?', [sipUser, xUserId]);
  if (own === undefined) {
    await trx.raw('insert into sipweetusers (sipuser, twuser, x_user_id, linked_at) values (?, ?, ?, now())', [sipUser, xName, xUserId]);
  } else {
    // Who links again after he said "stop" wants to hear from us again.
    await trx.raw(
      `update sipweetusers set x_user_id = ?, twuser = ?, notify = notify or linked_at is null, linked_at = now(), updated_at = now()
       where id = ?`,
      [xUserId, xName, own.id],
    );
  }
  return { outcome: 'linked', sipUser };
}
