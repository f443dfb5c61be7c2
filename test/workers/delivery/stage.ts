/** What the tests of the workers share: a sandbox of X over HTTP, a queue, a ledger and users in memory. */
import type { TestContext } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { AppError } from '../../../src/base/errors.ts';
import { silentLogger, type Logger } from '../../../src/base/logger.ts';
import { SystemClock } from '../../../src/base/system-clock.ts';
import type { User } from '../../../src/db/tables/users.ts';
import { directMessageResult, type DirectMessageResult } from '../../../src/jobs/contract/direct-message-result.ts';
import { missedCall, type MissedCall } from '../../../src/jobs/contract/missed-call.ts';
import type { JobOutcome, NewJob, RunningJob } from '../../../src/jobs/queue.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { deliveryCounters } from '../../../src/workers/delivery/delivery-counters.ts';
import { setUpChannels, type ChannelSettings } from '../../../src/workers/delivery/channels/set-up.ts';
import { DeliveryProcessor, type DeliveryProcessorParts } from '../../../src/workers/delivery/delivery-processor.ts';
import { PacedX, type XSending } from '../../../src/workers/delivery/paced-x.ts';
import type { Users } from '../../../src/workers/delivery/ports.ts';
import { QueuePause } from '../../../src/workers/delivery/queue-pause.ts';
import { instantMessages } from '../../../src/workers/delivery/sources/instant-message.ts';
import { missedCalls } from '../../../src/workers/delivery/sources/missed-call.ts';
import { PlannedRows } from '../../../src/workers/delivery/sources/planned-rows.ts';
import type { DeliveryTimings } from '../../../src/workers/delivery/timings.ts';
import { OPEN_GATE, type XGate } from '../../../src/workers/gate/x-gate.ts';
import { XClient } from '../../../src/x/client.ts';
import { ControlClient } from '../../../src/x/emulator/control-client.ts';
import { SANDBOX_KEYS } from '../../../src/x/emulator/sandbox-keys.ts';
import { startEmulator } from '../../../src/x/emulator/server.ts';
import { MemoryLedger } from './memory-ledger.ts';

export const TIMINGS: DeliveryTimings = { claimMs: 5_000, callMs: 10_000, settleMs: 45_000, pauseMs: 900_000, outageMs: 10_000 };

/** Real time that a call may take: much, since the machine may be busy. Tests in which a call hangs give less. */
const CALL_MS = 10_000;
export const SHORT_CALL_MS = 500;

export function missed(change: Partial<MissedCall> = {}): MissedCall {
  return {
    v: 1,
    eventId: 'missed-call:c1@a',
    caller: 'alice@example.com',
    callerName: 'Alice',
    callee: 'bob',
    calleeDomain: 'example.com',
    cause: 'no-answer',
    at: Date.UTC(2026, 10, 22, 14, 5),
    callId: 'c1@a',
    ...change,
  };
}

export function jobOf(event: MissedCall): NewJob {
  return { queue: missedCall.name, name: missedCall.name, id: missedCall.id(event), data: missedCall.encode(event) };
}

/** Users in memory, `bob` among them. */
export class MemoryUsers implements Users {
  readonly rows = new Map<string, User>();

  put(sipUser: string, change: Partial<User> = {}): void {
    this.rows.set(sipUser, {
      sipUser,
      xUser: `${sipUser}_example`,
      xUserId: undefined,
      timeZone: 'UTC',
      locale: 'en',
      region: undefined,
      notify: true,
      linkedAt: undefined,
      quietFrom: undefined,
      quietTo: undefined,
      forwardTo: undefined,
      dnd: false,
      mastodon: undefined,
      createdAt: new Date(0),
      ...change,
    });
  }

  async findBySipUser(sipUser: string): Promise<User | undefined> {
    return this.rows.get(sipUser);
  }

  async setXUserId(sipUser: string, xUserId: string): Promise<void> {
    const user = this.rows.get(sipUser);
    if (user === undefined) throw new AppError('user.unknown', `There is no SIP user "${sipUser}"`);
    const other = [...this.rows.values()].find((row) => row.xUserId === xUserId && row.sipUser !== sipUser);
    if (other !== undefined) throw new AppError('user.exists', `The X user with id ${xUserId} is mapped to another SIP user already`);
    this.rows.set(sipUser, { ...user, xUserId });
  }
}

/** Nowhere but X. */
export const ONLY_X: ChannelSettings = { webhookUrl: undefined, webhookSecret: undefined, mastodonUrl: undefined, mastodonToken: undefined };

/** No storm, however many messages there are. */
export const NO_STORM = { messages: 1_000_000, windowMs: 900_000 };

/** What handles the jobs of a queue. */
export type Processor = Pick<DeliveryProcessor<unknown>, 'handle' | 'stop'>;

type Parts = Omit<DeliveryProcessorParts<never>, 'x' | 'source'>;

/** What a test changes of a processor. */
export type Change = Partial<Parts> & { readonly x?: XSending; readonly settings?: ChannelSettings; readonly gate?: XGate };

export interface Stage {
  readonly clock: VirtualClock;
  readonly control: ControlClient;
  readonly x: XClient;
  readonly queue: MemoryQueue;
  readonly ledger: MemoryLedger;
  readonly users: MemoryUsers;
  readonly counters: Counters;
  /** For missed calls. */
  processor(change?: Change): Processor;
  /** For instant messages. */
  instantMessages(change?: Change): Processor;
  /** For rows that are planned. */
  notices(change?: Change): Processor;
  inbox(username?: string): Promise<readonly string[]>;
  results(): readonly DirectMessageResult[];
}

