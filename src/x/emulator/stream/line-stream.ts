import type { ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import { alarm } from '../alarm.ts';
import { connectionProblem, type Answer } from '../problems.ts';

/**
 * What can be made to happen on open streams:
 * - `split-utf8`: the next line comes in two chunks, cut inside a character of several bytes if it has one.
 * - `lone-crlf`: the end of the next line comes in a chunk of its own.
 * - `repeat`: the last line comes again. `unknown-message`: a message of a kind that nobody knows.
 * - `operational-disconnect`: X's error in the stream, then its end. `close`: the end. `cut`: the socket is destroyed.
 * - `silence`: nothing comes any more, no heartbeat either, and what happens meanwhile is lost; `resume` ends it.
 * - `heartbeats-off`, `heartbeats-on`: data comes, heartbeats do not.
 */
export const STREAM_ACTS = [
  'split-utf8',
  'lone-crlf',
  'repeat',
  'unknown-message',
  'operational-disconnect',
  'close',
  'cut',
  'silence',
  'resume',
  'heartbeats-off',
  'heartbeats-on',
] as const;

export type StreamAct = (typeof STREAM_ACTS)[number];

const HEARTBEAT_MS = 20_000;
const LINE_END = '\r\n';
/** A client that does not read is cut off at this many waiting bytes. */
const MAX_WAITING_BYTES = 1_048_576;

/** One client of a stream. */
export interface StreamConnection {
  readonly id: string;
  readonly connectedAtMs: number;
  /** The query that it connected with: it names the fields that it gets. */
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
}

/** A stream of JSON lines with heartbeats and a limit on its connections. */
export class LineStream {
  readonly name: string;
  readonly #clock: Clock;
  readonly #maxConnections: number;
  readonly #connections = new Map<string, StreamConnection>();
  /** How the next line is cut up. */
  #cutting: 'split-utf8' | 'lone-crlf' | undefined;
  #lastLine: string | undefined;
  #isSilent = false;
  #hasHeartbeats = true;
  #stopBeating: (() => void) | undefined;

  constructor(options: { name: string; maxConnections: number; clock: Clock }) {
    this.name = options.name;
    this.#maxConnections = options.maxConnections;
    this.#clock = options.clock;
  }

  /** Open ones; a slot is free again when the old socket has closed, not before. */
  get connections(): readonly StreamConnection[] {
    return [...this.#connections.values()];
  }

  /** Why there is no room for one more, if there is none. */
  get refusal(): Answer | undefined {
    if (this.#connections.size < this.#maxConnections) return undefined;
    return connectionProblem(429, 'TooManyConnections', 'This stream is currently at the maximum allowed connection limit.');
  }

  open(response: ServerResponse, query: URLSearchParams): void {
    const connection = { id: randomUUID(), connectedAtMs: this.#clock.now(), query, response };
    this.#connections.set(connection.id, connection);
    response.on('close', () => {
      this.#connections.delete(connection.id);
      if (this.#connections.size === 0) this.#stopBeating?.();
    });
    response.flushHeaders();
    if (this.#connections.size === 1) this.#beatLater();
  }

  /** Sends each connection what `lineFor` makes for it; nothing where it makes nothing. Returns how many got it. */
  send(lineFor: (connection: StreamConnection) => object | undefined): number {
    if (this.#isSilent) return 0;
    let sent = 0;
    for (const connection of this.connections) {
      const value = lineFor(connection);
      if (value === undefined) continue;
      this.#lastLine = JSON.stringify(value);
      this.#writeLine(connection.response, this.#lastLine);
      sent += 1;
    }
    if (sent > 0) this.#cutting = undefined;
    return sent;
  }

  act(act: StreamAct): void {
    switch (act) {
      case 'split-utf8':
      case 'lone-crlf':
        this.#cutting = act;
        return;
      case 'silence':
      case 'resume':
        this.#isSilent = act === 'silence';
        return;
      case 'heartbeats-off':
      case 'heartbeats-on':
        this.#hasHeartbeats = act === 'heartbeats-on';
        return;
      case 'repeat':
        return this.#toAll(this.#lastLine === undefined ? '' : this.#lastLine + LINE_END);
      case 'unknown-message':
        return this.#toAll(JSON.stringify({ system: { message: 'something new' } }) + LINE_END);
      case 'operational-disconnect':
        this.#toAll(JSON.stringify({ errors: [OPERATIONAL_DISCONNECT] }) + LINE_END);
        return this.close();
      case 'close':
        return this.close();
      case 'cut':
        for (const { response } of this.connections) response.destroy();
    }
  }

  /** Ends every connection in order. */
  close(): void {
    for (const { response } of this.connections) response.end();
  }

  #writeLine(response: ServerResponse, line: string): void {
    if (response.writableLength > MAX_WAITING_BYTES) return void response.destroy();
    const bytes = Buffer.from(line + LINE_END);
    const at = this.#cutting === 'lone-crlf' ? bytes.length - 2 : this.#cutting === 'split-utf8' ? insideCharacter(bytes) : bytes.length;
    // Each write is a chunk of its own (RFC 9112 §7.1), which is what a client gets to see.
    response.write(bytes.subarray(0, at));
    if (at < bytes.length) response.write(bytes.subarray(at));
  }

  #toAll(text: string): void {
    if (text !== '') for (const { response } of this.connections) response.write(text);
  }

  #beatLater(): void {
    this.#stopBeating = alarm(this.#clock, HEARTBEAT_MS, () => {
      if (this.#hasHeartbeats && !this.#isSilent) this.#toAll(LINE_END);
      this.#beatLater();
    });
  }
}

const OPERATIONAL_DISCONNECT = {
  title: 'operational-disconnect',
  disconnect_type: 'UpstreamOperationalDisconnect',
  detail: 'This stream has been disconnected upstream for operational reasons.',
  type: 'https://api.x.com/2/problems/operational-disconnect',
};

/** A place inside the first character of several bytes; the middle when there is none. */
function insideCharacter(bytes: Buffer): number {
  const continuation = bytes.findIndex((byte) => (byte & 0xc0) === 0x80);
  return continuation === -1 ? bytes.length >> 1 : continuation;
}
