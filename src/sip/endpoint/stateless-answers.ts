import type { Clock } from '../../base/clock.ts';
import { ShortHash } from '../../base/hash.ts';
import { randomHex } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { VIA } from '../headers/header-id.ts';
import { isParseFailure, parseMessage, type ParseFailure } from '../message/parse-message.ts';
import { buildReply, type ReplyParts } from '../message/reply.ts';
import type { SipMessage } from '../message/sip-message.ts';
import type { FramingError, Source } from '../transport/transport.ts';
import type { EndpointCounters } from './endpoint-counters.ts';
import type { EndpointOptions } from './endpoint-options.ts';

/** Sends a response to where its request came from (§18.2.2). */
export interface ReplySender {
  sendReply(text: string, request: SipMessage, source: Source, forceRport: boolean): void;
}

const OVERLOAD_LINE_MS = 1000;

const REFUSALS: Readonly<Record<number, string>> = { 400: 'Bad Request', 505: 'Version Not Supported', 513: 'Message Too Large' };

/**
 * Answers for which nothing is kept (§8.2.7): to what cannot be parsed, to what there is no room for, and where the core
 * wants no transaction.
 */
export class StatelessAnswers {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counters: EndpointCounters;
  readonly #options: EndpointOptions;
  readonly #sender: ReplySender;
  readonly #tagPrefix = randomHex(4);
  readonly #tagSeed = Number.parseInt(randomHex(4), 16);
  #lastOverloadLineMs = Number.NEGATIVE_INFINITY;

  constructor(parts: { clock: Clock; logger: Logger; counters: EndpointCounters; options: EndpointOptions; sender: ReplySender }) {
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#counters = parts.counters;
    this.#options = parts.options;
    this.#sender = parts.sender;
  }

  /** A tag for responses of a transaction: new each time, and never that of an answer without one. */
  newTag(): string {
    return `${this.#tagPrefix}t${randomHex(4)}`;
  }

  /** True for the ACK of a failure that was sent without state. It ends here (§17.2.1): nobody waits for it. */
  endsHere(ack: SipMessage): boolean {
    return ack.to?.tag?.startsWith(`${this.#tagPrefix}s`) === true;
  }

  /** The tag is the same for every retransmission. An ACK is not answered. */
  reply(request: SipMessage, source: Source, parts: Omit<ReplyParts, 'toTag'>): void {
    if (request.method === 'ACK') return;
    const toTag = `${this.#tagPrefix}s${new ShortHash(this.#tagSeed).add(request.callId).add(request.via?.branch ?? '').text}`;
    const text = buildReply(request, source, { server: this.#options.serverHeader, ...parts, toTag });
    this.#sender.sendReply(text, request, source, parts.forceRport === true);
  }

  refuseUnparsable(failure: ParseFailure, source: Source): void {
    this.#counters.unparsable.value += 1;
    const { message } = failure;
    if (this.#logger.debugEnabled) this.#logger.debug('a message could not be parsed', { why: failure.failure, address: source.address, port: source.port });
    if (failure.status === 0 || message === undefined || message.findField(VIA) < 0) {
      this.#counters.droppedUnparsable.value += 1;
      return;
    }
    // To where it came from, as if it had asked with `rport`: of a malformed request not even its port is believed.
    this.reply(message, source, { status: failure.status, reason: `${REFUSALS[failure.status] ?? 'Bad Request'} (${failure.failure})`, forceRport: true });
  }

  /** @param head what came of the message up to where its end could not be found in the stream */
  refuseUnframed(source: Source, reason: FramingError, head: string): void {
    this.#counters.framingErrors.value += 1;
    const parsed = parseMessage(`${head.split('\r\n\r\n', 1)[0]!}\r\n\r\n`, this.#options.messageLimits);
    const message = isParseFailure(parsed) ? parsed.message : parsed;
    if (message === undefined || !message.isRequest || message.findField(VIA) < 0) return;
    const status = reason.endsWith('too-large') ? 513 : 400;
    this.reply(message, source, { status, reason: `${REFUSALS[status]} (${reason})` });
  }

  refuseForOverload(request: SipMessage, source: Source): void {
    this.#counters.overload.value += 1;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lastOverloadLineMs >= OVERLOAD_LINE_MS) {
      this.#lastOverloadLineMs = nowMs;
      this.#logger.warn('limits.maxTransactions is reached, new requests are answered with 503', { maxTransactions: this.#options.maxTransactions });
    }
    this.reply(request, source, { status: 503, reason: 'Service Unavailable', headers: `Retry-After: ${this.#options.retryAfterS}\r\n` });
  }
}
