/** `sipweetusers`: which X user stands behind which SIP user. */
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';

const LONGEST_NAME = 64;

export interface User {
  /** The user part of the SIP address-of-record, compared exactly (RFC 3261 §19.1.4). */
  readonly sipUser: string;
  /** The X name without `@`, compared without regard to case. */
  readonly xUser: string;
  /** X's own id of the user, which outlives a change of name; `undefined` until X was asked. */
  readonly xUserId: string | undefined;
  /** IANA name: `Europe/Berlin`. */
  readonly timeZone: string;
  /** BCP 47 tag. */
  readonly locale: string;
  /** Two-letter country whose telephone numbers the user dials without prefix. */
  readonly region: string | undefined;
  /** Whether missed calls are told to this user. */
  readonly notify: boolean;
  /** Since when the X account may act for the SIP user; `undefined` while it may not. */
  readonly linkedAt: Date | undefined;
  /** `HH:MM` on the user's clock from which messages are held back, and until when; both or neither. */
  readonly quietFrom: string | undefined;
  readonly quietTo: string | undefined;
  /** Where his calls go instead: an E.164 number with `+`, or a SIP URI. */
  readonly forwardTo: string | undefined;
  /** No calls now. */
  readonly dnd: boolean;
  /** Account on Mastodon, `name@host`. */
  readonly mastodon: string | undefined;
  readonly createdAt: Date;
}

/** What a user can change by himself. Null takes a setting away; what is left out stays. */
export interface ProfileChanges {
  readonly timeZone?: string;
  readonly locale?: string;
  readonly region?: string | null;
  readonly notify?: boolean;
  readonly quietFrom?: string | null;
  readonly quietTo?: string | null;
  readonly forwardTo?: string | null;
  readonly dnd?: boolean;
  readonly mastodon?: string | null;
}

const PROFILE_COLUMNS: Readonly<Record<keyof ProfileChanges, keyof UserRow>> = {
  timeZone: 'time_zone',
  locale: 'locale',
  region: 'region',
  notify: 'notify',
  quietFrom: 'quiet_from',
  quietTo: 'quiet_to',
  forwardTo: 'forward_to',
  dnd: 'dnd',
  mastodon: 'mastodon',
};

export interface NewUser {
  readonly sipUser: string;
  /** With or without `@`. */
  readonly xUser: string;
  readonly timeZone?: string;
  readonly locale?: string;
}

interface UserRow {
  sipuser: string;
  twuser: string;
  x_user_id: string | null;
  time_zone: string;
  locale: string;
  region: string | null;
  notify: boolean;
  linked_at: Date | null;
  quiet_from: string | null;
  quiet_to: string | null;
  forward_to: string | null;
  dnd: boolean;
  mastodon: string | null;
  created_at: Date;
}

/** Those of `UserRow`: a statement that PostgreSQL keeps prepared has to name them, or fails after a migration that adds one. */
const COLUMNS = `sipuser, twuser, x_user_id, time_zone, locale, region, notify, linked_at, quiet_from, quiet_to, forward_to, dnd, mastodon, created_at`;

