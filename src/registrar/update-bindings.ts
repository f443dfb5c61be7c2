/**
 * §10.3 step 7: what the contacts of a REGISTER make of the bindings of a user. Decided as a whole
 * before anything is changed: either all contacts take effect or none.
 */
import type { Source } from '../sip/transport/transport.ts';
import { parseUri, type Uri } from '../sip/uri/uri.ts';
import { urisEqual } from '../sip/uri/uri-equal.ts';
import type { AddressOfRecord } from './address-of-record.ts';
import { requestUriOf, type Binding } from './binding.ts';
import { LOCATION_LIMITS, unstorableField } from './location-store.ts';
import { keepText, ownText } from './own-text.ts';
import type { ContactRequest } from './read-contacts.ts';
import { refusal, type Refusal } from './refusal.ts';

/** What all contacts of one REGISTER have in common. */
export interface RegisterFacts {
  readonly address: AddressOfRecord;
  readonly callId: string;
  readonly cseq: number;
  readonly userAgent: string;
  readonly path: string | undefined;
  readonly source: Source;
  readonly socket: string;
  readonly flags: number;
  readonly cflags: number;
  readonly nowMs: number;
  readonly monotonicMs: number;
  readonly newRuid: () => string;
  /** Where the contact is really reached; see `receivedFrom`. */
  readonly receivedFor: (contact: Uri) => string | undefined;
}

export interface BindingUpdate {
  readonly kind: 'changed';
  /** All bindings of the user afterwards. */
  readonly bindings: readonly Binding[];
  readonly added: readonly Binding[];
  readonly updated: readonly Binding[];
  readonly removed: readonly Binding[];
}

/** A binding on the way to its new state. */
interface Draft {
  binding: Binding;
  readonly before: Binding | undefined;
  uri: Uri | undefined;
  /** Set by this request: its own CSeq says nothing against it. */
  touched: boolean;
}

const OUT_OF_ORDER = refusal(500, 'CSeq Out Of Order');

/** @param single  keeps the first contact that asks for time and takes all others away (KEMI flag 4) */
export function updateBindings(
  current: readonly Binding[],
  contacts: readonly ContactRequest[],
  facts: RegisterFacts,
  single: boolean,
): BindingUpdate | Refusal {
  let drafts: Draft[] = current.map((binding) => ({ binding, before: binding, uri: undefined, touched: false }));
  for (const contact of contacts) {
    const matches = drafts.filter((draft) => isSame(draft, contact));
    const order = orderOf(matches, contact, facts);
    if (order === 'old') return OUT_OF_ORDER;
    if (order === 'again') continue;
    const draft = matches[0];
    if (contact.expiresS === 0) {
      drafts = drafts.filter((other) => !matches.includes(other));
      continue;
    }
    const binding = makeBinding(contact, facts, draft?.binding);
    const field = unstorableField(binding);
    if (field !== undefined) return refusal(400, `${FIELD_NAMES[field] ?? field} Too Long`);
    const next: Draft = { binding, before: draft?.before, uri: contact.uri, touched: true };
    drafts = single ? [next] : [...drafts.filter((other) => !matches.includes(other)), next];
    if (single) break;
  }
  return summary(current, drafts);
}

const FIELD_NAMES: Partial<Record<keyof typeof LOCATION_LIMITS, string>> = {
  username: 'User Name',
  domain: 'Domain',
  contact: 'Contact',
  path: 'Path',
  callId: 'Call-ID',
  instance: 'Instance',
};

/** The same contact: the same flow of the same device (RFC 5626 §6), or an equal URI (§19.1.4). */
function isSame(draft: Draft, contact: ContactRequest): boolean {
  const { binding } = draft;
  if (contact.regId > 0 && binding.regId === contact.regId && binding.instance === contact.instance) return true;
  if (binding.contact === contact.uri.text) return true;
  draft.uri ??= parseUri(binding.contact);
  return draft.uri !== undefined && urisEqual(draft.uri, contact.uri);
}

/**
 * §10.3 step 7: within one Call-ID only a higher CSeq may change a binding. An equal one that asks
 * for the contact again is our own request come back, because our answer was lost after the
 * transaction had ended or was sent without one: the state is told again, nothing changes.
 */
function orderOf(matches: readonly Draft[], contact: ContactRequest, facts: RegisterFacts): 'new' | 'again' | 'old' {
  let again = false;
  for (const { binding, touched } of matches) {
    if (touched || binding.callId !== facts.callId || binding.cseq < facts.cseq) continue;
    if (binding.cseq > facts.cseq || contact.expiresS === 0) return 'old';
    again = true;
  }
  return again ? 'again' : 'new';
}

function makeBinding(contact: ContactRequest, facts: RegisterFacts, before: Binding | undefined): Binding {
  const received = facts.path === undefined ? facts.receivedFor(contact.uri) : undefined;
  const text = keepText(before?.contact, contact.uri.text);
  const requestUri = requestUriOf(contact.uri);
  return {
    // What a call reads stands together: with 100,000 users none of it is in the processor's caches.
    requestUri: requestUri === text ? text : ownText(requestUri),
    received: received === undefined ? undefined : keepText(before?.received, received),
    path: facts.path === undefined ? undefined : keepText(before?.path, facts.path),
    q: contact.q,
    methods: contact.methods,
    cflags: facts.cflags,
    ruid: before?.ruid ?? facts.newRuid(),
    username: keepText(before?.username, facts.address.username),
    domain: keepText(before?.domain, facts.address.domain),
    contact: text,
    expiresAtMs: facts.nowMs + contact.expiresS * 1000,
    callId: keepText(before?.callId, facts.callId),
    cseq: facts.cseq,
    flags: facts.flags,
    userAgent: keepText(before?.userAgent, facts.userAgent),
    socket: keepText(before?.socket, facts.socket),
    instance: contact.instance === undefined ? undefined : keepText(before?.instance, contact.instance),
    regId: contact.regId,
    lastModifiedMs: facts.nowMs,
    contactParams: keepText(before?.contactParams, contact.params),
    connectionId: facts.source.connectionId,
    endsAtMs: facts.monotonicMs + contact.expiresS * 1000,
  };
}

function summary(current: readonly Binding[], drafts: readonly Draft[]): BindingUpdate {
  const kept = new Set(drafts.map((draft) => draft.before));
  const touched = drafts.filter((draft) => draft.touched);
  return {
    kind: 'changed',
    bindings: drafts.map((draft) => draft.binding),
    added: touched.filter((draft) => draft.before === undefined).map((draft) => draft.binding),
    updated: touched.filter((draft) => draft.before !== undefined).map((draft) => draft.binding),
    removed: current.filter((binding) => !kept.has(binding)),
  };
}

/** §10.2.2 and step 6: takes all bindings away, or none when one of them is newer than the request. */
export function removeAllBindings(current: readonly Binding[], facts: RegisterFacts): BindingUpdate | Refusal {
  const newer = current.some((binding) => binding.callId === facts.callId && binding.cseq >= facts.cseq);
  return newer ? OUT_OF_ORDER : { kind: 'changed', bindings: [], added: [], updated: [], removed: current };
}
