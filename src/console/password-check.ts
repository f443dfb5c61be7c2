import { createHash, randomBytes } from 'node:crypto';
import { equalSecrets } from './signer.ts';

/** Hashes of a password, as `SubscriberTable` finds them. */
export interface PasswordHashes {
  readonly ha1: string;
  readonly ha1Sha256: string;
}

/** The bound on guessing: `Lockout` of SIP's own authentication has these verbs. */
export interface GuessingBound {
  refuses(account: string, address: string): boolean;
  failed(account: string, address: string): void;
  succeeded(account: string, address: string): void;
}

export interface PasswordCheckOptions {
  readonly subscribers: { find(username: string, realm: string): Promise<PasswordHashes | undefined> };
  readonly realm: string;
  readonly bound: GuessingBound;
}

/** Checks SIP passwords outside of SIP, against the same hashes and with the same bound on guessing. */
export class PasswordCheck {
  readonly #options: PasswordCheckOptions;

  constructor(options: PasswordCheckOptions) {
    this.#options = options;
  }

  /** A user who does not exist, a wrong password and one that was not looked at are all the same answer. */
  async isRight(attempt: { sipUser: string; password: string; address: string }): Promise<boolean> {
    const { subscribers, realm, bound } = this.#options;
    const { sipUser, password, address } = attempt;
    if (bound.refuses(sipUser, address)) return false;
    // With nobody's hashes the work is the same, and no password fits.
    const nobody = randomBytes(32).toString('hex');
    const { ha1, ha1Sha256 } = (await subscribers.find(sipUser, realm)) ?? { ha1: nobody, ha1Sha256: nobody };
    const algorithm = ha1Sha256 === '' ? 'md5' : 'sha256';
    const given = createHash(algorithm).update(`${sipUser}:${realm}:${password}`, 'utf8').digest('hex');
    const isRight = equalSecrets(given, algorithm === 'md5' ? ha1 : ha1Sha256);
    if (isRight) bound.succeeded(sipUser, address);
    else bound.failed(sipUser, address);
    return isRight;
  }
}
