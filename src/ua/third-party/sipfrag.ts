/** The status of a `message/sipfrag` body that a NOTIFY of a REFER carries (RFC 3515 §2.4.5); 100 when it has none. */
export function sipfragStatus(body: string): number {
  return Number(/^SIP\/2\.0 ([1-6]\d\d)(?: |\r|\n|$)/.exec(body)?.[1] ?? 100);
}
