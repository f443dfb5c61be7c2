import { integer } from './option.ts';
import { section } from './section.ts';

const MIB = 1024 * 1024;

export const LIMITS = section('What the service takes at most, and what happens at each limit. Every refusal is counted.', {
  maxMessageBytes: integer({
    default: 65_535,
    min: 1300,
    max: 1_048_576,
    doc: 'Size of a SIP message in bytes, headers and body. A longer one over TCP gets 513 where a reply is possible and the connection is closed.',
    rfc: '3261 §18.1.1',
    kamailio: 'tcp_rd_buf_size',
  }),
  maxHeaderBytes: integer({
    default: 16_384,
    min: 2048,
    max: 65_535,
    doc: 'Size in bytes of the header section of a message over TCP. A longer one closes the connection.',
  }),
  maxHeaders: integer({
    default: 256,
    min: 32,
    max: 4096,
    doc: 'Header fields in one message. A message with more gets 513.',
  }),
  maxTransactions: integer({
    default: 300_000,
    min: 100,
    max: 5_000_000,
    doc: 'Server transactions alive at once; over UDP each stays for up to 32 s after its end, so a call takes two for that long: the default lasts for some 4,500 calls a second. At the limit new requests get 503 with Retry-After. Lower it on a machine with little memory.',
  }),
  maxStoredMessages: integer({
    default: 100,
    min: 1,
    max: 100_000,
    doc: 'Messages that KSR.msilo keeps for one user; past it the next is not kept, and the script tells its sender.',
    kamailio: 'msilo.max_messages',
  }),
  retryAfterS: integer({
    default: 10,
    min: 1,
    max: 3600,
    doc: 'Seconds in the Retry-After header of a 503 that a limit caused.',
    rfc: '3261 §20.33',
  }),
  maxBranches: integer({
    default: 12,
    min: 1,
    max: 64,
    doc: 'Targets that one request is forked to. Targets past it, those with the lowest q, are not tried.',
    kamailio: 'max_branches',
  }),
  maxBreadth: integer({
    default: 60,
    min: 1,
    max: 1000,
    doc: 'Value of Max-Breadth given to a request that has none: how many branches it may have at the same time in the whole network. Past it 440 is sent.',
    rfc: '5393 §5.3',
  }),
  maxTcpConnections: integer({
    default: 2048,
    min: 1,
    max: 1_000_000,
    doc: 'TCP connections open at once. At the limit the connection that was idle longest is closed for a new one.',
    kamailio: 'tcp_max_connections',
  }),
  maxTcpConnectionsPerAddress: integer({
    default: 128,
    min: 1,
    max: 1_000_000,
    doc: 'TCP connections from one IP address; more are closed at once. Raise it when many phones stand behind one NAT.',
    kamailio: 'tcp_accept_iplimit',
  }),
  tcpMessageMs: integer({
    default: 20_000,
    min: 1000,
    max: 600_000,
    doc: 'Time in milliseconds within which a message that has begun must be complete, else the connection is closed.',
    kamailio: 'tcp_msg_read_timeout',
  }),
  tcpIdleMs: integer({
    default: 3_605_000,
    min: 1000,
    max: 86_400_000,
    doc: 'Time in milliseconds after which a silent connection is closed. Keep it above registrar.maxExpiresS, or a registered phone loses the connection that calls reach it by.',
    kamailio: 'tcp_connection_lifetime',
  }),
  tcpConnectMs: integer({
    default: 10_000,
    min: 100,
    max: 120_000,
    doc: 'Time in milliseconds that opening a connection may take; then the target counts as unreachable.',
    kamailio: 'tcp_connect_timeout',
  }),
  maxBindings: integer({
    default: 500_000,
    min: 1,
    max: 50_000_000,
    doc: 'Registered contacts of all users together. At the limit a new one gets 503; refreshing and removing go on.',
  }),
  maxParkedRoutes: integer({
    default: 1000,
    min: 0,
    max: 1_000_000,
    doc: 'Script routes that wait at once for an answer, such as of SQL. Past it the function that would wait fails at once with its error code.',
  }),
  maxLuaInstructions: integer({
    default: 1_000_000,
    min: 1000,
    max: 1_000_000_000,
    doc: 'Instructions of the Lua machine in one run of a route. A run past it is stopped with an error in the log, and the request gets 500. All traffic waits while a route runs: a million took from 60 to 550 ms on a small server.',
  }),
  maxSpoolBytes: integer({
    default: 256 * MIB,
    min: MIB,
    max: 64 * 1024 * MIB,
    doc: 'Size in bytes of the spool that holds events until the queue has taken them. When it is full, mq_add fails and the event is counted as lost.',
  }),
});
