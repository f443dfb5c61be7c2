import type { LogFields } from '../../../base/logger.ts';
import type { LedgerEntry, LedgerKind, PlannedEffect } from '../../../db/tables/ledger-entry.ts';
import type { JobContract, ParsedPayload } from '../../../jobs/contract/job-contract.ts';
import type { PacedX } from '../paced-x.ts';
import type { Ledger, Users } from '../ports.ts';
import { askRecipient, knownRecipient } from '../recipient.ts';
import { shownAddress } from '../../render/caller.ts';
import { zoneOf } from '../../render/local-time.ts';
import { plainText } from '../../render/plain-text.ts';
import type { DeliverySource, Planning } from './source.ts';

const MAX_RECIPIENT_LENGTH = 300;
/** As long as the contracts let an address be: it may be called back. */
const MAX_ADDRESS_LENGTH = 256;

/** What both kinds of events of the SIP side have. */
interface SipEvent {
  readonly eventId: string;
  readonly callId: string;
}

/** What makes a message of an event. */
export interface SipEventRules<Event extends SipEvent> {
  readonly contract: JobContract<Event>;
  readonly kind: LedgerKind;
  readonly title: string;
  /** The SIP user who is to be told. */
  sipUserOf(event: Event): string;
  /** Where the event went, for a row that nobody gets: `sip:bob@example.com`. */
  addressOf(event: Event): string;
  /** The other person, `user@host`. */
  counterpartyOf(event: Event): string;
  render(event: Event, reader: { readonly locale: string; readonly timeZone: string }): string;
}

export interface SipEventParts {
  readonly ledger: Ledger;
  readonly users: Users;
  readonly x: PacedX;
  /** For readers who never chose one. */
  readonly timeZone: string;
}

/** An event that the routing script has produced: who gets it is looked up, and it is rendered, when it is first seen. */
export class SipEventSource<Event extends SipEvent> implements DeliverySource<Event> {
  readonly contract: JobContract<Event>;
  readonly title: string;
  readonly #rules: SipEventRules<Event>;
  readonly #parts: SipEventParts;

  constructor(rules: SipEventRules<Event>, parts: SipEventParts) {
    this.contract = rules.contract;
    this.title = rules.title;
    this.#rules = rules;
    this.#parts = parts;
  }

  read(data: string): ParsedPayload<Event> {
    const parsed = this.contract.parse(data);
    if (!parsed.ok) return parsed;
    const { eventId, callId } = parsed.payload;
    // PostgreSQL's text cannot hold it: no ledger row could ever be made.
    if (`${eventId}${callId}`.includes('\0')) return { ok: false, problems: ['eventId or callId: holds a NUL character'] };
    return parsed;
  }

  idOf(event: Event): string {
    return event.eventId;
  }

  fieldsOf({ eventId, callId }: Event): LogFields {
    return { eventId, callId };
  }

  async plan(event: Event): Promise<Planning> {
    const { ledger, users, x, timeZone } = this.#parts;
    const sipUser = this.#rules.sipUserOf(event);
    const user = await users.findBySipUser(sipUser);
    let recipient = knownRecipient(sipUser, user);
    // To ask X costs money, and nobody to tell is an end: neither, when the event has a row.
    if (recipient?.kind !== 'account') {
      const entry = await ledger.find(event.eventId);
      if (entry !== undefined) return { kind: 'known', entry };
      recipient ??= await askRecipient(user!, users, x);
    }
    if (recipient.kind === 'nobody') return { kind: 'nobody', entry: await this.planNothing(event), reason: recipient.reason };
    const { locale, timeZone: zone } = recipient.user;
    const content = this.#rules.render(event, { locale, timeZone: zoneOf(zone, timeZone) });
    return { kind: 'new', effect: this.#effect(event, recipient.xUserId, content), user: recipient.user };
  }

  planNothing(event: Event): Promise<LedgerEntry> {
    return this.#parts.ledger.plan(this.#effect(event, plainText(this.#rules.addressOf(event), MAX_RECIPIENT_LENGTH), ''));
  }

  #effect(event: Event, recipient: string, content: string): PlannedEffect {
    const { eventId: id, callId } = event;
    const { kind } = this.#rules;
    const counterparty = shownAddress(this.#rules.counterpartyOf(event), MAX_ADDRESS_LENGTH);
    const sipUser = this.#rules.sipUserOf(event).replaceAll('\0', '');
    return { id, kind, recipient, content, callId, sipUser, ...(counterparty === undefined ? {} : { counterparty }) };
  }
}
