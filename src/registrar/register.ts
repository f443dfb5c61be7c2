/**
 * A REGISTER worked through (RFC 3261 §10.3): who it is about, what it asks for, whether that may
 * be. A pure decision; `Registrar` carries it out. Authentication and the question whether the
 * domain is ours (steps 1 to 4) belong to the routing script.
 */
import { PATH, SUPPORTED, USER_AGENT } from '../sip/headers/header-id.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Source } from '../sip/transport/transport.ts';
import { bracketHost, parseUri } from '../sip/uri/uri.ts';
import { addressOf, type AddressOfRecord } from './address-of-record.ts';
import type { Binding } from './binding.ts';
import { LOCATION_LIMITS } from './location-store.ts';
import { readContacts, type ContactRequest, type ExpiryBounds } from './read-contacts.ts';
import { receivedFrom } from './received.ts';
import { refusal, type Refusal } from './refusal.ts';
import { removeAllBindings, updateBindings, type BindingUpdate, type RegisterFacts } from './update-bindings.ts';

export interface RegisterRules extends ExpiryBounds {
  /** Contacts of one user. */
  readonly maxContacts: number;
  /** Contacts of all users. */
  readonly maxBindings: number;
  /** Seconds of Retry-After in a 503 that a limit caused. */
  readonly retryAfterS: number;
  /** Whether the domain is part of an address-of-record (Kamailio `usrloc.use_domain`). */
  readonly useDomain: boolean;
}

export interface SaveOptions {
  /** Not written to the store (KEMI flag 1). */
  readonly memoryOnly?: boolean;
  /** The user keeps one contact, the first of this request (KEMI flag 4). */
  readonly singleContact?: boolean;
  /** The address-of-record, instead of To (KEMI `save_uri`). */
  readonly aorUri?: string | undefined;
  /** Bits kept with the binding, and bits for the branch to it (KEMI `setbflag`). */
  readonly flags?: number;
  readonly cflags?: number;
}

/** The world that a decision depends on besides the request. */
export interface RegisterState {
  readonly rules: RegisterRules;
  readonly bindingCount: number;
  readonly nowMs: number;
  readonly monotonicMs: number;
  readonly bindingsOf: (key: string) => readonly Binding[];
  readonly newRuid: () => string;
}

/** KEMI codes: 1 added, 2 updated, 3 taken away, 4 asked only. */
export type RegisterCode = 1 | 2 | 3 | 4;

export interface RegisterDecision {
  readonly kind: 'accepted';
  readonly code: RegisterCode;
  readonly address: AddressOfRecord;
  readonly update: BindingUpdate;
  /** The Path that the bindings keep and the answer repeats (RFC 3327 §5.3). */
  readonly path: string | undefined;
}

export function decideRegister(request: SipMessage, source: Source, options: SaveOptions, state: RegisterState): RegisterDecision | Refusal {
  const { rules } = state;
  const address = readAddress(request, options.aorUri, rules.useDomain);
  if ('kind' in address) return address;
  const wish = readContacts(request, rules);
  if (wish.kind === 'refused') return wish;
  const current = state.bindingsOf(address.key);
  if (wish.kind === 'query') {
    const update: BindingUpdate = { kind: 'changed', bindings: current, added: [], updated: [], removed: [] };
    return { kind: 'accepted', code: 4, address, update, path: undefined };
  }
  const path = readPath(request);
  if (typeof path === 'object') return path;
  const facts = readFacts(request, source, options, state, address, path);
  const update = wish.kind === 'remove-all' ? removeAllBindings(current, facts) : updateWithin(current, wish.contacts, facts, options, rules);
  if (update.kind === 'refused') return update;
  if (update.added.length > update.removed.length && state.bindingCount + update.added.length - update.removed.length > rules.maxBindings) {
    return refusal(503, 'Too Many Registrations', retryAfter(rules));
  }
  return { kind: 'accepted', code: wish.kind === 'remove-all' ? 3 : codeOf(update), address, update, path };
}

/** Step 5: the address-of-record, out of To unless the script says otherwise. */
function readAddress(request: SipMessage, aorUri: string | undefined, useDomain: boolean): AddressOfRecord | Refusal {
  const uri = aorUri === undefined ? request.to?.uri : parseUri(aorUri);
  if (uri === undefined || uri.host === '') return refusal(400, 'To Is Not A SIP URI');
  // An address-of-record that cannot be one of ours is not found.
  if (uri.user === '') return refusal(404, 'Not Found');
  const address = addressOf(uri.user, uri.host, useDomain);
  return address.username.length > LOCATION_LIMITS.username ? refusal(404, 'Not Found') : address;
}

/** The Path to keep, if the phone knows what Path is (RFC 3327 §5.3); else it is as if there were none. */
function readPath(request: SipMessage): string | Refusal | undefined {
  if (request.findField(PATH) < 0 || !supports(request, 'path')) return undefined;
  const paths = request.paths;
  if (paths === undefined || paths.some((path) => path.uri === undefined || path.uri.host === '')) return refusal(400, 'Malformed Path');
  return paths.map((path) => path.text).join(',');
}

function supports(request: SipMessage, tag: string): boolean {
  for (let index = request.findField(SUPPORTED); index >= 0; index = request.findField(SUPPORTED, index + 1)) {
    if (request.fieldValue(index).split(',').some((option) => option.trim().toLowerCase() === tag)) return true;
  }
  return false;
}

function readFacts(
  request: SipMessage,
  source: Source,
  options: SaveOptions,
  state: RegisterState,
  address: AddressOfRecord,
  path: string | undefined,
): RegisterFacts {
  const { protocol, local } = source;
  return {
    address,
    callId: request.callId,
    cseq: request.cseq?.number ?? 0,
    // A long one says no more than its beginning.
    userAgent: (request.header(USER_AGENT) ?? '').slice(0, LOCATION_LIMITS.userAgent),
    path,
    source,
    socket: `${protocol}:${bracketHost(local.address)}:${local.port}`,
    flags: options.flags ?? 0,
    cflags: options.cflags ?? 0,
    nowMs: state.nowMs,
    monotonicMs: state.monotonicMs,
    newRuid: state.newRuid,
    receivedFor: (contact) => receivedFrom(request, source, contact),
  };
}

function updateWithin(
  current: readonly Binding[],
  contacts: readonly ContactRequest[],
  facts: RegisterFacts,
  options: SaveOptions,
  rules: RegisterRules,
): BindingUpdate | Refusal {
  const tooMany = refusal(503, 'Too Many Contacts', retryAfter(rules), true);
  // All old ones out and as many new ones in is the most that makes sense; each is compared with all.
  if (contacts.length > rules.maxContacts + Math.max(current.length, rules.maxContacts)) return tooMany;
  const update = updateBindings(current, contacts, facts, options.singleContact === true);
  if (update.kind === 'refused') return update;
  // A user who is past a limit that was lowered may still refresh.
  return update.bindings.length > Math.max(rules.maxContacts, current.length) ? tooMany : update;
}

function codeOf({ added, updated, removed }: BindingUpdate): RegisterCode {
  if (added.length > 0) return 1;
  if (updated.length > 0) return 2;
  return removed.length > 0 ? 3 : 1;
}

function retryAfter(rules: RegisterRules): string {
  return `Retry-After: ${rules.retryAfterS}\r\n`;
}
