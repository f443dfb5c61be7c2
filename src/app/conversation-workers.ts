import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { randomHex } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { realmOf } from '../config/auth.ts';
import type { Config } from '../config/schema.ts';
import { CommandsTable } from '../db/tables/commands.ts';
import { CursorsTable } from '../db/tables/cursors.ts';
import { LeasesTable } from '../db/tables/leases.ts';
import { LedgerTable } from '../db/tables/ledger.ts';
import { Retention } from '../db/tables/retention.ts';
import { SipNodesTable } from '../db/tables/sip-nodes.ts';
import { Transactions } from '../db/transactions.ts';
import { CommandIntake } from '../intake/command-intake.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { CallEventWorker } from '../workers/call-events/call-event-worker.ts';
import { CommandWorker } from '../workers/commands/command-worker.ts';
import { ourGrammar } from '../workers/commands/our-grammar.ts';
import type { CallPolicy } from '../workers/commands/policy/call-policy.ts';
import { overdueAlarms } from '../workers/sweep/overdue-alarms.ts';
import { pushFrom } from '../workers/reader/push.ts';
import { Reader } from '../workers/reader/reader.ts';
import { ScheduleWorker } from '../workers/schedules/schedule-worker.ts';
import { comingAlarms, lostJobs, zoneRules } from '../workers/sweep/steps.ts';
import type { SweepStep } from '../workers/sweep/step.ts';
import { Sweep } from '../workers/sweep/sweep.ts';
import type { WorkerPart } from '../workers/worker-part.ts';
import type { XSwitch } from '../workers/gate/x-switch.ts';
import { XAppClient } from '../x/app-client.ts';
import type { XKeys } from '../x/client.ts';
import type { XReading } from '../x/port.ts';
import type { OnSpend } from '../x/prices.ts';
import type { Database } from './database.ts';
import { OwnAccount } from './own-account.ts';

/** Name of the lease that the one sweeping worker of a fleet holds. */
const SWEEP_LEASE = 'sweep';
/** A SIP process says every five seconds that it lives (`lua/sipweet.lua`). */
const NODE_LOST_MS = 30_000;
/** How long a row may wait before its job counts as lost: jobs take some hundredths of a second. */
const LOST_AFTER_MS = 20_000;
/** The same for messages, whose jobs wait for X's limits. */
const LOST_NOTICE_AFTER_MS = 60_000;
/** The same for messages that may have been sent: whose job is there looks for them every minute or so, unless X is away. */
const LOST_SENDING_AFTER_MS = 900_000;
const NODE_FORGOTTEN_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface ConversationParts {
  readonly config: Config;
  readonly keys: XKeys;
  readonly db: Database;
  readonly queue: JobQueue;
  /** As far as the limits of the process allow. */
  readonly x: XReading;
  readonly xSwitch: XSwitch;
  readonly onSpend: OnSpend;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}

/**
 * Jobs of a kind at once. Each holds a connection for its transaction, also while it waits for the lock of its author:
 * some are to be left for messages.
 */
const MOST_AT_ONCE = 5;

/** What makes a worker process listen to people on X and do what they ask: the reader, commands, schedules, calls, the sweep. */
export function conversationWorkers(parts: ConversationParts): readonly WorkerPart[] {
  const { config, db, queue, x, clock, logger, counters } = parts;
  const { stopMs, timeZone } = config.worker;
  const concurrency = Math.min(config.worker.concurrency, MOST_AT_ONCE);
  const { commandsPerMinute: perMinute, commandsPerHour: perHour, strangersPerDay } = config.calls;
  const transactions = new Transactions(db);
  const policy = policyOf(config);
  const account = new OwnAccount({ x, clock, logger });
  const common = { queue, transactions, clock, counters, concurrency, stopMs };
  const callEvents = new CallEventWorker({ ...common, logger: logger.child({ module: 'calls' }) });
  return [
    readerOf(parts),
    new CommandWorker({
      ...common,
      logger: logger.child({ module: 'commands' }),
      account: () => account.get(),
      grammar: ourGrammar,
      policy,
      limits: { perMinute, perHour, strangersPerDay },
      timeZone,
    }),
    new ScheduleWorker({ ...common, logger: logger.child({ module: 'schedules' }), grammar: ourGrammar, policy }),
    callEvents,
    sweepOf(parts, transactions, callEvents),
  ];
}

