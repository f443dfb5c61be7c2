import { choice, integer } from './option.ts';
import { section } from './section.ts';

export const CALLS = section('Calls that the service makes because somebody asked for them on X.', {
  flow: choice(['auto', 'iv', 'i', 'refer'], {
    default: 'auto',
    doc: 'How the two sides of a call are connected: flow IV or flow I of RFC 3725, or REFER to the phone that was rung first. "auto" takes flow IV, and flow I with a phone that refuses an offer without media.',
    rfc: '3725',
  }),
  ringMs: integer({
    default: 45_000,
    min: 1000,
    max: 180_000,
    doc: 'Milliseconds that each side may ring before the call counts as not answered. In flow I the callee rings for 30 s at most (60 times sip.t1Ms), for the phone that was rung first waits no longer.',
  }),
  maxDurationMs: integer({
    default: 4 * 3600_000,
    min: 1000,
    max: 24 * 3600_000,
    doc: 'Milliseconds that two people may talk; then the call is ended, however well it goes.',
  }),
  maxActive: integer({
    default: 100,
    min: 1,
    max: 10_000,
    doc: 'Calls of this kind that one SIP process has at a time; at the limit, and past four times as many phones that ring, talk or are being hung up, the next one is not begun, and counted in calls.refused.',
  }),
});
