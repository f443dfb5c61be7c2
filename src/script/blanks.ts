import { skipBlanks, trimEnd } from '../sip/grammar/scan.ts';

/**
 * The text without blanks, tabs and line ends at both ends. `String.trim` is not for texts of
 * scripts: they are bytes, and it takes 0xA0 for a blank, which is the end of many a letter in UTF-8.
 */
export function trimBlanks(text: string): string {
  return trimBlanksBefore(trimBlanksBehind(text));
}

export function trimBlanksBefore(text: string): string {
  return text.slice(skipBlanks(text, 0, text.length));
}

export function trimBlanksBehind(text: string): string {
  return text.slice(0, trimEnd(text, 0, text.length));
}
