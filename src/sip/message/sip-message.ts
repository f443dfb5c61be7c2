import { parseCSeq, type CSeq } from '../headers/cseq.ts';
import { CALL_ID, CONTACT, CSEQ, FROM, MAX_FORWARDS, OTHER, PATH, RECORD_ROUTE, ROUTE, TO, VIA, canonicalName, headerId } from '../headers/header-id.ts';
import { parseNameAddr, parseNameAddrList, type NameAddr } from '../headers/name-addr.ts';
import { parseVia, type Via } from '../headers/via.ts';
import { equalsIgnoringCase, parseDecimal, trimEnd } from '../grammar/scan.ts';
import { parseUri, type Uri } from '../uri/uri.ts';

/**
 * Numbers a header field takes in the index: where its name starts, with the id in the lowest bits, and where its value
 * starts. Where it ends follows from the next field. As many live as there are messages, so they are few.
 */
export const FIELD_STRIDE = 2;
export const ID_BITS = 5;
const ID_MASK = (1 << ID_BITS) - 1;

const NO_FIELDS: readonly number[] = [];

/**
 * A received message: the text as it came and an index of its header fields. Values are parsed
 * when they are first asked for and kept. Nothing here changes the text; what a proxy or a script
 * changes is kept beside it in an `EditList` and takes effect when the message is written.
 */
export class SipMessage {
  /** The message as it came, from its start line on, one character per byte, body included. */
  readonly raw: string;
  /**
   * The same text with every line fold blanked out; offsets in both are the same (§7.3.1: a fold is
   * one space). It is the same string when nothing was folded.
   */
  readonly text: string;
  /** Flat index, `FIELD_STRIDE` numbers a header field, in the order of the message. */
  fields: readonly number[] = NO_FIELDS;
  /** Start of the empty line that ends the header. */
  headerEnd = 0;
  bodyStart = 0;
  /** Behind the body; octets of the datagram after it do not belong to the message (§18.3). */
  bodyEnd = 0;

  /** Method of a request; of a response, that of its CSeq. */
  method = '';
  /** Status code of a response, 0 in a request. */
  status = 0;
  /** Where the Request-URI stands in a request, or the reason phrase in a response. */
  startLineStart = 0;
  startLineEnd = 0;

  #via: Via | undefined;
  #from: NameAddr | undefined;
  #to: NameAddr | undefined;
  #cseq: CSeq | undefined;
  #callId: string | undefined;
  #transactionKey: string | undefined;
  #requestUri: Uri | undefined | null = null;
  #routes: readonly NameAddr[] | undefined | null = null;

  constructor(raw: string, text: string) {
    this.raw = raw;
    this.text = text;
  }

  /**
   * Lets go of what was parsed and is seldom asked for again: it is parsed anew then. Of a request that has been answered
   * nothing is left to do but to recognise its retransmissions, for half a minute, and there are many such.
   */
  forgetParts(): void {
    this.#from = undefined;
    this.#to = undefined;
    this.#cseq = undefined;
    this.#callId = undefined;
    this.#requestUri = null;
    this.#routes = null;
  }

  get isRequest(): boolean {
    return this.status === 0;
  }

  get requestUriText(): string {
    return this.text.slice(this.startLineStart, this.startLineEnd);
  }

