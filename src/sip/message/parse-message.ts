import { BACKSLASH, CR, LF, NUL, SPACE, TAB } from '../grammar/characters.ts';
import { equalsIgnoringCase, parseDecimal, skipBlanks, skipToken, trimEnd } from '../grammar/scan.ts';
import { CALL_ID, CONTENT_LENGTH, CSEQ, FROM, MAX_FORWARDS, OTHER, TO, headerId } from '../headers/header-id.ts';
import { methodIn } from '../headers/method.ts';
import { MAGIC_COOKIE } from '../headers/via.ts';
import { FIELD_STRIDE, ID_BITS, SipMessage } from './sip-message.ts';

/** What is refused for its size alone. */
export interface MessageLimits {
  /** Octets of the whole message. */
  readonly maxMessageBytes: number;
  /** Header fields in one message. */
  readonly maxHeaders: number;
}

export const DEFAULT_MESSAGE_LIMITS: MessageLimits = { maxMessageBytes: 65_535, maxHeaders: 256 };

/**
 * A message that is not used. `status` is what a request is answered with when its Via allows an
 * answer at all; 0 says that it is dropped: a response, an ACK, or nothing like SIP (§16.3, §18.3).
 */
export interface ParseFailure {
  readonly failure: string;
  readonly status: number;
  /** The message as far as it could be indexed, to copy Via, From, To, Call-ID and CSeq from. */
  readonly message: SipMessage | undefined;
}

/** Fields that must stand in a message once and once only, as bits of a mask (§20; RFC 4475 §3.3.8). */
const SINGLE = (1 << CALL_ID) | (1 << CSEQ) | (1 << FROM) | (1 << TO) | (1 << MAX_FORWARDS);
const MANDATORY = (1 << CALL_ID) | (1 << CSEQ) | (1 << FROM) | (1 << TO);

/**
 * Parses one message: start line, index of header fields, the fields that every element needs
 * (topmost Via, From, To, Call-ID, CSeq, Max-Forwards, Content-Length) and the bounds of the body.
 * Wrong input is a value, never an exception. The text is one-byte text of a whole datagram, or of
 * exactly one message cut from a stream.
 */
export function parseMessage(raw: string, limits: MessageLimits = DEFAULT_MESSAGE_LIMITS): SipMessage | ParseFailure {
  if (raw.length > limits.maxMessageBytes) return dropped('the message is too long');
  let at = 0;
  // Empty lines before the start line are skipped (§7.5).
  while (raw.charCodeAt(at) === CR && raw.charCodeAt(at + 1) === LF) at += 2;
  if (at > 0) raw = raw.slice(at);
  const parsed = parseText(new SipMessage(raw, raw), limits.maxHeaders);
  // Once blanked there are no folds.
  return parsed === FOLDED ? (parseText(new SipMessage(raw, blankFolds(raw)), limits.maxHeaders) as SipMessage | ParseFailure) : parsed;
}

function parseText(message: SipMessage, maxHeaders: number): SipMessage | ParseFailure | typeof FOLDED {
  const lineEnd = message.text.indexOf('\r\n');
  if (lineEnd < 0) return dropped('there is no start line');
  const startLineFailure = parseStartLine(message, lineEnd);
  if (startLineFailure === NOT_SIP) return dropped(startLineFailure);

  const headerFailure = indexHeader(message, lineEnd + 2, maxHeaders);
  if (headerFailure === FOLDED) return FOLDED;
  if (headerFailure !== undefined) return failed(message, headerFailure, headerFailure === TOO_MANY ? 513 : 400);
  if (startLineFailure !== undefined) return failed(message, startLineFailure, startLineFailure === BAD_VERSION ? 505 : 400);

  const failure = checkMandatory(message) ?? findBody(message);
  return failure === undefined ? message : failed(message, failure, 400);
}

export function isParseFailure(parsed: SipMessage | ParseFailure): parsed is ParseFailure {
  return !(parsed instanceof SipMessage);
}

const NOT_SIP = 'not SIP';
const NO_END = 'the header does not end with an empty line';
const BAD_VERSION = 'the version is not SIP/2.0';
const TOO_MANY = 'too many header fields';
/** Not a failure: the header has folded lines, which are blanked before it is indexed again. */
const FOLDED = 'folded';

function dropped(failure: string): ParseFailure {
  return { failure, status: 0, message: undefined };
}

function failed(message: SipMessage, failure: string, status: number): ParseFailure {
  const answerable = message.isRequest && message.method !== 'ACK';
  return { failure, status: answerable ? status : 0, message };
}

/** The CRLF and the blank of each fold become three blanks, so that offsets stay what they are. */
function blankFolds(raw: string): string {
  const headerEnd = raw.indexOf('\r\n\r\n');
  const end = headerEnd < 0 ? raw.length : headerEnd;
  return raw.slice(0, end).replace(/\r\n[ \t]/g, '   ') + raw.slice(end);
}

