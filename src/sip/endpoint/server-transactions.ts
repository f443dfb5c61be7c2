import { hasMagicCookie } from '../headers/via.ts';
import { plainHost } from '../uri/uri.ts';
import type { SipMessage } from '../message/sip-message.ts';
import type { ServerTransaction } from './server-transaction.ts';
import { tableSize } from './table-size.ts';

/**
 * The server transactions of a node, by Call-ID and CSeq number. A request, its retransmissions,
 * its ACK and its CANCEL share both, so one look-up leads to a chain in which the rules of RFC 3261
 * §17.2.3 decide. Two requests on one branch that differ in CSeq, as some clients send after a
 * challenge, are two transactions.
 *
 * A table of chains of its own, as Kamailio has it, in place of a `Map`: that keeps a text for each key, and stops
 * everything when it grows (8 ms at 262,144 of them).
 */
export class ServerTransactions {
  readonly #slots: (ServerTransaction | undefined)[];
  readonly #mask: number;
  #size = 0;

  /** @param most  how many there will be at once, about */
  constructor(most: number) {
    const slots = tableSize(most);
    this.#slots = new Array<ServerTransaction | undefined>(slots).fill(undefined);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#size;
  }

  add(transaction: ServerTransaction): void {
    const slot = transaction.request.transactionHash & this.#mask;
    transaction.chained = this.#slots[slot];
    this.#slots[slot] = transaction;
    this.#size += 1;
  }

  remove(transaction: ServerTransaction): void {
    const slot = transaction.request.transactionHash & this.#mask;
    const first = this.#slots[slot];
    if (first === transaction) {
      this.#slots[slot] = transaction.chained;
      this.#size -= 1;
      return;
    }
    for (let previous = first; previous !== undefined; previous = previous.chained) {
      if (previous.chained !== transaction) continue;
      previous.chained = transaction.chained;
      this.#size -= 1;
      return;
    }
  }

  /**
   * The transaction that a request belongs to (§17.2.3): its own for a retransmission, the INVITE's
   * for the ACK of a failure.
   */
  match(request: SipMessage): ServerTransaction | undefined {
    return this.#find(request, request.method === 'ACK' ? 'INVITE' : request.method);
  }

  /** The transaction that a CANCEL is for (§9.2). */
  findCancelled(cancel: SipMessage): ServerTransaction | undefined {
    for (let candidate = this.#first(cancel); candidate !== undefined; candidate = firstOf(candidate.chained, cancel)) {
      const { method } = candidate.request;
      if (method !== 'CANCEL' && method !== 'ACK' && isSameBranch(candidate.request, cancel)) return candidate;
    }
    return undefined;
  }

  /** The INVITE that an ACK of a 2xx belongs to: a transaction of its own, on another branch (§13.2.2.4). */
  findAcknowledged(ack: SipMessage): ServerTransaction | undefined {
    for (let candidate = this.#first(ack); candidate !== undefined; candidate = firstOf(candidate.chained, ack)) {
      if (candidate.request.method === 'INVITE' && candidate.request.from?.tag === ack.from?.tag) return candidate;
    }
    return undefined;
  }

  /** All of them, as they stand now. */
  all(): ServerTransaction[] {
    const all: ServerTransaction[] = [];
    for (const first of this.#slots) {
      for (let transaction: ServerTransaction | undefined = first; transaction !== undefined; transaction = transaction.chained) all.push(transaction);
    }
    return all;
  }

  /** The first in the chain that shares Call-ID and CSeq number with `request`. */
  #first(request: SipMessage): ServerTransaction | undefined {
    return firstOf(this.#slots[request.transactionHash & this.#mask], request);
  }

  #find(request: SipMessage, method: string): ServerTransaction | undefined {
    for (let candidate = this.#first(request); candidate !== undefined; candidate = firstOf(candidate.chained, request)) {
      if (candidate.request.method === method && isSameBranch(candidate.request, request)) return candidate;
    }
    return undefined;
  }
}

function firstOf(chain: ServerTransaction | undefined, request: SipMessage): ServerTransaction | undefined {
  while (chain !== undefined && !chain.request.sharesTransactionKey(request)) chain = chain.chained;
  return chain;
}

/** Branch and sent-by are the same (§17.2.3); without the cookie, what RFC 2543 matched by. */
function isSameBranch(a: SipMessage, b: SipMessage): boolean {
  const viaA = a.via!;
  const viaB = b.via!;
  if (viaA.branch !== viaB.branch || viaA.port !== viaB.port) return false;
  if (viaA.host !== viaB.host && plainHost(viaA.host) !== plainHost(viaB.host)) return false;
  if (hasMagicCookie(viaA.branch)) return true;
  return a.from?.tag === b.from?.tag && a.requestUriText === b.requestUriText && (b.method === 'ACK' || a.to?.tag === b.to?.tag);
}