  /** The parsed Request-URI, undefined when its syntax is wrong. */
  get requestUri(): Uri | undefined {
    if (this.#requestUri === null) this.#requestUri = parseUri(this.requestUriText);
    return this.#requestUri;
  }

  get reason(): string {
    return this.text.slice(this.startLineStart, this.startLineEnd);
  }

  get body(): string {
    return this.raw.slice(this.bodyStart, this.bodyEnd);
  }

  /** Index of the first field with that id at or after field number `from`, or -1. */
  findField(id: number, from = 0): number {
    const fields = this.fields;
    for (let at = from * FIELD_STRIDE; at < fields.length; at += FIELD_STRIDE) if ((fields[at]! & ID_MASK) === id) return at / FIELD_STRIDE;
    return -1;
  }

  get fieldCount(): number {
    return this.fields.length / FIELD_STRIDE;
  }

  fieldId(index: number): number {
    return this.fields[index * FIELD_STRIDE]! & ID_MASK;
  }

  /** Offset of the first character of the field's name. */
  fieldStart(index: number): number {
    return this.fields[index * FIELD_STRIDE]! >> ID_BITS;
  }

  /** Offset behind the CRLF that ends the field, folded lines included. */
  fieldEnd(index: number): number {
    const next = (index + 1) * FIELD_STRIDE;
    return next < this.fields.length ? this.fields[next]! >> ID_BITS : this.headerEnd;
  }

  valueStart(index: number): number {
    return this.fields[index * FIELD_STRIDE + 1]!;
  }

  valueEnd(index: number): number {
    // Without the CRLF and the blanks before it.
    return trimEnd(this.text, this.valueStart(index), this.fieldEnd(index) - 2);
  }

  fieldValue(index: number): string {
    return this.text.slice(this.valueStart(index), this.valueEnd(index));
  }

  /** The field's name as it came. */
  fieldName(index: number): string {
    const colon = this.text.indexOf(':', this.fieldStart(index));
    return this.text.slice(this.fieldStart(index), colon).trimEnd();
  }

  /** Value of the first field with that id, undefined when there is none. */
  header(id: number): string | undefined {
    const index = this.findField(id);
    return index < 0 ? undefined : this.fieldValue(index);
  }

  /** Field numbers of all header fields with that name, in any case and compact form. */
  fieldsNamed(name: string): number[] {
    const canonical = canonicalName(name);
    const id = headerId(canonical, 0, canonical.length);
    const found: number[] = [];
    for (let index = 0; index < this.fieldCount; index += 1) {
      if (this.fieldId(index) !== id) continue;
      if (id !== OTHER || this.#isNamed(index, canonical)) found.push(index);
    }
    return found;
  }

  /**
   * The first field at or after number `from` that has this name, or -1. `id` and `canonical` are
   * what `headerId` and `canonicalName` make of the name.
   */
  findNamed(id: number, canonical: string, from = 0): number {
    let index = this.findField(id, from);
    if (id !== OTHER) return index;
    while (index >= 0 && !this.#isNamed(index, canonical)) index = this.findField(OTHER, index + 1);
    return index;
  }

  #isNamed(index: number, lower: string): boolean {
    const start = this.fieldStart(index);
    if (!equalsIgnoringCase(this.text, start, start + lower.length, lower)) return false;
    const after = this.text.charCodeAt(start + lower.length);
    return after === 0x3a || after === 0x20 || after === 0x09;
  }

  /** The topmost Via; undefined when there is none or its syntax is wrong. */
  get via(): Via | undefined {
    if (this.#via === undefined) {
      const index = this.findField(VIA);
      if (index >= 0) this.#via = parseVia(this.text, this.valueStart(index), this.valueEnd(index));
    }
    return this.#via;
  }

  /** Every Via from the top down, as far as their syntax is right. */
  vias(): Via[] {
    const all: Via[] = [];
    for (let index = this.findField(VIA); index >= 0; index = this.findField(VIA, index + 1)) {
      let at = this.valueStart(index);
      for (;;) {
        const via = parseVia(this.text, at, this.valueEnd(index));
        if (via === undefined) return all;
        all.push(via);
        if (!via.followed) break;
        at = this.text.indexOf(',', via.end) + 1;
      }
    }
    return all;
  }

  get from(): NameAddr | undefined {
    if (this.#from === undefined) this.#from = this.#nameAddr(FROM);
    return this.#from;
  }

  get to(): NameAddr | undefined {
    if (this.#to === undefined) this.#to = this.#nameAddr(TO);
    return this.#to;
  }

  get cseq(): CSeq | undefined {
    if (this.#cseq === undefined) {
      const index = this.findField(CSEQ);
      if (index >= 0) this.#cseq = parseCSeq(this.text, this.valueStart(index), this.valueEnd(index));
    }
    return this.#cseq;
  }

  /** Call-ID, '' when there is none. */
  get callId(): string {
    if (this.#callId === undefined) this.#callId = this.header(CALL_ID) ?? '';
    return this.#callId;
  }

  /** Call-ID and CSeq number: what a request, its retransmissions, its ACK and its CANCEL have in common. */
  get transactionKey(): string {
    if (this.#transactionKey === undefined) this.#transactionKey = `${this.callId} ${this.cseq?.number ?? 0}`;
    return this.#transactionKey;
  }

  /** Max-Forwards: -1 when it is not there, -2 when it is no number of at most 255 (§20.22). */
  get maxForwards(): number {
    const index = this.findField(MAX_FORWARDS);
    if (index < 0) return -1;
    const value = parseDecimal(this.text, this.valueStart(index), this.valueEnd(index), 255);
    return value < 0 ? -2 : value;
  }

  /** All Route values in order; undefined when one of them cannot be parsed. */
  get routes(): readonly NameAddr[] | undefined {
    if (this.#routes === null) this.#routes = this.list(ROUTE);
    return this.#routes;
  }

  get recordRoutes(): readonly NameAddr[] | undefined {
    return this.list(RECORD_ROUTE);
  }

  get paths(): readonly NameAddr[] | undefined {
    return this.list(PATH);
  }

  /** All Contact values; undefined when one cannot be parsed, `'*'` for the star of a REGISTER (§10.2.2). */
  get contacts(): readonly NameAddr[] | '*' | undefined {
    const index = this.findField(CONTACT);
    if (index >= 0 && this.fieldValue(index) === '*') return this.findField(CONTACT, index + 1) < 0 ? '*' : undefined;
    return this.list(CONTACT);
  }

  /** Values of a comma-separated address header over all its fields; undefined when one cannot be parsed. */
  list(id: number): readonly NameAddr[] | undefined {
    const values: NameAddr[] = [];
    for (let index = this.findField(id); index >= 0; index = this.findField(id, index + 1)) {
      if (!parseNameAddrList(this.text, this.valueStart(index), this.valueEnd(index), values)) return undefined;
    }
    return values;
  }

  #nameAddr(id: number): NameAddr | undefined {
    const index = this.findField(id);
    if (index < 0) return undefined;
    const value = parseNameAddr(this.text, this.valueStart(index), this.valueEnd(index));
    return value !== undefined && value.end === this.valueEnd(index) ? value : undefined;
  }
}
