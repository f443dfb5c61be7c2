import { fileURLToPath } from 'node:url';
import { choice, flag, integer, line, optionalLine, table, textTable } from './option.ts';
import { urlOf } from './notations.ts';
import { section } from './section.ts';

/** The routing script that comes with the package; it is used when `script.path` is not set. */
export const PACKAGED_SCRIPT = fileURLToPath(new URL('../../lua/sipweet.lua', import.meta.url));

/** What stands for the service's own database in `script.sqlConnections`. */
export const OWN_DATABASE = 'service';

const databaseUrl = urlOf(['postgres', 'postgresql']);

export const SCRIPT = section('The routing script and what Kamailio calls the parameters of its modules.', {
  path: optionalLine({
    expected: 'a path of a file',
    accepts: (text) => text !== '',
    doc: 'The routing script in Lua. A relative path starts at the working directory.',
    defaultText: '`lua/sipweet.lua` of the package',
    kamailio: 'app_lua.load',
  }),
  engine: choice(['compiled', 'interpreter'], {
    default: 'compiled',
    doc: '"compiled" makes JavaScript of the script when it is loaded; a script that uses something which cannot be compiled is interpreted, with a line in the log that says what it is. "interpreter" always interprets: the same script takes some thirty times as long. See docs/lua.md.',
  }),
  waitMs: integer({
    default: 10_000,
    min: 100,
    max: 300_000,
    doc: 'Time in milliseconds that a function of the script may wait for its answer; then it fails with its error code and the route goes on.',
  }),
  htables: table(
    {
      autoexpireS: integer({
        default: 0,
        min: 0,
        max: 31_536_000,
        doc: 'Seconds after which an entry goes away, counted from its last change; 0 keeps it.',
        kamailio: 'htable.autoexpire',
      }),
      initval: optionalLine({
        expected: 'a text or a quoted number',
        doc: 'Value that a missing key is read as; a whole number is read as a number.',
        defaultText: 'null',
        kamailio: 'htable.initval',
      }),
      maxEntries: integer({
        default: 100_000,
        min: 1,
        max: 10_000_000,
        doc: 'Entries that the table takes; at the limit the function that sets a new one fails.',
        kamailio: 'htable.size',
      }),
    },
    {
      default: {
        ipban: { autoexpireS: 300, initval: undefined, maxEntries: 100_000 },
        profiles: { autoexpireS: 0, initval: undefined, maxEntries: 100_000 },
      },
      doc: 'Tables in memory of KSR.htable and $sht(name=>key).',
      kamailio: 'htable.htable',
    },
  ),
  mqueues: table(
    {
      direction: choice(['out', 'in', 'local'], {
        default: 'out',
        doc: '"out": what mq_add puts in goes by the spool to the workers as a job of that name. "in": results of workers, taken by mq_fetch. "local": both ends in the script, in memory.',
      }),
      maxItems: integer({
        default: 10_000,
        min: 1,
        max: 1_000_000,
        doc: 'Items that a queue of direction "local" holds; past it the oldest is dropped, as Kamailio does.',
        kamailio: 'mqueue.size',
      }),
    },
    {
      default: {
        'missed-call': { direction: 'out', maxItems: 10_000 },
        'instant-message': { direction: 'out', maxItems: 10_000 },
        'call-event': { direction: 'out', maxItems: 10_000 },
        'sip-command': { direction: 'in', maxItems: 10_000 },
        'direct-message-result': { direction: 'in', maxItems: 10_000 },
      },
      doc: 'Queues of KSR.mqueue.',
      kamailio: 'mqueue.mqueue',
    },
  ),
  timers: table(
    {
      intervalMs: integer({
        default: 1000,
        min: 10,
        max: 86_400_000,
        doc: 'Milliseconds between two runs; a run that is late delays the next one.',
        kamailio: 'rtimer.interval',
      }),
      route: line({
        default: 'ksr_rtimer',
        expected: 'the name of a global Lua function',
        accepts: (text) => /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(text),
        doc: 'The global Lua function that runs.',
        kamailio: 'rtimer.exec',
      }),
    },
    {
      default: {
        results: { intervalMs: 1000, route: 'ksr_rtimer_results' },
        commands: { intervalMs: 250, route: 'ksr_rtimer_commands' },
        profiles: { intervalMs: 2000, route: 'ksr_rtimer_profiles' },
        alive: { intervalMs: 5000, route: 'ksr_rtimer_alive' },
      },
      doc: 'Timed routes of the module rtimer.',
      kamailio: 'rtimer.timer',
    },
  ),
  sqlConnections: textTable({
    default: { db: OWN_DATABASE },
    expected: `"${OWN_DATABASE}" or ${databaseUrl.expected}`,
    accepts: (text) => text === OWN_DATABASE || databaseUrl.accepts!(text),
    secret: 'url',
    doc: `Connections of KSR.sqlops, as name and URL; "${OWN_DATABASE}" stands for the database of the service itself.`,
    kamailio: 'sqlops.sqlcon',
  }),
  pikeSamplingUnitS: integer({
    default: 2,
    min: 1,
    max: 3600,
    doc: 'Seconds over which KSR.pike counts the requests of an address.',
    kamailio: 'pike.sampling_time_unit',
  }),
  pikeRequestsPerUnit: integer({
    default: 400,
    min: 1,
    max: 10_000_000,
    doc: 'Requests of one address within the sampling unit before it is blocked. The default lets an office of several hundred phones behind one NAT through; a busy trunk belongs in the table `address`, which the script asks first.',
    kamailio: 'pike.reqs_density_per_unit',
  }),
  pikeBlockS: integer({
    default: 120,
    min: 1,
    max: 86_400,
    doc: 'Seconds that an address is remembered after its last request. A blocked one is let in again as soon as it stays below the limit for a sampling unit.',
    kamailio: 'pike.remove_latency',
  }),
  uacEventCallback: line({
    default: 'ksr_uac_event',
    expected: 'the name of a global Lua function',
    accepts: (text) => /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(text),
    doc: 'The global Lua function that is told how a request of KSR.uac ended, when $uac_req(evroute) was 1.',
    kamailio: 'uac.event_callback',
  }),
  messageExpireS: integer({
    default: 259_200,
    min: 60,
    max: 31_536_000,
    doc: 'Seconds that KSR.msilo keeps a message for somebody who is not there; the Expires of the message can shorten it.',
    kamailio: 'msilo.expire_time',
  }),
  messageDate: flag({
    default: true,
    doc: 'Whether a plain text that was kept begins with "[Offline message - …]" and the time it was received, in UTC. The Date header has the time anyway; few phones show it.',
    kamailio: 'msilo.add_date',
  }),
});
