import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Signs short values with a key that lives as long as this process: what we did not hand out is recognised. */
export class Signer {
  readonly #key = randomBytes(32);

  /** `purpose` keeps a value that was signed for one thing from being taken for another. */
  sign(purpose: string, value: string): string {
    return `${value}.${this.#mac(purpose, value).toString('base64url')}`;
  }

  /** The value without its signature, or undefined when it is not one of ours. Constant time. */
  verify(purpose: string, signed: string | undefined): string | undefined {
    if (signed === undefined || signed.length > 512) return undefined;
    const point = signed.lastIndexOf('.');
    const value = signed.slice(0, Math.max(point, 0));
    const given = Buffer.from(signed.slice(point + 1), 'base64url');
    const expected = this.#mac(purpose, value);
    return given.length === expected.length && timingSafeEqual(given, expected) ? value : undefined;
  }

  #mac(purpose: string, value: string): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}\0${value}`).digest();
  }
}

/** Whether two secrets of any text are equal, in a time that does not tell where they differ. */
export function equalSecrets(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
