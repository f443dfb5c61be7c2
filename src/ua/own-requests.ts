import { randomHex } from '../base/ids.ts';
import { canonicalName } from '../sip/headers/header-id.ts';
import { AGENT_HEADERS, NOT_SINGLE } from '../sip/message/single-request.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { RequestParts } from './caller-agent.ts';
import { credentialsLine } from './login.ts';
import { isCallable } from './name-address.ts';
import type { ServiceAgent } from './service-agent.ts';

/** Requests on their way at once; one more is not sent. */
const MAX_PENDING = 1000;

const TOKEN = /^[\w!%*+`'~.-]{1,32}$/;

/** A request outside of any dialog; see `OutgoingRequest` of the script's ports. */
export interface OwnRequest {
  readonly method: string;
  readonly requestUri: string;
  readonly fromUri: string;
  readonly toUri: string;
  /** Whole header lines, each with its CRLF. */
  readonly headers: string;
  readonly body: string;
  /** '' takes a new one. */
  readonly callId: string;
  /** Log-in for a challenge; '' for none. */
  readonly user: string;
  readonly password: string;
  readonly isHash: boolean;
}

/** Sends single requests of the service through its own routing, and answers their challenges. */
export class OwnRequests {
  readonly #agent: ServiceAgent;
  #pending = 0;

  constructor(agent: ServiceAgent) {
    this.#agent = agent;
  }

  /**
   * Sends a request. False when it could not be sent at all: no socket, too many on their way, a method
   * that needs a dialog, or texts that are no URI, no token or no header lines.
   *
   * @param onReply called once with the status of the final response, 408 when there was none
   */
  send(request: OwnRequest, onReply: (status: number) => void): boolean {
    if (this.#agent.local === undefined || this.#pending >= MAX_PENDING || !isSendable(request)) return false;
    this.#pending += 1;
    const parts: RequestParts = {
      method: request.method,
      uri: request.requestUri,
      from: `<${request.fromUri}>;tag=${randomHex(4)}`,
      to: `<${request.toUri}>`,
      callId: request.callId === '' ? randomHex(16) : request.callId,
      cseq: 0,
      headers: request.headers,
      body: request.body,
    };
    void this.#attempt(parts, request).then((status) => {
      this.#pending -= 1;
      onReply(status);
    });
    return true;
  }

  isOwn(source: { readonly protocol: string; readonly address: string; readonly port: number }): boolean {
    return this.#agent.isOwn(source);
  }

  async #attempt(parts: RequestParts, { method, requestUri, user, password, isHash }: OwnRequest): Promise<number> {
    const { core } = this.#agent;
    let credentials: string | undefined = '';
    for (let answered = 0; ; answered += 1) {
      const response: SipMessage | undefined = await core.request({ ...parts, cseq: core.nextCSeq(), headers: parts.headers + credentials });
      credentials = response === undefined || user === '' ? undefined : credentialsLine(response, { user, password, isHash }, { method, uri: requestUri, answered });
      if (credentials === undefined) return response?.status ?? 408;
    }
  }
}

function isSendable({ method, requestUri, fromUri, toUri, headers, callId }: OwnRequest): boolean {
  if (!TOKEN.test(method) || NOT_SINGLE.has(method.toUpperCase())) return false;
  if (![requestUri, fromUri, toUri].every(isCallable)) return false;
  if (!/^[\x21-\x7e]{0,256}$/.test(callId)) return false;
  return areHeaderLines(headers);
}

/** True for whole lines of ours to add: a name that is free to be set, a value on the same line. */
function areHeaderLines(text: string): boolean {
  if (text === '') return true;
  if (!text.endsWith('\r\n')) return false;
  return text.slice(0, -2).split('\r\n').every((line) => {
    const match = /^([\w!%*+`'~.-]+):[^\r\n\0]*$/.exec(line);
    return match !== null && !AGENT_HEADERS.has(canonicalName(match[1]!));
  });
}
