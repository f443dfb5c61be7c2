/** `string.pack`, `packsize` and `unpack` (Lua 5.3 reference manual, §6.4.2). Integers are exact up to 2^53. */
import { LuaError } from '../../runtime/lua-error.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { LuaValue, Results } from '../../runtime/value.ts';
import { argumentError, integerArgument, numberArgument, optionalInteger, stringArgument } from '../arguments.ts';
import { resultOf, type Library } from '../results.ts';
import { PackOptions, type PackOption } from './pack-options.ts';
import { fromEnd } from './positions.ts';

/** From this size on every integer fits. */
const INTEGER_BYTES = 8;

/** @param maxBytes longest result of `pack`; a format of few bytes can ask for many */
export function packFunctions(runtime: Runtime, maxBytes: number): Library {
  function pack(format: LuaValue, ...values: LuaValue[]): LuaValue {
    const options = new PackOptions(stringArgument(format, 1, 'pack', arguments.length), 'pack');
    let packed = '';
    let used = 0;
    for (let option = options.next(0); option !== undefined; option = options.next(packed.length)) {
      if (packed.length + option.alignment + option.size > maxBytes) throw new LuaError('resulting string too large');
      runtime.charge(1 + (option.size >> 3));
      packed += '\0'.repeat(option.alignment);
      if (option.kind === 'nothing') continue;
      if (option.kind === 'padding') {
        packed += '\0';
        continue;
      }
      packed += packOne(option, values[used], used + 2, arguments.length);
      used += 1;
    }
    return packed;
  }

  function unpack(format: LuaValue, text: LuaValue, init: LuaValue): LuaValue | Results {
    const options = new PackOptions(stringArgument(format, 1, 'unpack', arguments.length), 'unpack');
    const data = stringArgument(text, 2, 'unpack', arguments.length);
    let at = fromEnd(optionalInteger(init, 1, 3, 'unpack', arguments.length), data.length) - 1;
    if (at < 0 || at > data.length) throw argumentError(3, 'unpack', 'initial position out of string');
    const values: LuaValue[] = [];
    for (let option = options.next(at); option !== undefined; option = options.next(at)) {
      runtime.charge(1);
      at += option.alignment;
      if (at + option.size > data.length) throw argumentError(2, 'unpack', 'data string too short');
      if (option.kind !== 'nothing' && option.kind !== 'padding') {
        const { value, bytes } = unpackOne(option, data, at);
        values.push(value);
        at += bytes;
      }
      at += option.size;
    }
    return resultOf([...values, at + 1]);
  }

  return { pack, packsize, unpack };
}

function packsize(format: LuaValue): LuaValue {
  const options = new PackOptions(stringArgument(format, 1, 'packsize', arguments.length), 'packsize');
  let size = 0;
  for (let option = options.next(0); option !== undefined; option = options.next(size)) {
    if (option.kind === 'counted' || option.kind === 'zero-ended') throw argumentError(1, 'packsize', 'variable-length format');
    size += option.alignment + option.size;
    if (size > 2 ** 31 - 1) throw argumentError(1, 'packsize', 'format result too large');
  }
  return size;
}

function packOne(option: PackOption, value: LuaValue, position: number, given: number): string {
  const { kind, size, littleEndian } = option;
  switch (kind) {
    case 'integer':
    case 'unsigned':
      return packInteger(option, integerArgument(value, position, 'pack', given), position);
    case 'float': {
      const bytes = Buffer.alloc(size);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const number = numberArgument(value, position, 'pack', given);
      if (size === 4) view.setFloat32(0, number, littleEndian);
      else view.setFloat64(0, number, littleEndian);
      return bytes.toString('latin1');
    }
    case 'fixed': {
      const text = stringArgument(value, position, 'pack', given);
      if (text.length > size) throw argumentError(position, 'pack', 'string longer than given size');
      return text.padEnd(size, '\0');
    }
    case 'counted': {
      const text = stringArgument(value, position, 'pack', given);
      if (text.length >= 2 ** (8 * size)) throw argumentError(position, 'pack', 'string length does not fit in given size');
      return integerBytes(text.length, size, littleEndian) + text;
    }
    default: {
      const text = stringArgument(value, position, 'pack', given);
      if (text.includes('\0')) throw argumentError(position, 'pack', 'string contains zeros');
      return `${text}\0`;
    }
  }
}

function packInteger({ kind, size, littleEndian }: PackOption, value: number, position: number): string {
  if (size < INTEGER_BYTES) {
    const limit = 2 ** (8 * size - 1);
    if (kind === 'integer' && (value < -limit || value >= limit)) throw argumentError(position, 'pack', 'integer overflow');
    if (kind === 'unsigned' && (value < 0 || value >= 2 * limit)) throw argumentError(position, 'pack', 'unsigned overflow');
  }
  return integerBytes(value, size, littleEndian);
}

/** Two's complement. */
function integerBytes(value: number, size: number, littleEndian: boolean): string {
  let rest = BigInt(value);
  let bytes = '';
  for (let count = 0; count < size; count += 1) {
    const byte = String.fromCharCode(Number(rest & 0xffn));
    bytes = littleEndian ? bytes + byte : byte + bytes;
    rest >>= 8n;
  }
  return bytes;
}

/** A value, and how many bytes it has beyond the option's size. */
function unpackOne({ kind, size, littleEndian }: PackOption, data: string, at: number): { value: LuaValue; bytes: number } {
  switch (kind) {
    case 'integer':
    case 'unsigned':
      return { value: integerAt(data, at, size, littleEndian, kind === 'integer'), bytes: 0 };
    case 'float': {
      const bytes = Buffer.from(data.slice(at, at + size), 'latin1');
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      return { value: size === 4 ? view.getFloat32(0, littleEndian) : view.getFloat64(0, littleEndian), bytes: 0 };
    }
    case 'fixed':
      return { value: data.slice(at, at + size), bytes: 0 };
    case 'counted': {
      const length = integerAt(data, at, size, littleEndian, false);
      const start = at + size;
      if (start + length > data.length) throw argumentError(2, 'unpack', 'data string too short');
      return { value: data.slice(start, start + length), bytes: length };
    }
    default: {
      const end = data.indexOf('\0', at);
      if (end < 0) throw argumentError(2, 'unpack', "unfinished string for format 'z'");
      return { value: data.slice(at, end), bytes: end - at + 1 };
    }
  }
}

function integerAt(data: string, at: number, size: number, littleEndian: boolean, signed: boolean): number {
  let value = 0n;
  for (let offset = 0; offset < size; offset += 1) {
    const index = littleEndian ? size - 1 - offset : offset;
    value = (value << 8n) | BigInt(data.charCodeAt(at + index));
  }
  const read = signed ? BigInt.asIntN(8 * size, value) : value;
  // Beyond 64 bits there may only be the sign.
  const fits = BigInt.asIntN(64, read) === BigInt.asIntN(8 * size, value) || BigInt.asUintN(64, value) === value;
  if (size > INTEGER_BYTES && !fits) throw new LuaError(`${size}-byte integer does not fit into Lua Integer`);
  return Number(read);
}
