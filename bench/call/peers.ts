/**
 * What a caller and a callee say in a call through a record-routing proxy, as the scenarios of
 * `bench/side-by-side` have it. They do no more than they must: slices of what they got, and one copy.
 */
import { HOST } from './node.ts';

export const CALLER_PORT = 5071;
export const CALLEE_PORT = 5081;

const SDP = 'v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n';
const WITH_SDP = `Content-Type: application/sdp\r\nContent-Length: ${SDP.length}\r\n\r\n${SDP}`;
const NO_BODY = 'Content-Length: 0\r\n\r\n';
const CALLEE = `sip:${HOST}:${CALLEE_PORT};transport=UDP`;

const copy = Buffer.alloc(65_536);

/** As a socket hands it over: one flat one-byte string of its own. */
function flat(text: string): string {
  return copy.toString('latin1', 0, copy.write(text, 0, 'latin1'));
}

export class Peers {
  readonly #proxy: string;

  /** @param port where the proxy listens */
  constructor(port: number) {
    this.#proxy = `${HOST}:${port}`;
  }

  register(user: number): string {
    return flat(
      `REGISTER sip:${this.#proxy} SIP/2.0\r\nVia: SIP/2.0/UDP ${HOST}:${CALLEE_PORT};branch=z9hG4bK-r-${user}\r\n` +
        `From: <sip:u${user}@${this.#proxy}>;tag=r${user}\r\nTo: <sip:u${user}@${this.#proxy}>\r\nCall-ID: reg-${user}@${HOST}\r\nCSeq: 1 REGISTER\r\n` +
        `Contact: <${CALLEE}>\r\nExpires: 10000000\r\nMax-Forwards: 70\r\n${NO_BODY}`,
    );
  }

  invite(call: number, user: number): string {
    return flat(
      `INVITE sip:u${user}@${this.#proxy} SIP/2.0\r\nVia: SIP/2.0/UDP ${HOST}:${CALLER_PORT};branch=z9hG4bK-${call}-0\r\n` +
        `From: caller <sip:caller@${HOST}:${CALLER_PORT}>;tag=f${call}\r\nTo: callee <sip:u${user}@${this.#proxy}>\r\nCall-ID: ${call}-4711@${HOST}\r\nCSeq: 1 INVITE\r\n` +
        `Contact: sip:caller@${HOST}:${CALLER_PORT}\r\nMax-Forwards: 70\r\n${WITH_SDP}`,
    );
  }

  ack(call: number, user: number): string {
    return this.#inDialog('ACK', 1, call, user);
  }

  bye(call: number, user: number): string {
    return this.#inDialog('BYE', 2, call, user);
  }

  #inDialog(method: string, cseq: number, call: number, user: number): string {
    return flat(
      `${method} ${CALLEE} SIP/2.0\r\nVia: SIP/2.0/UDP ${HOST}:${CALLER_PORT};branch=z9hG4bK-${call}-${method}\r\nRoute: <sip:${this.#proxy};lr;ftag=f${call}>\r\n` +
        `From: caller <sip:caller@${HOST}:${CALLER_PORT}>;tag=f${call}\r\nTo: callee <sip:u${user}@${this.#proxy}>;tag=t${call}\r\nCall-ID: ${call}-4711@${HOST}\r\nCSeq: ${cseq} ${method}\r\n` +
        `Contact: sip:caller@${HOST}:${CALLER_PORT}\r\nMax-Forwards: 70\r\n${NO_BODY}`,
    );
  }

  /** @param request as it reached the callee: its Vias and Record-Route go back */
  ringing(request: string, call: number): string {
    return flat(`SIP/2.0 180 Ringing\r\n${answered(request, `;tag=t${call}`)}Contact: <${CALLEE}>\r\n${NO_BODY}`);
  }

  ok(request: string, call: number): string {
    return flat(`SIP/2.0 200 OK\r\n${answered(request, `;tag=t${call}`)}Contact: <${CALLEE}>\r\n${WITH_SDP}`);
  }

  byeOk(request: string): string {
    return flat(`SIP/2.0 200 OK\r\n${answered(request, '')}${NO_BODY}`);
  }
}

/** From the first header field to CSeq, which is how far these requests are copied into a response. */
function answered(request: string, toTag: string): string {
  const start = request.indexOf('\r\n') + 2;
  const toEnd = request.indexOf('\r\nCall-ID:');
  return request.slice(start, toEnd) + toTag + request.slice(toEnd, request.indexOf('\r\nContact:') + 2);
}
