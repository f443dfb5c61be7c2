import { hasMagicCookie } from '../headers/via.ts';
import { plainHost } from '../uri/uri.ts';
import type { SipMessage } from '../message/sip-message.ts';
import type { ServerTransaction } from './server-transaction.ts';

/**
 * The server transactions of a node, by Call-ID and CSeq number. A request, its retransmissions,
 * its ACK and its CANCEL share both, so one look-up leads to a chain of one, seldom more, in which
 * the rules of RFC 3261 §17.2.3 decide. Two requests on one branch that differ in CSeq, as some
 * clients send after a challenge, are two transactions.
 */
export class ServerTransactions {
  readonly #chains = new Map<string, ServerTransaction>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(transaction: ServerTransaction): void {
    const key = transaction.request.transactionKey;
    transaction.chained = this.#chains.get(key);
    this.#chains.set(key, transaction);
    this.#size += 1;
  }

  remove(transaction: ServerTransaction): void {
    const key = transaction.request.transactionKey;
    const first = this.#chains.get(key);
    if (first === transaction) {
      if (transaction.chained === undefined) this.#chains.delete(key);
      else this.#chains.set(key, transaction.chained);
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
    for (let candidate = this.#chains.get(cancel.transactionKey); candidate !== undefined; candidate = candidate.chained) {
      const { method } = candidate.request;
      if (method !== 'CANCEL' && method !== 'ACK' && isSameBranch(candidate.request, cancel)) return candidate;
    }
    return undefined;
  }

  /** The INVITE that an ACK of a 2xx belongs to: a transaction of its own, on another branch (§13.2.2.4). */
  findAcknowledged(ack: SipMessage): ServerTransaction | undefined {
    for (let candidate = this.#chains.get(ack.transactionKey); candidate !== undefined; candidate = candidate.chained) {
      if (candidate.request.method === 'INVITE' && candidate.request.from?.tag === ack.from?.tag) return candidate;
    }
    return undefined;
  }

  /**
   * A live transaction for the same request that came by another way (§8.2.2.2): same From tag,
   * Call-ID and CSeq, another branch.
   */
  findMerged(request: SipMessage): ServerTransaction | undefined {
    for (let candidate = this.#chains.get(request.transactionKey); candidate !== undefined; candidate = candidate.chained) {
      const known = candidate.request;
      if (known.method === request.method && known.from?.tag === request.from?.tag && !isSameBranch(known, request)) return candidate;
    }
    return undefined;
  }

  /** All of them, as they stand now. */
  all(): ServerTransaction[] {
    const all: ServerTransaction[] = [];
    for (const first of this.#chains.values()) {
      for (let transaction: ServerTransaction | undefined = first; transaction !== undefined; transaction = transaction.chained) all.push(transaction);
    }
    return all;
  }

  #find(request: SipMessage, method: string): ServerTransaction | undefined {
    for (let candidate = this.#chains.get(request.transactionKey); candidate !== undefined; candidate = candidate.chained) {
      if (candidate.request.method === method && isSameBranch(candidate.request, request)) return candidate;
    }
    return undefined;
  }
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
