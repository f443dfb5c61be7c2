import { randomInt } from 'node:crypto';
import { parseCSeq, type CSeq } from '../headers/cseq.ts';
import { CONTACT, MAX_FORWARDS, OTHER, PATH, RECORD_ROUTE, ROUTE, VIA, canonicalName, headerId } from '../headers/header-id.ts';
import { parseNameAddr, parseNameAddrList, type NameAddr } from '../headers/name-addr.ts';
import { parseVia, type Via } from '../headers/via.ts';
import { CR } from '../grammar/characters.ts';
import { equalsIgnoringCase, parseDecimal, trimEnd } from '../grammar/scan.ts';
import { parseUri, type Uri } from '../uri/uri.ts';
import { FIELD_STRIDE, ID_BITS, indexHeader, type IndexedMessage } from './header-index.ts';

const ID_MASK = (1 << ID_BITS) - 1;

const HASH_SEED = randomInt(2 ** 31);

/**
 * A received message: the text as it came and an index of its header fields. Values are parsed
 * when they are first asked for and kept. Nothing here changes the text; what a proxy or a script
 * changes is kept beside it in an `EditList` and takes effect when the message is written.
 */
export class SipMessage implements IndexedMessage {
  /** The message as it came, from its start line on, one character per byte, body included. */
  readonly raw: string;
  /**
   * The same text with every line fold blanked out; offsets in both are the same (§7.3.1: a fold is
   * one space). It is the same string when nothing was folded.
   */
  readonly text: string;
  /** See `IndexedMessage`; undefined when it was let go of. */
  fields: readonly number[] | undefined = undefined;
  /** Start of the empty line that ends the header. */
  headerEnd = 0;
  bodyStart = 0;
  /** Behind the body; octets of the datagram after it do not belong to the message (§18.3). */
  bodyEnd = 0;

  // What every element reads is found without the index.
  viaStart = -1;
  fromStart = -1;
  toStart = -1;
  callIdStart = -1;
  cseqStart = -1;

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
  #transactionHash = 0;
  /** Kept with the hash. */
  #cseqNumber = 0;
  #isForgetful = false;
  #requestUri: Uri | undefined | null = null;
  #routes: readonly NameAddr[] | undefined | null = null;

  constructor(raw: string, text: string) {
    this.raw = raw;
    this.text = text;
  }

  /**
   * Lets go of the index and of what was parsed: who asks again has it made anew, and it is not kept. Of a request that
   * has been answered nothing is left to do but to recognise its retransmissions and its ACK, for half a minute, and
   * there are many such.
   */
  forgetParts(): void {
    this.#isForgetful = true;
    this.fields = undefined;
    this.#via = undefined;
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
    const fields = this.#index();
    for (let at = from * FIELD_STRIDE; at < fields.length; at += FIELD_STRIDE) if ((fields[at]! & ID_MASK) === id) return at / FIELD_STRIDE;
    return -1;
  }

  get fieldCount(): number {
    return this.#index().length / FIELD_STRIDE;
  }

  #index(): readonly number[] {
    // It was without failure the first time.
    if (this.fields === undefined) indexHeader(this, this.text.indexOf('\r\n') + 2, Number.POSITIVE_INFINITY);
    return this.fields!;
  }

  fieldId(index: number): number {
    return this.#index()[index * FIELD_STRIDE]! & ID_MASK;
  }

  /** Offset of the first character of the field's name. */
  fieldStart(index: number): number {
    return this.#index()[index * FIELD_STRIDE]! >> ID_BITS;
  }

  /** Offset behind the CRLF that ends the field, folded lines included. */
  fieldEnd(index: number): number {
    const fields = this.#index();
    const next = (index + 1) * FIELD_STRIDE;
    return next < fields.length ? fields[next]! >> ID_BITS : this.headerEnd;
  }

  valueStart(index: number): number {
    return this.#index()[index * FIELD_STRIDE + 1]!;
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
    if (this.#via !== undefined || this.viaStart < 0) return this.#via;
    const via = parseVia(this.text, this.viaStart, this.#valueEndFrom(this.viaStart));
    if (!this.#isForgetful) this.#via = via;
    return via;
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
    if (this.#from !== undefined || this.fromStart < 0) return this.#from;
    const from = this.#nameAddr(this.fromStart);
    if (!this.#isForgetful) this.#from = from;
    return from;
  }

  get to(): NameAddr | undefined {
    if (this.#to !== undefined || this.toStart < 0) return this.#to;
    const to = this.#nameAddr(this.toStart);
    if (!this.#isForgetful) this.#to = to;
    return to;
  }

  get cseq(): CSeq | undefined {
    if (this.#cseq !== undefined || this.cseqStart < 0) return this.#cseq;
    const cseq = parseCSeq(this.text, this.cseqStart, this.#valueEndFrom(this.cseqStart));
    if (!this.#isForgetful) this.#cseq = cseq;
    return cseq;
  }

  /** Call-ID, '' when there is none. */
  get callId(): string {
    if (this.#callId !== undefined) return this.#callId;
    const callId = this.callIdStart < 0 ? '' : this.text.slice(this.callIdStart, this.#valueEndFrom(this.callIdStart));
    if (!this.#isForgetful) this.#callId = callId;
    return callId;
  }

  /**
   * Of Call-ID and CSeq number: what a request, its retransmissions, its ACK and its CANCEL have in common. Begun with
   * a number that nobody outside knows, so that nobody can choose many that are the same.
   */
  get transactionHash(): number {
    if (this.#transactionHash === 0) {
      const { callId } = this;
      this.#cseqNumber = this.cseq?.number ?? 0;
      let hash = HASH_SEED ^ this.#cseqNumber;
      for (let at = 0; at < callId.length; at += 1) hash = Math.imul(hash ^ callId.charCodeAt(at), 0x01000193);
      // The lowest bits alone would miss what the highest ones know.
      this.#transactionHash = hash ^ (hash >>> 15);
    }
    return this.#transactionHash;
  }

  /** True when both have the same Call-ID and CSeq number. */
  sharesTransactionKey(other: SipMessage): boolean {
    if (this.transactionHash !== other.transactionHash || this.#cseqNumber !== other.#cseqNumber) return false;
    const { callId } = other;
    if (this.#callId !== undefined) return this.#callId === callId;
    const end = this.callIdStart + callId.length;
    return this.text.startsWith(callId, this.callIdStart) && (this.text.charCodeAt(end) === CR || this.#valueEndFrom(this.callIdStart) === end);
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

  #nameAddr(start: number): NameAddr | undefined {
    const end = this.#valueEndFrom(start);
    const value = parseNameAddr(this.text, start, end);
    return value !== undefined && value.end === end ? value : undefined;
  }

  /** The end of the value that starts there: lines that go on behind a fold are one in `text`. */
  #valueEndFrom(start: number): number {
    return trimEnd(this.text, start, this.text.indexOf('\r', start));
  }
}
