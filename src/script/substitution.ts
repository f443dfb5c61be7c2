import { MAX_SUBJECT, regularExpression } from './regular-expression.ts';

/** A substitution of the form `/expression/replacement/flags` (Kamailio: `subst`). */
export interface Substitution {
  /** With flag `g`, so that it can be set to start anywhere. */
  readonly expression: RegExp;
  /** Pieces of the replacement: text, or the number of a group (0 is the whole match). */
  readonly replacement: readonly (string | number)[];
  /** Flag `g`: all matches, not the first alone. */
  readonly global: boolean;
}

const MAX_COMPILED = 256;
const compiled = new Map<string, Substitution | undefined>();

/** Reads a substitution; any first character delimits. Flags: `i` without regard to case, `g` all, `s` ignored. */
export function substitution(text: string): Substitution | undefined {
  const known = compiled.get(text);
  if (known !== undefined || compiled.has(text)) return known;
  const made = read(text);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(text, made);
  return made;
}

function read(text: string): Substitution | undefined {
  const delimiter = text.charAt(0);
  if (delimiter === '' || /[\w\\]/.test(delimiter)) return undefined;
  const parts = splitUnescaped(text.slice(1), delimiter);
  const [source, replacement, flags] = parts;
  if (parts.length !== 3 || source === undefined || replacement === undefined || source === '') return undefined;
  if (flags === undefined || !/^[gis]*$/.test(flags)) return undefined;
  const expression = regularExpression(source, flags.includes('i') ? 'gim' : 'gm');
  return expression === undefined ? undefined : { expression, replacement: pieces(replacement), global: flags.includes('g') };
}

function splitUnescaped(text: string, delimiter: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && at + 1 < text.length) {
      const next = text.charAt(at + 1);
      parts[parts.length - 1] += next === delimiter ? next : character + next;
      at += 1;
    } else if (character === delimiter) {
      parts.push('');
    } else {
      parts[parts.length - 1] += character;
    }
  }
  return parts;
}

function pieces(replacement: string): (string | number)[] {
  const found: (string | number)[] = [];
  let text = '';
  for (let at = 0; at < replacement.length; at += 1) {
    const character = replacement.charAt(at);
    if (character !== '\\' || at + 1 === replacement.length) {
      text += character;
      continue;
    }
    at += 1;
    const next = replacement.charAt(at);
    if (next >= '0' && next <= '9') {
      found.push(text, Number(next));
      text = '';
    } else {
      text += next === 'n' ? '\n' : next === 'r' ? '\r' : next === 't' ? '\t' : next;
    }
  }
  found.push(text);
  return found;
}

/** A match and what takes its place. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** At most this many matches of one substitution are replaced. */
const MAX_REPLACEMENTS = 1000;

/** What the substitution would replace in `text`; nothing when the text is too long. */
export function replacementsIn(text: string, { expression, replacement, global }: Substitution): Replacement[] {
  const found: Replacement[] = [];
  if (text.length > MAX_SUBJECT) return found;
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const groups = match;
    const written = replacement.map((piece) => (typeof piece === 'string' ? piece : (groups[piece] ?? ''))).join('');
    found.push({ start: match.index, end: match.index + match[0].length, text: written });
    if (!global || found.length >= MAX_REPLACEMENTS) break;
    if (match[0] === '') expression.lastIndex += 1;
  }
  return found;
}

/** The text with the replacements made, undefined when nothing matched. */
export function substitute(text: string, how: Substitution): string | undefined {
  const found = replacementsIn(text, how);
  if (found.length === 0) return undefined;
  let out = '';
  let at = 0;
  for (const { start, end, text: written } of found) {
    out += text.slice(at, start) + written;
    at = end;
  }
  return out + text.slice(at);
}
