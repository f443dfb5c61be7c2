/**
 * Kamailio's `subscriber` table: who may register. Passwords are not kept, only what digest
 * authentication needs of them (HA1), for MD5 and for SHA-256.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { AppError } from '../../base/errors.ts';
import type { Credentials, CredentialStore } from '../../script/ports.ts';

const LONGEST_NAME = 64;

interface SubscriberRow {
  username: string;
  domain: string;
  password: string;
  ha1: string;
  ha1b: string;
  ha1_sha256: string;
}

export interface Subscriber {
  readonly username: string;
  /** The domain of the address-of-record, which is the realm of the challenge too. */
  readonly realm: string;
  readonly password: string;
}

export class SubscriberTable implements CredentialStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * Adds a subscriber or gives the existing one a new password.
   *
   * @throws AppError `usage` for a name that digest authentication cannot carry
   */
  async upsert({ username, realm, password }: Subscriber): Promise<void> {
    // RFC 7616 §3.4.2 joins the three with colons: one in the name would make two users look alike.
    if (!isName(username) || !isName(realm)) {
      const rule = `a name has 1 to ${LONGEST_NAME} characters and no colon`;
      throw new AppError('usage', `User "${username}" in "${realm}": ${rule}`);
    }
    const row: SubscriberRow = {
      username,
      domain: realm,
      password: '',
      ha1: hash('md5', `${username}:${realm}:${password}`),
      // For clients that put their whole address into `username`, as Kamailio names it.
      ha1b: hash('md5', `${username}@${realm}:${realm}:${password}`),
      ha1_sha256: hash('sha256', `${username}:${realm}:${password}`),
    };
    await this.#db<SubscriberRow>('subscriber').insert(row).onConflict(['username', 'domain']).merge();
  }

  /** True when there was one. */
  async remove(username: string, realm: string): Promise<boolean> {
    if (!mayExist(username, realm)) return false;
    return (await this.#db('subscriber').where({ username, domain: realm }).delete()) > 0;
  }

  async find(username: string, realm: string): Promise<Credentials | undefined> {
    if (!mayExist(username, realm)) return undefined;
    const row = await this.#db<SubscriberRow>('subscriber').where({ username, domain: realm }).first('ha1', 'ha1_sha256');
    return row === undefined ? undefined : { ha1: row.ha1, ha1Sha256: row.ha1_sha256 };
  }
}

function isName(name: string): boolean {
  return name !== '' && name.length <= LONGEST_NAME && !/[:\p{Cc}]/u.test(name);
}

/** PostgreSQL's text cannot hold NUL: such a name is nobody's, and asking for it would be an error. */
function mayExist(username: string, realm: string): boolean {
  return !username.includes('\0') && !realm.includes('\0');
}

function hash(algorithm: 'md5' | 'sha256', text: string): string {
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}
