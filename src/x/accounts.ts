import type { Billing } from './billing.ts';
import type { XCalls } from './calls.ts';
import { decodeLookup, decodeUser } from './decode.ts';
import { idOf, recordOf, usernameOf } from './json.ts';
import { XFailure, type XUser } from './port.ts';

/** Throws `invalid` for what cannot be an id of X; an id that passes is safe to put into a path. */
export function checkId(id: string): void {
  if (idOf(id) === undefined) throw new XFailure('invalid', `Not an id of X: ${JSON.stringify(id)}`);
}

/** `GET /2/users/…` */
export class Accounts {
  readonly #calls: XCalls;
  readonly #billing: Billing;

  constructor(calls: XCalls, billing: Billing) {
    this.#calls = calls;
    this.#billing = billing;
  }

  async me(): Promise<XUser> {
    const body = await this.#calls.read('me', (v2) => v2.get('users/me'));
    const user = decodeUser(recordOf(body)?.['data']);
    if (user === undefined) throw new XFailure('unavailable', 'The answer of X holds no account');
    this.#billing.returned('user-read', [user.id]);
    return user;
  }

  async findByName(username: string): Promise<XUser | undefined> {
    if (usernameOf(username) === undefined) {
      throw new XFailure('invalid', `Not a handle of X: ${JSON.stringify(username)} (1 to 15 letters, digits, underscores, no @)`);
    }
    return this.#find(`users/by/username/${username}`);
  }

  async findById(id: string): Promise<XUser | undefined> {
    checkId(id);
    return this.#find(`users/${id}`);
  }

  async #find(path: string): Promise<XUser | undefined> {
    try {
      const user = decodeLookup(await this.#calls.read('user lookup', (v2) => v2.get(path, { 'user.fields': 'receives_your_dm' })));
      if (user !== undefined) this.#billing.returned('user-read', [user.id]);
      return user;
    } catch (thrown) {
      if (thrown instanceof XFailure && thrown.status === 404) return undefined;
      throw thrown;
    }
  }
}
