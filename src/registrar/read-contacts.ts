/** What a REGISTER asks for (RFC 3261 §10.3, steps 6 and 7 as far as they look at the request alone). */
import { isDigit } from '../sip/grammar/characters.ts';
import { parseDecimal, unquote } from '../sip/grammar/scan.ts';
import { walkParameters } from '../sip/grammar/parameters.ts';
import { ALLOW, CONTACT, EXPIRES } from '../sip/headers/header-id.ts';
import type { NameAddr } from '../sip/headers/name-addr.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Uri } from '../sip/uri/uri.ts';
import { LOCATION_LIMITS } from './location-store.ts';
import { methodBits } from './methods.ts';
import { refusal, type Refusal } from './refusal.ts';

/** One Contact value of a REGISTER, checked. */
export interface ContactRequest {
  readonly uri: Uri;
  /** Seconds that are granted; 0 takes the binding away. */
  readonly expiresS: number;
  /** 0 to 1; -1 when there was none. */
  readonly q: number;
  /** All header parameters but `q` and `expires`, each with its ';'. */
  readonly params: string;
  readonly instance: string | undefined;
  /** 0 without; it means nothing without an instance (RFC 5626 §6). */
  readonly regId: number;
  readonly methods: number | undefined;
}

/** Bounds of the time that a registration gets, in seconds. */
export interface ExpiryBounds {
  readonly minExpiresS: number;
  readonly defaultExpiresS: number;
  readonly maxExpiresS: number;
}

export type RegisterRequest =
  | { readonly kind: 'query' }
  | { readonly kind: 'remove-all' }
  | { readonly kind: 'update'; readonly contacts: readonly ContactRequest[] }
  | Refusal;

const MAX_SECONDS = 2 ** 32 - 1;
const ONE_HOUR_S = 3600;

/** 0 to 1 with up to three digits behind the point (`qvalue`, §25.1). */
const Q_VALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

export function readContacts(request: SipMessage, bounds: ExpiryBounds): RegisterRequest {
  const values = request.contacts;
  if (values === undefined) return refusal(400, 'Malformed Contact');
  if (values === '*') {
    // §10.2.2: the star asks for one thing only.
    return seconds(request.header(EXPIRES)) === 0 ? { kind: 'remove-all' } : refusal(400, 'Contact * Needs Expires: 0');
  }
  if (values.length === 0) return request.findField(CONTACT) < 0 ? { kind: 'query' } : refusal(400, 'Malformed Contact');

  const allow = request.header(ALLOW);
  const allowed = allow === undefined ? undefined : methodBits(allow);
  const contacts: ContactRequest[] = [];
  for (const value of values) {
    const contact = readContact(value, request, bounds, allowed);
    if ('kind' in contact) return contact;
    contacts.push(contact);
  }
  return { kind: 'update', contacts };
}

function readContact(value: NameAddr, request: SipMessage, bounds: ExpiryBounds, allowed: number | undefined): ContactRequest | Refusal {
  const uri = value.uri;
  if (uri === undefined || uri.host === '') return refusal(400, 'Contact Is Not A SIP URI');
  const params = readParams(value.params);
  if (params.others.length > LOCATION_LIMITS.contact) return refusal(400, 'Contact Too Long');
  if (params.q !== undefined && !Q_VALUE.test(params.q)) return refusal(400, 'Malformed q');

  const expiresS = grantedSeconds(params.expires ?? request.header(EXPIRES), bounds);
  if (expiresS < 0) return refusal(423, 'Interval Too Brief', `Min-Expires: ${bounds.minExpiresS}\r\n`);
  const instance = params.instance === undefined ? undefined : unquote(params.instance);
  return {
    uri,
    expiresS,
    q: params.q === undefined ? -1 : Number(params.q),
    params: params.others,
    instance,
    regId: instance === undefined ? 0 : readRegId(params.regId),
    methods: params.methods === undefined ? allowed : methodBits(unquote(params.methods)),
  };
}

/** 1 to 2^31 - 1 (RFC 5626 §4.2); anything else is as if it were not there. */
function readRegId(text = ''): number {
  return Math.max(parseDecimal(text, 0, text.length, 2 ** 31 - 1), 0);
}

interface ContactParams {
  q: string | undefined;
  expires: string | undefined;
  instance: string | undefined;
  regId: string | undefined;
  methods: string | undefined;
  others: string;
}

function readParams(text: string): ContactParams {
  const found: ContactParams = { q: undefined, expires: undefined, instance: undefined, regId: undefined, methods: undefined, others: '' };
  if (text === '') return found;
  walkParameters(text, 0, text.length, (nameStart, nameEnd, valueStart, valueEnd) => {
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    const value = valueStart < 0 ? '' : text.slice(valueStart, valueEnd);
    if (name === 'q') found.q ??= value;
    else if (name === 'expires') found.expires ??= value;
    else found.others += valueStart < 0 ? `;${text.slice(nameStart, nameEnd)}` : `;${text.slice(nameStart, nameEnd)}=${value}`;
    if (name === '+sip.instance') found.instance ??= value;
    else if (name === 'reg-id') found.regId ??= value;
    else if (name === 'methods') found.methods ??= value;
  });
  return found;
}

/**
 * Seconds that a contact gets, -1 when they are too few to be granted (§10.3 step 7). A wish for an
 * hour or more must not be refused, so it is raised if the minimum is above that.
 */
function grantedSeconds(wish: string | undefined, { minExpiresS, defaultExpiresS, maxExpiresS }: ExpiryBounds): number {
  const wanted = seconds(wish) ?? defaultExpiresS;
  if (wanted === 0) return 0;
  if (wanted < minExpiresS) return wanted < ONE_HOUR_S ? -1 : minExpiresS;
  return Math.min(wanted, maxExpiresS);
}

/** A number of seconds; undefined for what is none, which counts as if it were not there (§10.2.1.1, §20.10). */
function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const plain = unquote(text);
  const value = parseDecimal(plain, 0, plain.length, MAX_SECONDS);
  if (value >= 0) return value;
  // Too large to be meant, but a wish for long all the same (RFC 4475 §3.1.2.4).
  return isAllDigits(plain) ? MAX_SECONDS : undefined;
}

function isAllDigits(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (!isDigit(text.charCodeAt(at))) return false;
  return text !== '';
}
