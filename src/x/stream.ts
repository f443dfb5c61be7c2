import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { Timer } from '../base/timer-wheel.ts';
import type { XAgent } from './agents.ts';
import type { XAppClient } from './app-client.ts';
import { agentFor, type XConnectionOptions } from './calls.ts';
import { failureOfAnswer } from './failure-of.ts';
import { listOf, recordOf, textOf, type JsonRecord } from './json.ts';
import { XFailure } from './port.ts';
import type { AnswerHeaders } from './rate-limit-reset.ts';
import { StreamBackoff, type StreamTrouble } from './stream-backoff.ts';
import { StreamLines } from './stream-lines.ts';

export interface XStreamOptions extends XConnectionOptions {
  readonly app: Pick<XAppClient, 'bearer' | 'forgetBearer' | 'closeConnections'>;
  /** Path and query: `/2/tweets/search/stream?…`. */
  readonly path: string;
  /** What X must know before the stream makes sense: its rules, its subscriptions. Asked for before the first connect, and again when X misses them. */
  readonly prepare: () => Promise<void>;
  /** Called for every object that is not an error; must return at once. */
  readonly onMessage: (message: JsonRecord) => void;
  /** From 0 to 1, for jitter. */
  readonly random?: () => number;
}

/** X sends a heartbeat every 20 s. */
const SILENCE_MS = 30_000;
/** A connection that lived this long makes earlier troubles forgotten. */
const HEALTHY_MS = 60_000;
const MAX_LINE_LENGTH = 1_000_000;
const MAX_ERROR_BYTES = 65_536;
/** Refusals in a row after which a connection that nobody reads any more is believed to hold the place. */
const REFUSALS_BEFORE_CLOSING = 3;

/** How a connection ended. */
interface Ending {
  readonly trouble: StreamTrouble;
  readonly reason: string;
  /** When X said that it may be tried again. */
  readonly retryAtMs?: number;
}

/**
 * A stream of X (filtered posts, activity), kept open. It is there for speed alone: what it misses
 * while it is away is found by the polls, because X gives nothing twice on it.
 *
 * The reader of the HTTP library is not used: it loses a post whose `\r\n` comes alone, breaks characters
 * that are split over two chunks, and reconnects without pause to a server that closes at once.
 */
