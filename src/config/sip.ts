import { choice, integer, line, list, optionalLine } from './option.ts';
import { listenAddress, servedDomain, type ListenAddress } from './notations.ts';
import { section } from './section.ts';

/** Where the service listens when nobody says otherwise. */
const DEFAULT_LISTEN: readonly ListenAddress[] = [
  { transport: 'udp', host: '0.0.0.0', port: 5060 },
  { transport: 'udp', host: '::', port: 5060 },
  { transport: 'tcp', host: '0.0.0.0', port: 5060 },
  { transport: 'tcp', host: '::', port: 5060 },
];

/** A header value: printable, on one line, since a line end would begin another header. */
const HEADER_VALUE = /^[\x20-\x7e\u00a0-\uffff]{0,128}$/;

export const SIP = section(
  'Where the service listens, which names are its own, and the timers of RFC 3261.',
  {
    listen: list(listenAddress, {
      default: DEFAULT_LISTEN,
      max: 32,
      doc: 'Addresses that take SIP, each as transport:address:port. Port 0 takes any free port. Name one address for each network when the machine has several and only some should take SIP.',
      kamailio: 'listen',
    }),
    udpEngine: choice(['auto', 'batch', 'dgram'], {
      default: 'auto',
      doc: 'What moves the datagrams. "batch" is an addon that passes up to 64 of them with one system call and is built when the package is installed on Linux with a C compiler; "dgram" is Node\'s own and costs several times as much processor time. "auto" is "batch" where that is built. Set "batch" to be told at the start when it is not, "dgram" to do without the addon.',
    }),
    warmUpMs: integer({
      default: 2000,
      min: 0,
      max: 60_000,
      doc: 'Milliseconds that the SIP process may make calls to itself before it listens, so that its program is compiled when the first real call comes. They go through instances of the script that are made for it, and reach nothing outside. 0 leaves them out, and the first calls after a start wait up to some tenths of a second.',
    }),
    domains: list(servedDomain, {
      default: [],
      max: 1000,
      doc: 'Domains and addresses that are ours, with or without a port. The addresses that the service listens on are always ours. Set it to the domain that users have in their SIP address.',
      kamailio: 'alias',
      rfc: '3261 §16.4, §16.5',
    }),
    advertise: optionalLine({
      expected: 'a host name or an address, IPv6 without brackets, no port',
      accepts: (text) => /^(?:[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45})$/.test(text),
      doc: 'Name or address that stands for us in Via and Record-Route. Set it where the machine does not have the address that phones reach it by: in a container with published ports, behind the NAT of a cloud.',
      defaultText: 'the address of the machine that is nearest to the peer',
      kamailio: 'advertised_address',
      rfc: '3261 §18.1.1',
    }),
    serverHeader: line({
      default: 'sipweet',
      expected: 'one line of at most 128 characters',
      accepts: (text) => HEADER_VALUE.test(text),
      doc: 'Value of the Server header of our own replies; empty leaves the header out.',
      kamailio: 'server_header',
      rfc: '3261 §20.35',
    }),
    t1Ms: integer({
      default: 500,
      min: 10,
      max: 10_000,
      doc: 'Estimate of the round-trip time in milliseconds: the first retransmission comes after it, and a transaction gives up after 64 times as long. Raise it for satellite links only: every failure is noticed later.',
      rfc: '3261 §17.1.1.1',
      kamailio: 'tm.retr_timer1',
    }),
    t2Ms: integer({
      default: 4000,
      min: 10,
      max: 60_000,
      doc: 'Longest time in milliseconds between two retransmissions of a request that is not INVITE, and of a final reply to INVITE.',
      rfc: '3261 §17.1.2.2',
      kamailio: 'tm.retr_timer2',
    }),
    t4Ms: integer({
      default: 5000,
      min: 0,
      max: 60_000,
      doc: 'Longest time in milliseconds that a message stays in the network; a finished transaction over UDP absorbs retransmissions for that long.',
      rfc: '3261 §17.1.2.2',
      kamailio: 'tm.wait_timer',
    }),
    timerCMs: integer({
      default: 181_000,
      min: 180_001,
      max: 3_600_000,
      doc: 'Time in milliseconds after which a branch that only rings is cancelled, counted anew at each provisional reply. The RFC wants more than three minutes.',
      rfc: '3261 §16.6 step 11',
    }),
    frTimerMs: integer({
      default: 30_000,
      min: 100,
      max: 600_000,
      doc: 'Time in milliseconds within which a branch must have sent any reply, else it counts as 408.',
      kamailio: 'tm.fr_timer',
    }),
    frInvTimerMs: integer({
      default: 120_000,
      min: 1000,
      max: 3_600_000,
      doc: 'Time in milliseconds that a phone may ring, counted from its first provisional reply; then the branch is cancelled and the call counts as not answered. Lower it to notify of a missed call sooner.',
      kamailio: 'tm.fr_inv_timer',
    }),
  },
  (values) => [
    ...(values.t2Ms < values.t1Ms ? [{ option: 't2Ms', text: 'must not be less than sip.t1Ms' } as const] : []),
    ...(values.listen.length === 0 ? [{ option: 'listen', text: 'must name at least one address' } as const] : []),
  ],
);
