import { readFileSync } from 'node:fs';
import { AppError, errorText } from '../../base/errors.ts';

/** A Lua file, ready for a parser. */
export interface ScriptFile {
  /** Its bytes, without a byte order mark; a first line that begins with `#` is empty. */
  readonly bytes: Uint8Array;
  readonly path: string;
}

/** Characters of a file's name in messages (`LUA_IDSIZE`). */
const MAX_NAME_LENGTH = 60;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const NUMBER_SIGN = 0x23;
const LINE_FEED = 0x0a;

/** @throws AppError `script.load` */
export function readScript(path: string): ScriptFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    throw new AppError('script.load', `Cannot load the script: cannot open ${path}: ${errorText(thrown)}`);
  }
  if (BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)) bytes = bytes.subarray(BYTE_ORDER_MARK.length);
  if (bytes[0] === NUMBER_SIGN) {
    const end = bytes.indexOf(LINE_FEED);
    bytes = end < 0 ? bytes.subarray(bytes.length) : bytes.subarray(end);
  }
  return { bytes, path };
}

/** What messages call a file: its path, or the end of a long one. */
export function chunkNameOf(path: string): string {
  return path.length < MAX_NAME_LENGTH ? path : `...${path.slice(3 - MAX_NAME_LENGTH)}`;
}