export class XStream {
  readonly #options: XStreamOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #agent: XAgent;
  readonly #backoff: StreamBackoff;
  #isPrepared = false;
  #refusals = 0;
  #abort: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: XStreamOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#agent = agentFor(options);
    this.#backoff = new StreamBackoff(options.random);
  }

  start(): void {
    if (this.#abort !== undefined) return;
    this.#abort = new AbortController();
    this.#running = this.#run(this.#abort.signal);
  }

  /** Closes the connection, also one that is being opened: X would count it against the next one. */
  async stop(): Promise<void> {
    this.#abort?.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startMs = this.#clock.monotonicMs();
      const { trouble, reason, retryAtMs } = await this.#session(signal);
      if (signal.aborted) return;
      if (trouble === 'closed' && this.#clock.monotonicMs() - startMs >= HEALTHY_MS) this.#backoff.reset();
      const waitMs = this.#backoff.next(trouble, retryAtMs === undefined ? 0 : retryAtMs - this.#clock.now());
      this.#tell({ trouble, reason }, waitMs);
      await this.#rest(waitMs, signal);
    }
  }

  /** From the connect to the end of the connection. Never rejects. */
  async #session(signal: AbortSignal): Promise<Ending> {
    const { app, path, prepare } = this.#options;
    let bearer: string;
    try {
      if (!this.#isPrepared) await prepare();
      this.#isPrepared = true;
      bearer = await app.bearer();
    } catch (thrown) {
      return endingOf(thrown);
    }
    if (signal.aborted) return { trouble: 'closed', reason: 'stopped' };

    const headers = { authorization: `Bearer ${bearer}`, accept: 'application/json', 'accept-encoding': 'identity' };
    const request = https.get({ agent: this.#agent, host: 'api.x.com', path, headers, signal });
    let isOpen = false;
    let isSilent = false;
    const giveUp = () => {
      isSilent = true;
      request.destroy();
    };
    const watchdog = new Timer({ onTimer: giveUp });
    this.#clock.arm(watchdog, SILENCE_MS);
    try {
      const response = await responseTo(request);
      if (response.statusCode !== 200) return await this.#refused(response);
      isOpen = true;
      this.#refusals = 0;
      this.#logger.info('The stream of X is open', { path: path.split('?')[0] });
      return await this.#read(response, watchdog);
    } catch (thrown) {
      // Whoever reads a response that we destroy only hears that it was aborted.
      const reason = isSilent ? `nothing came for ${SILENCE_MS / 1000} s` : errorText(thrown);
      return { trouble: isOpen ? 'closed' : 'network', reason };
    } finally {
      this.#clock.disarm(watchdog);
      request.destroy();
    }
  }

  async #read(response: IncomingMessage, watchdog: Timer): Promise<Ending> {
    const lines = new StreamLines(MAX_LINE_LENGTH);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      this.#clock.arm(watchdog, SILENCE_MS);
      for (const line of lines.push(chunk)) {
        const error = this.#line(line);
        if (error !== undefined) return { trouble: 'closed', reason: error };
      }
    }
    return { trouble: 'closed', reason: 'X ended it' };
  }

  /** Hands a message on. The sentence of an error that X sent in the stream, after which nothing more comes. */
  #line(line: string): string | undefined {
    const message = recordOf(parse(line));
    if (message === undefined) {
      this.#logger.warn('X streams something that is not a JSON object', { length: line.length });
      return undefined;
    }
    const error = recordOf(listOf(message['errors'])?.[0]);
    // A post with `errors` beside its `data` lacks a part, such as an author who is suspended.
    if (error !== undefined && message['data'] === undefined) {
      return (textOf(error['detail']) ?? textOf(error['title']) ?? 'an error without a text').slice(0, 500);
    }
    this.#options.onMessage(message);
    return undefined;
  }

  /** X answered, but not with a stream. */
  async #refused(response: IncomingMessage): Promise<Ending> {
    const status = response.statusCode ?? 0;
    const body = parse(await bodyOf(response));
    const issue = textOf(recordOf(body)?.['connection_issue']);
    const failure = failureOfAnswer({ status, body, headers: response.headers as AnswerHeaders }, { write: false, nowMs: this.#clock.now() });
    if (status === 401) this.#options.app.forgetBearer();
    // 409: the app has no rules, so somebody has removed ours.
    if (status === 409 || issue === 'RuleConfigurationIssue') this.#isPrepared = false;
    if (issue === 'TooManyConnections') await this.#freePlace();
    // A 429 for its connections names no time: the headers speak of the connects.
    return issue === 'TooManyConnections' ? { trouble: 'rate-limited', reason: failure.reason } : endingOf(failure);
  }

  /** Our own earlier connection may hold the only place, half-open after a crash or a broken network. */
  async #freePlace(): Promise<void> {
    this.#refusals += 1;
    if (this.#refusals < REFUSALS_BEFORE_CLOSING) return;
    this.#refusals = 0;
    try {
      await this.#options.app.closeConnections();
      this.#backoff.reset();
      this.#logger.warn('Another connection held the place of the stream: all streams of the app were closed');
    } catch (thrown) {
      this.#logger.warn('The connections of the app could not be closed', { reason: errorText(thrown) });
    }
  }

  #tell({ trouble, reason }: Ending, waitMs: number): void {
    const fields = { reason, trouble, againInS: Math.round(waitMs / 1000) };
    if (trouble === 'operator') this.#logger.error('X does not give us its stream; the polls go on without it', fields);
    else this.#logger.info('The stream of X is closed; the polls go on without it', fields);
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = new Timer({ onTimer: () => end() });
      const end = () => {
        this.#clock.disarm(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      signal.addEventListener('abort', end);
      this.#clock.arm(timer, ms);
    });
  }
}

function endingOf(thrown: unknown): Ending {
  const reason = errorText(thrown);
  if (!(thrown instanceof XFailure)) return { trouble: 'http', reason };
  switch (thrown.class) {
    case 'rate-limited':
      return { trouble: 'rate-limited', reason, ...(thrown.retryAtMs === undefined ? {} : { retryAtMs: thrown.retryAtMs }) };
    case 'unavailable':
    case 'uncertain':
      return { trouble: thrown.status === undefined ? 'network' : 'http', reason };
    case 'payment':
    case 'refused':
      return { trouble: 'operator', reason };
    case 'unauthorized':
      // A token that was revoked is replaced by the next try; an app without the permission has to be changed.
      return { trouble: thrown.status === 401 ? 'http' : 'operator', reason };
    case 'invalid':
      return { trouble: 'http', reason };
  }
}

function responseTo(request: ReturnType<typeof https.get>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
}

/** The body of an error, cut at `MAX_ERROR_BYTES`. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ERROR_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
