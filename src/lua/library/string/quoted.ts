import { numberText } from '../../runtime/number.ts';
import type { LuaValue } from '../../runtime/value.ts';
import { formatFloat } from './format-number.ts';
import { readSpec, type FormatSpec } from './format-spec.ts';

const EXACT = readSpec('a', 0).spec as FormatSpec;

/** A value as Lua source would write it, for `%q`; undefined when it has no literal form. */
export function quoted(value: LuaValue): string | undefined {
  if (typeof value === 'string') return quotedText(value);
  if (typeof value === 'number') return quotedNumber(value);
  return value === undefined || typeof value === 'boolean' ? String(value ?? 'nil') : undefined;
}

function quotedText(text: string): string {
  const escaped = text.replace(/["\\\n\r\0-\x1f\x7f]/g, (byte, at: number) => {
    if (byte === '"' || byte === '\\' || byte === '\n') return `\\${byte}`;
    const code = String(byte.charCodeAt(0));
    // A digit that follows would be read as one of the number.
    return `\\${/^\d/.test(text.slice(at + 1, at + 2)) ? code.padStart(3, '0') : code}`;
  });
  return `"${escaped}"`;
}

/** So that the same number is read again. */
function quotedNumber(value: number): string {
  if (Number.isSafeInteger(value)) return numberText(value);
  if (Number.isNaN(value)) return '(0/0)';
  if (!Number.isFinite(value)) return value > 0 ? '1e9999' : '-1e9999';
  return formatFloat(value, EXACT);
}
