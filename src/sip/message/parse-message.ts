import { CR, LF, NUL, SPACE } from '../grammar/characters.ts';
import { equalsIgnoringCase, parseDecimal, skipToken, trimEnd } from '../grammar/scan.ts';
import { CONTENT_LENGTH } from '../headers/header-id.ts';
import { methodIn } from '../headers/method.ts';
import { MAGIC_COOKIE } from '../headers/via.ts';
import { FOLDED, TOO_MANY, checkFields, indexHeader } from './header-index.ts';
import { SipMessage } from './sip-message.ts';

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
const BAD_VERSION = 'the version is not SIP/2.0';

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

function checkMandatory(message: SipMessage): string | undefined {
  const failure = checkFields();
  if (failure !== undefined) return failure;
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
