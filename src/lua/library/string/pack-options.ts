/** Formats of `string.pack` (Lua 5.3 reference manual, §6.4.2). Sizes are those of C on a 64-bit machine, little endian. */
import { LuaError } from '../../runtime/lua-error.ts';
import { argumentError } from '../arguments.ts';

export type PackKind = 'integer' | 'unsigned' | 'float' | 'fixed' | 'counted' | 'zero-ended' | 'padding' | 'nothing';

export interface PackOption {
  readonly kind: PackKind;
  readonly size: number;
  /** Bytes in front that bring the value to its place. */
  readonly alignment: number;
  readonly littleEndian: boolean;
}

const MAX_INTEGER_BYTES = 16;
const SIZES: Readonly<Record<string, { readonly kind: PackKind; readonly size: number }>> = {
  b: { kind: 'integer', size: 1 },
  B: { kind: 'unsigned', size: 1 },
  h: { kind: 'integer', size: 2 },
  H: { kind: 'unsigned', size: 2 },
  l: { kind: 'integer', size: 8 },
  L: { kind: 'unsigned', size: 8 },
  j: { kind: 'integer', size: 8 },
  J: { kind: 'unsigned', size: 8 },
  T: { kind: 'unsigned', size: 8 },
  f: { kind: 'float', size: 4 },
  d: { kind: 'float', size: 8 },
  n: { kind: 'float', size: 8 },
  z: { kind: 'zero-ended', size: 0 },
  x: { kind: 'padding', size: 1 },
  ' ': { kind: 'nothing', size: 0 },
};

/** Reads a format one option after the other. */
export class PackOptions {
  readonly #format: string;
  readonly #name: string;
  #at = 0;
  #littleEndian = true;
  #maxAlignment = 1;

  constructor(format: string, name: string) {
    this.#format = format;
    this.#name = name;
  }

  /**
   * The next option; undefined at the end.
   * @param offset bytes that are in front of it, which say how it is aligned
   */
  next(offset: number): PackOption | undefined {
    if (this.#at >= this.#format.length) return undefined;
    const alignsOnly = this.#format[this.#at] === 'X';
    if (alignsOnly) this.#at += 1;
    const { kind, size } = alignsOnly ? this.#readAligned() : this.#read();
    const alignment = kind === 'fixed' ? 0 : this.#alignment(size, offset);
    return { kind: alignsOnly ? 'nothing' : kind, size: alignsOnly ? 0 : size, alignment, littleEndian: this.#littleEndian };
  }

  /** The option that an 'X' aligns for: one with a size of its own, which neither the end of the format nor another 'X' has. */
  #readAligned(): Pick<PackOption, 'kind' | 'size'> {
    const letter = this.#format[this.#at];
    const read = letter === undefined || letter === 'X' ? undefined : this.#read();
    if (read === undefined || read.kind === 'fixed' || read.size === 0) throw this.#error("invalid next option for option 'X'");
    return read;
  }

  #error(reason: string): LuaError {
    return argumentError(1, this.#name, reason);
  }

  #alignment(size: number, offset: number): number {
    const to = Math.min(size, this.#maxAlignment);
    if (size <= 1) return 0;
    if ((to & (to - 1)) !== 0) throw this.#error('format asks for alignment not power of 2');
    return (to - (offset & (to - 1))) & (to - 1);
  }

  #read(): Pick<PackOption, 'kind' | 'size'> {
    const letter = this.#format[this.#at]!;
    this.#at += 1;
    switch (letter) {
      case 'i':
      case 'I':
        return { kind: letter === 'i' ? 'integer' : 'unsigned', size: this.#size(4) };
      case 's':
        return { kind: 'counted', size: this.#size(8) };
      case 'c': {
        const size = this.#number();
        if (size === undefined) throw new LuaError("missing size for format option 'c'");
        return { kind: 'fixed', size };
      }
      case '<':
      case '=':
      case '>':
        this.#littleEndian = letter !== '>';
        return { kind: 'nothing', size: 0 };
      case '!':
        this.#maxAlignment = this.#size(8);
        return { kind: 'nothing', size: 0 };
      default: {
        const option = SIZES[letter];
        if (option === undefined) throw new LuaError(`invalid format option '${letter}'`);
        return option;
      }
    }
  }

  #number(): number | undefined {
    const digits = /^\d{1,9}/.exec(this.#format.slice(this.#at))?.[0];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    return Number(digits);
  }

  #size(fallback: number): number {
    const size = this.#number() ?? fallback;
    if (size < 1 || size > MAX_INTEGER_BYTES) throw new LuaError(`integral size (${size}) out of limits [1,${MAX_INTEGER_BYTES}]`);
    return size;
  }
}