/** Hosts are named as the SIP process names them (`own-names.ts`): what is stored here, a forwarding say, is read there. */
export function policyOf(config: Config): CallPolicy {
  const { calls, sip } = config;
  const served = [...sip.domains, ...(sip.advertise === undefined ? [] : [{ host: sip.advertise, port: undefined }])];
  const [first = { host: realmOf(config), port: undefined }] = served;
  return {
    ...calls,
    domain: first.port === undefined ? first.host : `${first.host}:${first.port}`,
    ownDomains: [...new Set([first, { host: realmOf(config) }, ...served].map(({ host }) => host.toLowerCase()))],
    lastsMs: calls.maxDurationMs + 2 * calls.ringMs + MINUTE_MS,
  };
}

function readerOf({ config, keys, db, queue, x, xSwitch, onSpend, clock, logger: parent, counters }: ConversationParts): Reader {
  const { pollMs, messagePollMs, maxAgeMs, overlapMs, push, apiBase, timeoutMs } = config.x;
  const logger = parent.child({ module: 'reader' });
  const intake = new CommandIntake({ inbox: new CommandsTable(db), jobs: queue, clock, logger, counters, maxAgeMs, isClosed: () => xSwitch.isOff() });
  const connection = { clock, logger, timeoutMs, onSpend, ...(apiBase === undefined ? {} : { apiBase }) };
  return new Reader({
    x,
    intake,
    leases: new LeasesTable(db),
    cursors: new CursorsTable(db),
    clock,
    logger,
    counters,
    pollMs,
    messagePollMs,
    maxAgeMs,
    overlapMs,
    stopMs: config.worker.stopMs,
    ...(push === 'none' ? {} : { push: pushFrom({ kind: push, app: new XAppClient({ keys, ...connection }), intake, counters, ...connection }) }),
  });
}

function sweepOf({ config, db, queue, clock, logger, counters }: ConversationParts, { tables }: Transactions, callEvents: CallEventWorker): Sweep {
  const { sweepMs, keepDays } = config.worker;
  const leases = new LeasesTable(db);
  const holder = randomHex(12);
  const nodes = new SipNodesTable(db);
  const ledger = new LedgerTable(db);
  const retention = new Retention(db);
  const { schedules } = tables;
  const steps: readonly SweepStep[] = [
    { name: 'calls that were not begun in time', run: (nowMs) => callEvents.missedBegin(nowMs) },
    {
      name: 'calls and messages of SIP processes that are gone',
      async run() {
        const lost = await nodes.lost(NODE_LOST_MS);
        return (await callEvents.interrupted(lost)) + (await tables.sipMessages.failLost(lost));
      },
    },
    lostJobs('commands, calls and schedules without a job', (nowMs) => overdueAlarms(tables, nowMs, LOST_AFTER_MS), queue),
    lostJobs('messages without a job', async () => (await ledger.plannedLongerThan(LOST_NOTICE_AFTER_MS)).map(({ id }) => ({ job: 'notice', id }) as const), queue),
    lostJobs('messages that may have been sent, without a job', async () => (await ledger.findSending(LOST_SENDING_AFTER_MS)).map(({ id }) => ({ job: 'notice', id }) as const), queue, LOST_SENDING_AFTER_MS),
    comingAlarms((untilMs) => schedules.due(untilMs), queue, 2 * sweepMs),
    zoneRules(schedules),
    {
      name: 'what is old',
      async run() {
        await nodes.forget(NODE_FORGOTTEN_MS);
        return Object.values(await retention.forget(keepDays * DAY_MS)).reduce((sum, count) => sum + count, 0);
      },
    },
  ];
  return new Sweep({
    steps,
    isOurs: () => leases.acquire(SWEEP_LEASE, holder, 2 * sweepMs),
    everyMs: sweepMs,
    clock,
    logger: logger.child({ module: 'sweep' }),
    counters,
  });
}
