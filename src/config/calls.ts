import { hostOrAny, numberPrefix, servedDomain } from './notations.ts';
import { choice, flag, integer, list, optionalLine } from './option.ts';
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
    doc: 'Milliseconds that each side may ring before the call counts as not answered. A user of ours who is called rings no longer than RING_MS of the routing script. In flow I the callee rings for 30 s at most (60 times sip.t1Ms), for the phone that was rung first waits no longer.',
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
  gateway: optionalLine({
    expected: servedDomain.expected,
    accepts: (text) => servedDomain.read(text) !== undefined,
    doc: 'Host, or host:port, of the trunk that takes telephone numbers. Without it nobody can call one by writing.',
    defaultText: 'no telephone numbers',
  }),
  allowPrefixes: list(numberPrefix, {
    default: [],
    max: 1000,
    doc: 'First digits, with country code, of the telephone numbers that may be called: "+49", "+4930", in quotes in YAML. What no prefix names is refused. Of several that fit the longest decides, over calls.denyPrefixes too.',
  }),
  denyPrefixes: list(numberPrefix, {
    default: [],
    max: 1000,
    doc: 'Exceptions from calls.allowPrefixes. The longest prefix that fits decides, and at the same length this list.',
  }),
  allowPremium: flag({
    default: false,
    doc: 'Whether premium-rate and shared-cost numbers may be called where calls.allowPrefixes allows their prefix.',
  }),
  allowDomains: list(hostOrAny, {
    default: ['*'],
    max: 1000,
    doc: 'Hosts, beside our own domains, whose SIP addresses may be called; "*" is any. An address whose user looks like a telephone number is refused unless its host is named here, since that host may be somebody\'s gateway.',
  }),
  perUserPerDay: integer({
    default: 30,
    min: 0,
    max: 100_000,
    doc: 'Calls of one user within 24 hours, by writing or by schedule. The next one is refused and he is told.',
  }),
  perDay: integer({
    default: 500,
    min: 0,
    max: 10_000_000,
    doc: 'Calls of all users together within 24 hours. The next one is refused.',
  }),
  perDestinationPerDay: integer({
    default: 20,
    min: 1,
    max: 100_000,
    doc: 'Calls to one address or number within 24 hours by all users together: nobody is rung up all day.',
  }),
  activePerUser: integer({
    default: 1,
    min: 1,
    max: 1000,
    doc: 'Calls that one user has at a time.',
  }),
  activeInAll: integer({
    default: 100,
    min: 1,
    max: 100_000,
    doc: 'Calls of all users at a time, on all SIP processes together.',
  }),
  schedulesPerUser: integer({
    default: 50,
    min: 0,
    max: 10_000,
    doc: 'Calls and reminders at a time that one user may have waiting. The next one is refused and he is told.',
  }),
  graceMs: integer({
    default: 300_000,
    min: 1000,
    max: 86_400_000,
    doc: 'Milliseconds that a call or reminder may come too late, after an outage say. What is later does not ring; the user is told that it was missed.',
  }),
  commandsPerMinute: integer({
    default: 30,
    min: 1,
    max: 10_000,
    doc: 'Commands of one account within a minute. The next one is answered with that, those after it not at all.',
  }),
  commandsPerHour: integer({
    default: 200,
    min: 1,
    max: 100_000,
    doc: 'Commands of one account within an hour. The next one is answered with that, those after it not at all.',
  }),
  strangersPerDay: integer({
    default: 100,
    min: 0,
    max: 100_000,
    doc: 'Accounts without a link that are told within 24 hours how to get one, each once. Answers cost money: the others get none.',
  }),
});
