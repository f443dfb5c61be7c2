/** SIP messages as text, as far as this load needs them: one Via of its own, no body. */

export interface RequestLines {
  readonly method: string;
  readonly uri: string;
  /** Top Via with its branch. */
  readonly via: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly more?: readonly string[];
}

export function requestText({ method, uri, via, from, to, callId, cseq, more = [] }: RequestLines): string {
  const lines = [`Via: ${via}`, 'Max-Forwards: 70', `From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, ...more];
  return `${method} ${uri} SIP/2.0\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
}

/** The answer to a request: its Vias, Record-Routes and identifying lines again (RFC 3261 §8.2.6). */
export function responseText(request: string, status: string, toTag: string, more: readonly string[] = []): string {
  const kept = request
    .split('\r\n')
    .filter((line) => /^(Via|Record-Route|From|Call-ID|CSeq):/i.test(line))
    .join('\r\n');
  const to = headerOf(request, 'To');
  const tagged = to.includes(';tag=') ? to : `${to};tag=${toTag}`;
  return `SIP/2.0 ${status}\r\n${kept}\r\nTo: ${tagged}\r\n${more.map((line) => `${line}\r\n`).join('')}Content-Length: 0\r\n\r\n`;
}

/** The value of the first header of that name; empty when there is none. */
export function headerOf(message: string, name: string): string {
  const mark = `\r\n${name}: `;
  const at = message.indexOf(mark);
  if (at === -1) return '';
  const start = at + mark.length;
  return message.slice(start, message.indexOf('\r\n', start));
}

/** The route set of who called (§12.1.2): the Record-Routes from the last to the first, as Route lines. */
export function routesOf(response: string): readonly string[] {
  return [...response.matchAll(/\r\nRecord-Route: ([^\r]+)/g)].map(([, route]) => `Route: ${route}`).reverse();
}

/** The address in `<…>`. */
export function uriIn(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value;
}