/**
 * The sandbox is on the machine's time, since it checks the time of signatures; all else is on `clock`.
 * Accounts of the sandbox come to life when they are asked for, unless `autoCreateUsers` is false.
 */
export async function stage(t: TestContext, options: { autoCreateUsers?: boolean; callMs?: number; logger?: Logger } = {}): Promise<Stage> {
  const { logger = silentLogger, autoCreateUsers = true, callMs = CALL_MS } = options;
  const emulator = await startEmulator({
    clock: new SystemClock(),
    logger: silentLogger,
    apiPort: 0,
    controlPort: 0,
    limitsEnabled: false,
    autoCreateUsers,
  });
  t.after(() => emulator.close());
  const clock = new VirtualClock(Date.now());
  const control = new ControlClient(emulator.controlUrl);
  const x = new XClient({ keys: SANDBOX_KEYS, clock, logger: silentLogger, apiBase: emulator.apiUrl, timeoutMs: callMs });
  const queue = new MemoryQueue(clock);
  t.after(() => queue.close(0));
  const ledger = new MemoryLedger(clock);
  const users = new MemoryUsers();
  users.put('bob');
  const counters = new Counters();
  const pause = new QueuePause({ queue, name: missedCall.name, pauseMs: TIMINGS.pauseMs, clock, logger });
  t.after(() => pause.close());
  const partsOf = ({ x: port = x, settings = ONLY_X, gate = OPEN_GATE, ...change }: Change) => {
    const paced = new PacedX(port, clock, gate);
    const parts: Omit<DeliveryProcessorParts<never>, 'source'> = {
      ledger,
      digests: ledger,
      users,
      jobs: queue,
      pause,
      meter: { attribute: (_id, work) => work() },
      storm: NO_STORM,
      timings: TIMINGS,
      timeZone: 'UTC',
      clock,
      logger,
      counters: deliveryCounters(counters),
      channels: setUpChannels({ x: paced, settings, timeoutMs: callMs, clock }),
      ...change,
      x: paced,
    };
    return parts;
  };
  return {
    clock,
    control,
    x,
    queue,
    ledger,
    users,
    counters,
    processor(change = {}) {
      const parts = partsOf(change);
      return new DeliveryProcessor({ ...parts, source: missedCalls(parts) });
    },
    instantMessages(change = {}) {
      const parts = partsOf(change);
      return new DeliveryProcessor({ ...parts, source: instantMessages(parts) });
    },
    notices(change = {}) {
      const parts = partsOf(change);
      return new DeliveryProcessor({ ...parts, source: new PlannedRows(parts.ledger) });
    },
    async inbox(username = 'bob_example') {
      const users = await control.users();
      if (!users.some((user) => user.username === username)) return [];
      return (await control.inbox(username)).map(({ text }) => text);
    },
    results: () => resultsIn(queue),
  };
}

/** The results that were added, each id once, as the backend keeps them. */
export function resultsIn(queue: MemoryQueue): readonly DirectMessageResult[] {
  const byId = new Map<string, DirectMessageResult>();
  for (const { queue: name, id, data } of queue.added.flat()) {
    if (name !== directMessageResult.name || byId.has(id)) continue;
    const parsed = directMessageResult.parse(data);
    if (!parsed.ok) throw new Error(`Not a result: ${parsed.problems.join('; ')}`);
    byId.set(id, parsed.payload);
  }
  return [...byId.values()];
}

export function runningJob(event: MissedCall, attempt = 1): RunningJob {
  return { ...jobOf(event), attempt };
}

/** How one handling ended: its outcome, or the text of what it threw to burn an attempt. */
export async function handled(processor: Processor, event: MissedCall | NewJob, attempt = 1): Promise<JobOutcome | string> {
  try {
    return await processor.handle('queue' in event ? { ...event, attempt } : runningJob(event, attempt));
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

/**
 * Handles the job as a queue would, on the stage's clock, until it is through. Returns what each
 * handling came to: `done`, `dead`, `release`, `wait 15000`, `failed`.
 */
export async function playOut(stage: Pick<Stage, 'clock'>, processor: Processor, event: MissedCall | NewJob): Promise<string[]> {
  const steps: string[] = [];
  for (let attempt = 1; steps.length < 60; ) {
    const outcome = await handled(processor, event, attempt);
    if (typeof outcome === 'string') {
      steps.push('failed');
      attempt += 1;
      stage.clock.advance(1_000);
    } else if (outcome.kind === 'retry-at') {
      const waitMs = Math.max(outcome.atMs - stage.clock.now(), 0);
      steps.push(`wait ${waitMs}`);
      stage.clock.advance(waitMs);
    } else {
      return [...steps, outcome.kind];
    }
  }
  throw new Error(`No end after ${steps.join(', ')}`);
}

/** The client of the stage, with methods of the test's own. */
export function portOf({ x }: Pick<Stage, 'x'>, change: Partial<XSending>): XSending {
  return {
    findUserByName: (name) => x.findUserByName(name),
    sendDirectMessage: (message) => x.sendDirectMessage(message),
    findDirectMessages: (query) => x.findDirectMessages(query),
    reply: (post) => x.reply(post),
    ...change,
  };
}
