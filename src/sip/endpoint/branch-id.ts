import { base36 } from '../../base/base36.ts';
import { ShortHash } from '../../base/hash.ts';
import { randomHex } from '../../base/ids.ts';
import { MAGIC_COOKIE, type Via } from '../headers/via.ts';
import type { SipMessage } from '../message/sip-message.ts';

const DOT = 0x2e;

/**
 * The branches that this node writes into its Via (RFC 3261 §8.1.1.7, §16.6 step 8):
 * `z9hG4bK<run>.<slot>.<generation>.<worker>` for a transaction, `z9hG4bK<run>s<hash>` for what is
 * forwarded without state. `run` is random for each start of the process, so that branches are
 * unique across restarts and a stranger cannot make one up. A response finds its transaction by
 * slot and generation, without a search.
 */
export class BranchIds {
  readonly #prefix: string;
  readonly #statelessPrefix: string;
  readonly #suffix: string;
  readonly #seed: number;

  /**
   * @param worker number of the thread of execution that owns these transactions
   * @param run    the same for all workers of a process
   */
  constructor(worker = 0, run = randomHex(6)) {
    this.#prefix = `${MAGIC_COOKIE}${run}.`;
    this.#statelessPrefix = `${MAGIC_COOKIE}${run}s`;
    this.#suffix = `.${worker.toString(36)}`;
    this.#seed = Number.parseInt(randomHex(4), 16);
  }

  format(slot: number, generation: number): string {
    return this.#prefix + base36(slot) + '.' + base36(generation) + this.#suffix;
  }

  /** Slot and generation packed as `slot * 2^21 + generation`, or -1 when the branch is not one of this run's. */
  parse(branch: string): number {
    if (!branch.startsWith(this.#prefix) || !branch.endsWith(this.#suffix)) return -1;
    let at = this.#prefix.length;
    const end = branch.length - this.#suffix.length;
    let slot = 0;
    for (; at < end && branch.charCodeAt(at) !== DOT; at += 1) slot = slot * 36 + digit36(branch.charCodeAt(at));
    // Both numbers have to be there; an empty one would give a branch a second way to be written.
    if (at === this.#prefix.length || at + 1 >= end) return -1;
    let generation = 0;
    for (at += 1; at < end; at += 1) generation = generation * 36 + digit36(branch.charCodeAt(at));
    return slot < MAX_SLOT && generation <= MAX_GENERATION ? slot * GENERATIONS + generation : -1;
  }

  /**
   * The worker that wrote a branch, -1 when it is not of this run or needs no owner: a receiver that serves
   * several workers hands a response on by it, without a table of what each has sent.
   */
  ownerOf(branch: string): number {
    const dot = branch.lastIndexOf('.');
    if (!branch.startsWith(this.#prefix) || dot + 1 === branch.length) return -1;
    let owner = 0;
    for (let at = dot + 1; at < branch.length; at += 1) owner = owner * 36 + digit36(branch.charCodeAt(at));
    return Number.isSafeInteger(owner) ? owner : -1;
  }

  /**
   * Branch of a message that is forwarded without state. It must be the same for every
   * retransmission, and for a CANCEL and its INVITE (§16.11), so it is made from what all of them
   * have in common; the response to it carries the same, with `received` as its topmost Via but one.
   *
   * @param received the Via of the element before us
   */
  stateless(message: SipMessage, received: Via): string {
    const { method, callId, cseq } = message;
    const joint = method === 'ACK' || method === 'CANCEL' ? 'INVITE' : method;
    const hash = new ShortHash(this.#seed).add(received.branch).add(received.host).addNumber(received.port).add(callId);
    return this.#statelessPrefix + hash.addNumber(cseq?.number ?? 0).add(joint).text;
  }

  isStateless(branch: string): boolean {
    return branch.startsWith(this.#statelessPrefix);
  }
}

export const GENERATIONS = 2 ** 21;
export const MAX_GENERATION = GENERATIONS - 1;
const MAX_SLOT = 2 ** 31;

function digit36(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x7a ? code - 0x57 : Number.NaN;
}