export class UsersTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * Maps a SIP user to an X user.
   *
   * @throws AppError `user.exists`, saying which of the two names is mapped and to whom;
   *   `usage` for a name that cannot be one
   */
  async add(user: NewUser): Promise<User> {
    const sipUser = checkedName(user.sipUser, 'SIP user');
    const xUser = checkedName(user.xUser.replace(/^@/, ''), 'X user');
    const [row] = await this.#db<UserRow>('sipweetusers')
      .insert({
        sipuser: sipUser,
        twuser: xUser,
        ...(user.timeZone === undefined ? {} : { time_zone: user.timeZone }),
        ...(user.locale === undefined ? {} : { locale: user.locale }),
      })
      .onConflict()
      .ignore()
      .returning('*');
    if (row !== undefined) return toUser(row);
    throw new AppError('user.exists', await this.#whatIsTaken(sipUser, xUser));
  }

  /** All users by SIP name. */
  async list(): Promise<readonly User[]> {
    return (await this.#db<UserRow>('sipweetusers').orderBy('sipuser')).map(toUser);
  }

  /** @throws AppError `user.unknown` */
  async show(sipUser: string): Promise<User> {
    const user = await this.findBySipUser(sipUser);
    if (user === undefined) throw unknownUser(sipUser);
    return user;
  }

  /** @throws AppError `user.unknown` */
  async remove(sipUser: string): Promise<void> {
    const count = mayExist(sipUser) ? await this.#db('sipweetusers').where({ sipuser: sipUser }).delete() : 0;
    if (count === 0) throw unknownUser(sipUser);
  }

  async findBySipUser(sipUser: string): Promise<User | undefined> {
    return (await this.findAllBySipUser([sipUser]))[0];
  }

  /** A user, or `undefined`, for each name in their order. */
  async findAllBySipUser(sipUsers: readonly string[]): Promise<readonly (User | undefined)[]> {
    const { rows } = await this.#db
      .raw<{ rows: UserRow[] }>(`select ${COLUMNS} from sipweetusers where sipuser = any(?::text[])`, [sipUsers.filter(mayExist)])
      .options({ name: 'users.findBySipUser' });
    const bySipUser = new Map(rows.map((row) => [row.sipuser, toUser(row)]));
    return sipUsers.map((name) => bySipUser.get(name));
  }

  /** By X's own id, the only thing about an account that nobody else can have later. */
  async findByXUserId(xUserId: string): Promise<User | undefined> {
    const row = await this.#db<UserRow>('sipweetusers').where({ x_user_id: xUserId }).first();
    return row === undefined ? undefined : toUser(row);
  }

  /** By the handle without `@`, in whatever case, as we last saw it. */
  async findByXName(xName: string): Promise<User | undefined> {
    if (!mayExist(xName)) return undefined;
    const row = await this.#db<UserRow>('sipweetusers').whereRaw('lower(twuser) = lower(?)', [xName]).first();
    return row === undefined ? undefined : toUser(row);
  }

  /** Keeps the row as it is until the transaction ends that this table stands in; `undefined` when there is none. */
  async lock(sipUser: string): Promise<User | undefined> {
    const row = await this.#db<UserRow>('sipweetusers').where({ sipuser: sipUser }).forUpdate().first();
    return row === undefined ? undefined : toUser(row);
  }

  /** Whether there is a SIP user of that name: one who can register, or who is mapped. */
  async isSipUser(name: string): Promise<boolean> {
    if (!mayExist(name)) return false;
    const { rows } = await this.#db.raw<{ rows: { known: boolean }[] }>(
      `select exists (select 1 from sipweetusers where sipuser = ?) or exists (select 1 from subscriber where username = ?) as known`,
      [name, name],
    );
    return rows[0]!.known;
  }

  /** False when there is no such user. */
  async updateProfile(sipUser: string, changes: ProfileChanges): Promise<boolean> {
    const columns = Object.entries(changes)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [PROFILE_COLUMNS[name as keyof ProfileChanges], value] as const);
    const row = { ...Object.fromEntries(columns), updated_at: this.#db.fn.now() };
    return (await this.#db('sipweetusers').where({ sipuser: sipUser }).update(row)) > 0;
  }

  /**
   * Notes that an account has a new handle. Handles change hands: whoever had it before by our books, with an id
   * of his own, has some other one now, which is not known until he writes; `id:<his id>` stands for it, which
   * no handle can be.
   *
   * @returns `taken` when the handle is that of a mapping whose id was never asked for: an operator has to say who is meant
   */
  async followHandle(xUserId: string, newHandle: string): Promise<'followed' | 'same' | 'taken' | 'unknown'> {
    if (!mayExist(newHandle)) return 'same';
    const own = await this.findByXUserId(xUserId);
    if (own === undefined) return 'unknown';
    if (own.xUser === newHandle) return 'same';
    const holder = await this.findByXName(newHandle);
    if (holder !== undefined && holder.sipUser !== own.sipUser) {
      if (holder.xUserId === undefined) return 'taken';
      await this.#setHandle(holder.sipUser, `id:${holder.xUserId}`);
    }
    await this.#setHandle(own.sipUser, newHandle);
    return 'followed';
  }

  async #setHandle(sipUser: string, handle: string): Promise<void> {
    await this.#db('sipweetusers').where({ sipuser: sipUser }).update({ twuser: handle, updated_at: this.#db.fn.now() });
  }

  /**
   * Notes the id that X gave for the user's name.
   *
   * @throws AppError `user.unknown`; `user.exists` when that X id is another SIP user's
   */
  async setXUserId(sipUser: string, xUserId: string): Promise<void> {
    // One statement: between a look and a write another process could take the id.
    const { rowCount } = await this.#db.raw<{ rowCount: number }>(
      `update sipweetusers set x_user_id = ?, updated_at = now()
       where sipuser = ? and not exists (select 1 from sipweetusers where x_user_id = ? and sipuser <> ?)`,
      [xUserId, sipUser, xUserId, sipUser],
    );
    if (rowCount > 0) return;
    await this.show(sipUser);
    throw new AppError('user.exists', `The X user with id ${xUserId} is mapped to another SIP user already`);
  }

  async #whatIsTaken(sipUser: string, xUser: string): Promise<string> {
    const rows = await this.#db<UserRow>('sipweetusers')
      .where({ sipuser: sipUser })
      .orWhereRaw('lower(twuser) = lower(?)', [xUser])
      .orderBy('sipuser');
    const bySip = rows.find((row) => row.sipuser === sipUser);
    const byX = rows.find((row) => row.twuser.toLowerCase() === xUser.toLowerCase());
    if (bySip !== undefined && bySip === byX) return `SIP user "${sipUser}" is mapped to X user "${bySip.twuser}" already`;
    const parts = [
      ...(bySip === undefined ? [] : [`SIP user "${sipUser}" is taken: it is mapped to X user "${bySip.twuser}"`]),
      ...(byX === undefined ? [] : [`X user "${xUser}" is taken: it is mapped to SIP user "${byX.sipuser}"`]),
    ];
    // Both gone again between the two statements.
    return parts.join('; ') || `SIP user "${sipUser}" or X user "${xUser}" was mapped a moment ago; try again`;
  }
}

function checkedName(name: string, what: string): string {
  if (name === '' || name.length > LONGEST_NAME || /[\s\p{Cc}]/u.test(name)) {
    throw new AppError('usage', `${what} "${name}": a name has 1 to ${LONGEST_NAME} characters and no blanks`);
  }
  return name;
}

/** PostgreSQL's text cannot hold NUL: such a name is nobody's, and asking for it would be an error. */
function mayExist(name: string): boolean {
  return !name.includes('\0');
}

function unknownUser(sipUser: string): AppError {
  return new AppError('user.unknown', `There is no SIP user "${sipUser}"`);
}

function toUser(row: UserRow): User {
  return {
    sipUser: row.sipuser,
    xUser: row.twuser,
    xUserId: row.x_user_id ?? undefined,
    timeZone: row.time_zone,
    locale: row.locale,
    region: row.region ?? undefined,
    notify: row.notify,
    linkedAt: row.linked_at ?? undefined,
    quietFrom: row.quiet_from ?? undefined,
    quietTo: row.quiet_to ?? undefined,
    forwardTo: row.forward_to ?? undefined,
    dnd: row.dnd,
    mastodon: row.mastodon ?? undefined,
    createdAt: row.created_at,
  };
}
