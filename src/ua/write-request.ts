import type { RequestParts } from './caller-agent.ts';

/** How a request leaves: our `host:port` in Via, and the branch of its transaction. */
export interface RequestHop {
  readonly sentBy: string;
  readonly branch: string;
}

/** A request of a user agent as it goes out, over UDP (RFC 3261 §8.1.1, §12.2.1.1). */
export function writeRequest(parts: RequestParts, { sentBy, branch }: RequestHop): string {
  const { body = '', headers = '', routes = [] } = parts;
  return (
    `${parts.method} ${parts.uri} SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP ${sentBy};branch=${branch};rport\r\n` +
    routes.map((route) => `Route: ${route}\r\n`).join('') +
    `Max-Forwards: 70\r\nFrom: ${parts.from}\r\nTo: ${parts.to}\r\nCall-ID: ${parts.callId}\r\nCSeq: ${parts.cseq} ${parts.method}\r\n` +
    `${headers}User-Agent: sipweet\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}