function parseStartLine(message: SipMessage, end: number): string | undefined {
  const { text } = message;
  if (equalsIgnoringCase(text, 0, 4, 'sip/')) return parseStatusLine(message, end);
  const methodEnd = skipToken(text, 0, end);
  if (methodEnd === 0 || text.charCodeAt(methodEnd) !== SPACE) return NOT_SIP;
  message.method = methodIn(text, 0, methodEnd);
  const uriStart = methodEnd + 1;
  const versionStart = text.lastIndexOf(' ', end - 1) + 1;
  message.startLineStart = uriStart;
  message.startLineEnd = Math.max(uriStart, versionStart - 1);
  if (versionStart <= uriStart || !equalsIgnoringCase(text, versionStart, versionStart + 4, 'sip/')) {
    // A trailing blank still shows a SIP version before it: that is a malformed request, not other traffic.
    const trimmed = trimEnd(text, 0, end);
    return equalsIgnoringCase(text, trimmed - 7, trimmed - 3, 'sip/') ? 'blanks at the end of the Request-Line' : NOT_SIP;
  }
  return equalsIgnoringCase(text, versionStart, end, 'sip/2.0') ? undefined : BAD_VERSION;
}

function parseStatusLine(message: SipMessage, end: number): string | undefined {
  const { text } = message;
  // Status first: whatever else is wrong with a response, it must not be answered.
  message.status = -1;
  if (!equalsIgnoringCase(text, 0, 8, 'sip/2.0 ')) return NOT_SIP;
  const status = parseDecimal(text, 8, 11, 699);
  const after = text.charCodeAt(11);
  if (status < 100 || (end !== 11 && after !== SPACE)) return NOT_SIP;
  message.status = status;
  message.startLineStart = Math.min(12, end);
  message.startLineEnd = end;
  // To a lenient reader behind us these would end the line and begin a header field.
  return hasLineBreak(text, 12, end) ? 'a bare CR, LF or NUL in the reason phrase' : undefined;
}

function hasLineBreak(text: string, at: number, end: number): boolean {
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === CR || code === LF || code === NUL) return true;
  }
  return false;
}

/** The index of the message that is being parsed: one for all, copied at its right size when that is known. */
const index: number[] = [];
let indexed = 0;

/** Which of the fields that must stand once were seen, as a mask, and whether one of them stands twice. */
let seen = 0;
let seenTwice = false;

function indexHeader(message: SipMessage, at: number, maxHeaders: number): string | undefined {
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
function indexFields(message: SipMessage, at: number, maxHeaders: number): string | undefined {
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
    if (id !== OTHER && id <= MAX_FORWARDS) {
      const bit = 1 << id;
      if ((seen & bit & SINGLE) !== 0) seenTwice = true;
      seen |= bit;
    }
    index[indexed] = (at << ID_BITS) | id;
    index[indexed + 1] = skipBlanks(text, colon + 1, lineEnd);
    indexed += FIELD_STRIDE;
    at = lineEnd + 2;
  }
  message.bodyStart = at + 2;
  return hasBareNul(text, start, at) ? 'a NUL in the header' : undefined;
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

function checkMandatory(message: SipMessage): string | undefined {
  if (seenTwice) return 'a header field that must stand once stands twice';
  if ((seen & MANDATORY) !== MANDATORY) return 'a mandatory header field is missing';
  const via = message.via;
  if (via === undefined) return 'the topmost Via is missing or malformed';
  // The cookie alone identifies nothing (RFC 4475 §3.2.1).
  if (via.branch === MAGIC_COOKIE) return 'the branch of the topmost Via is empty';
  if (message.callId === '') return 'Call-ID is empty';
  if (message.from?.uriScheme === undefined) return 'From is malformed';
  if (message.to?.uriScheme === undefined) return 'To is malformed';
  const cseq = message.cseq;
  if (cseq === undefined) return 'CSeq is malformed';
  if (!message.isRequest) {
    message.method = cseq.method;
    return undefined;
  }
  if (cseq.method !== message.method) return 'the method of CSeq is not that of the request';
  if (message.maxForwards === -2) return 'Max-Forwards is not a number below 256';
  // Blanks and angle brackets in or round it too (RFC 4475 §3.1.2.7 to §3.1.2.9).
  if (message.requestUri === undefined) return 'the Request-URI is malformed';
  return undefined;
}

/** Sets the bounds of the body from Content-Length, or to the end of the datagram without one (§18.3). */
function findBody(message: SipMessage): string | undefined {
  const { text, bodyStart } = message;
  const available = text.length - bodyStart;
  let length = -1;
  for (let index = message.findField(CONTENT_LENGTH); index >= 0; index = message.findField(CONTENT_LENGTH, index + 1)) {
    if (length >= 0) return 'Content-Length stands twice';
    length = parseDecimal(text, message.valueStart(index), message.valueEnd(index), 2 ** 31);
    if (length < 0) return 'Content-Length is not a number';
  }
  if (length > available) return 'Content-Length is larger than the message';
  message.bodyEnd = length < 0 ? text.length : bodyStart + length;
  return undefined;
}
