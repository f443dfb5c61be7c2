/**
 * How tokens of other people's accounts are kept: encrypted with AES-256-GCM, so that who has the database
 * or a backup of it, and not the key, has nothing.
 *
 *     version 1 │ key id 8 │ nonce 12 │ tag 16 │ ciphertext
 *
 * The associated data names the owner and the kind of token: a row that was copied over another one
 * does not open.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AppError } from '../base/errors.ts';

const VERSION = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;
const ALGORITHM = 'aes-256-gcm';

/** A new key as the configuration takes it: 32 random bytes in base64. */
export function newTokenKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

export class TokenCipher {
  readonly #current: { readonly id: Buffer; readonly key: Buffer };
  readonly #byId: ReadonlyMap<string, Buffer>;

  /**
   * @param keys  32 bytes in base64 each; the first encrypts, the others open what they have encrypted earlier
   * @throws AppError `config.invalid` for another length, naming no key
   */
  constructor(keys: readonly string[]) {
    const all = keys.map((text) => {
      const key = Buffer.from(text, 'base64');
      if (key.length !== KEY_BYTES) throw new AppError('config.invalid', `A key for tokens has ${KEY_BYTES} bytes in base64`);
      return { id: createHash('sha256').update('sipweet token key').update(key).digest().subarray(0, KEY_ID_BYTES), key };
    });
    if (all[0] === undefined) throw new AppError('config.invalid', 'There is no key for tokens');
    this.#current = all[0];
    this.#byId = new Map(all.map(({ id, key }) => [id.toString('hex'), key]));
  }

  encrypt(text: string, owner: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#current.key, nonce).setAAD(Buffer.from(owner, 'utf8'));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), this.#current.id, nonce, cipher.getAuthTag(), body]);
  }

  /** The text, or undefined when it was encrypted with a key that we do not have, for another owner, or is damaged. */
  decrypt(sealed: Buffer, owner: string): string | undefined {
    if (sealed.length < HEAD_BYTES || sealed[0] !== VERSION) return undefined;
    const key = this.#byId.get(sealed.toString('hex', 1, 1 + KEY_ID_BYTES));
    if (key === undefined) return undefined;
    const nonceAt = 1 + KEY_ID_BYTES;
    const tagAt = nonceAt + NONCE_BYTES;
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(nonceAt, tagAt), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(owner, 'utf8'))
      .setAuthTag(sealed.subarray(tagAt, HEAD_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
