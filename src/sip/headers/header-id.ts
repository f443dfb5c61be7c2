/**
 * The header fields that the program itself reads, each with a small number. A message's index
 * holds numbers; other fields are `OTHER` and are found by name.
 */
export const OTHER = 0;
export const VIA = 1;
export const FROM = 2;
export const TO = 3;
export const CALL_ID = 4;
export const CSEQ = 5;
export const MAX_FORWARDS = 6;
export const CONTACT = 7;
export const ROUTE = 8;
export const RECORD_ROUTE = 9;
export const CONTENT_LENGTH = 10;
export const CONTENT_TYPE = 11;
export const EXPIRES = 12;
export const AUTHORIZATION = 13;
export const PROXY_AUTHORIZATION = 14;
export const USER_AGENT = 15;
export const REQUIRE = 16;
export const PROXY_REQUIRE = 17;
export const SUPPORTED = 18;
export const PATH = 19;
export const EVENT = 20;
export const SUBJECT = 21;
export const MAX_BREADTH = 22;
export const TIMESTAMP = 23;
export const REASON = 24;
export const MIN_EXPIRES = 25;
export const SERVER = 26;
export const CONTENT_ENCODING = 27;
export const REFER_TO = 28;
export const REFERRED_BY = 29;
export const ALLOW = 30;
export const ACCEPT = 31;

const NAMES: readonly (readonly [number, string])[] = [
  [VIA, 'via'], [VIA, 'v'],
  [FROM, 'from'], [FROM, 'f'],
  [TO, 'to'], [TO, 't'],
  [CALL_ID, 'call-id'], [CALL_ID, 'i'],
  [CSEQ, 'cseq'],
  [MAX_FORWARDS, 'max-forwards'],
  [CONTACT, 'contact'], [CONTACT, 'm'],
  [ROUTE, 'route'],
  [RECORD_ROUTE, 'record-route'],
  [CONTENT_LENGTH, 'content-length'], [CONTENT_LENGTH, 'l'],
  [CONTENT_TYPE, 'content-type'], [CONTENT_TYPE, 'c'],
  [EXPIRES, 'expires'],
  [AUTHORIZATION, 'authorization'],
  [PROXY_AUTHORIZATION, 'proxy-authorization'],
  [USER_AGENT, 'user-agent'],
  [REQUIRE, 'require'],
  [PROXY_REQUIRE, 'proxy-require'],
  [SUPPORTED, 'supported'], [SUPPORTED, 'k'],
  [PATH, 'path'],
  [EVENT, 'event'], [EVENT, 'o'],
  [SUBJECT, 'subject'], [SUBJECT, 's'],
  [MAX_BREADTH, 'max-breadth'],
  [TIMESTAMP, 'timestamp'],
  [REASON, 'reason'],
  [MIN_EXPIRES, 'min-expires'],
  [SERVER, 'server'],
  [CONTENT_ENCODING, 'content-encoding'], [CONTENT_ENCODING, 'e'],
  [REFER_TO, 'refer-to'], [REFER_TO, 'r'],
  [REFERRED_BY, 'referred-by'], [REFERRED_BY, 'b'],
  [ALLOW, 'allow'],
  [ACCEPT, 'accept'],
];

const COMPACT: ReadonlyMap<string, string> = new Map(
  NAMES.filter(([, name]) => name.length === 1).map(([id, short]) => [short, NAMES.find(([other, name]) => other === id && name.length > 1)![1]]),
);

interface Candidate {
  readonly id: number;
  /** Codes of the lower-case name: read faster than a string's characters. */
  readonly codes: Uint8Array;
  readonly next: Candidate | undefined;
}

const LONGEST_NAME = Math.max(...NAMES.map(([, name]) => name.length));

/** Known names by length, then by first letter: one or two candidates are left to compare. */
const byLengthAndLetter: (Candidate | undefined)[] = Array.from({ length: (LONGEST_NAME + 1) * 32 }, () => undefined);
for (const [id, name] of NAMES) {
  const key = name.length * 32 + (name.charCodeAt(0) & 31);
  byLengthAndLetter[key] = { id, codes: Uint8Array.from(name, (character) => character.charCodeAt(0)), next: byLengthAndLetter[key] };
}

/** The id of the name in [start, end), in any case and in its compact form; `OTHER` for the rest (§7.3.1, §7.3.3). */
export function headerId(text: string, start: number, end: number): number {
  const length = end - start;
  if (length > LONGEST_NAME) return OTHER;
  for (let known = byLengthAndLetter[length * 32 + (text.charCodeAt(start) & 31)]; known !== undefined; known = known.next) {
    const { codes } = known;
    let at = 0;
    // '-' keeps its value under `| 0x20`, and what else maps to a letter is no token character.
    while (at < length && (text.charCodeAt(start + at) | 0x20) === codes[at]) at += 1;
    if (at === length) return known.id;
  }
  return OTHER;
}

/** Lower-case long form of a header name: `v` and `VIA` give `via`. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return COMPACT.get(lower) ?? lower;
}
