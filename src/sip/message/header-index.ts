import { BACKSLASH, SPACE, TAB } from '../grammar/characters.ts';
import { skipBlanks, skipToken } from '../grammar/scan.ts';
import { CALL_ID, CSEQ, FROM, MAX_FORWARDS, OTHER, TO, VIA, headerId } from '../headers/header-id.ts';

/**
 * Numbers a header field takes in the index: where its name starts, with the id in the lowest bits, and where its value
 * starts. Where it ends follows from the next field.
 */
export const FIELD_STRIDE = 2;
export const ID_BITS = 5;

/** A message whose header fields are indexed: its text, and what the index says. */
export interface IndexedMessage {
  readonly raw: string;
  readonly text: string;
  /** Flat index, `FIELD_STRIDE` numbers a header field, in the order of the message. */
  fields: readonly number[] | undefined;
  headerEnd: number;
  bodyStart: number;
  /** Where the values of these fields start, of the first one each; -1 where there is none. */
  viaStart: number;
  fromStart: number;
  toStart: number;
  callIdStart: number;
  cseqStart: number;
}

/** Fields that must stand in a message once and once only, as bits of a mask (§20; RFC 4475 §3.3.8). */
const SINGLE = (1 << CALL_ID) | (1 << CSEQ) | (1 << FROM) | (1 << TO) | (1 << MAX_FORWARDS);
const MANDATORY = (1 << CALL_ID) | (1 << CSEQ) | (1 << FROM) | (1 << TO);

const NO_END = 'the header does not end with an empty line';
export const TOO_MANY = 'too many header fields';
/** Not a failure: the header has folded lines, which are blanked before it is indexed again. */
export const FOLDED = 'folded';

/** The index of the message that is being parsed: one for all, copied at its right size when that is known. */
const index: number[] = [];
let indexed = 0;

/** Which of the fields that must stand once were seen, as a mask, and whether one of them stands twice. */
let seen = 0;
let seenTwice = false;

/**
 * Writes the index of the header that begins at `at`.
 * @returns what is wrong, if anything is; what was indexed before it is whole
 */
export function indexHeader(message: IndexedMessage, at: number, maxHeaders: number): string | undefined {
  // Its length stays what it is: V8 would give the memory back and grow it anew with each message.
  indexed = 0;
  seen = 0;
  seenTwice = false;
  const failure = indexFields(message, at, maxHeaders);
  message.fields = index.slice(0, indexed);
  return failure;
}

/**
 * Fills the index, field by field. Returns what is wrong, if anything is. It searches where it can:
 * to ask for the code of each character costs several times as much (bench/sip/message/parse.bench.ts).
 */
function indexFields(message: IndexedMessage, at: number, maxHeaders: number): string | undefined {
  const { raw, text } = message;
  const start = at;
  for (;;) {
    // What was indexed before a failure is whole, and can be copied into the answer.
    message.headerEnd = at;
    const lineEnd = text.indexOf('\r', at);
    if (lineEnd < 0) return NO_END;
    // A CR or LF alone ends the line to some readers: what is a header field to them must not pass as text.
    if (text.indexOf('\n', at) !== lineEnd + 1) return 'a bare CR or LF in the header';
    if (lineEnd === at) break;
    if (isBlank(text.charCodeAt(at))) return at === start ? 'the start line is folded' : FOLDED;
    if (indexed >= maxHeaders * FIELD_STRIDE) return TOO_MANY;

    const colon = text.indexOf(':', at);
    if (colon < 0 || colon > lineEnd) return 'a header field has no colon';
    let nameEnd = colon;
    // Of `raw`: blanks may stand before the colon, a fold may not (HCOLON, §25.1).
    while (nameEnd > at && isBlank(raw.charCodeAt(nameEnd - 1))) nameEnd -= 1;
    const id = headerId(text, at, nameEnd);
    // The names that have an id are tokens.
    if (id === OTHER && (nameEnd === at || skipToken(text, at, nameEnd) !== nameEnd)) return 'the name of a header field is no token';
    const valueStart = skipBlanks(text, colon + 1, lineEnd);
    if (id !== OTHER && id <= MAX_FORWARDS) {
      const bit = 1 << id;
      if ((seen & bit) === 0) noteStart(message, id, valueStart);
      else if ((bit & SINGLE) !== 0) seenTwice = true;
      seen |= bit;
    }
    index[indexed] = (at << ID_BITS) | id;
    index[indexed + 1] = valueStart;
    indexed += FIELD_STRIDE;
    at = lineEnd + 2;
  }
  message.bodyStart = at + 2;
  return hasBareNul(text, start, at) ? 'a NUL in the header' : undefined;
}

function noteStart(message: IndexedMessage, id: number, valueStart: number): void {
  switch (id) {
    case VIA:
      message.viaStart = valueStart;
      return;
    case FROM:
      message.fromStart = valueStart;
      return;
    case TO:
      message.toStart = valueStart;
      return;
    case CALL_ID:
      message.callIdStart = valueStart;
      return;
    case CSEQ:
      message.cseqStart = valueStart;
      return;
  }
}

/** What is wrong with the fields that must stand once, in the header that was indexed last. */
export function checkFields(): string | undefined {
  if (seenTwice) return 'a header field that must stand once stands twice';
  return (seen & MANDATORY) === MANDATORY ? undefined : 'a mandatory header field is missing';
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** NUL may stand in a header as a quoted pair only (§25.1; RFC 4475 §3.1.1.2). */
function hasBareNul(text: string, start: number, end: number): boolean {
  for (let nul = text.indexOf('\0', start); nul >= 0 && nul < end; nul = text.indexOf('\0', nul + 1)) {
    if (!isEscaped(text, start, nul)) return true;
  }
  return false;
}

/** True when an odd number of backslashes stands before `at`: an even one escapes itself. */
function isEscaped(text: string, start: number, at: number): boolean {
  let first = at;
  while (first > start && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return ((at - first) & 1) === 1;
}
