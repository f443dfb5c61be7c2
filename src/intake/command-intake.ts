import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { RecentIds } from '../base/recent-ids.ts';
import type { IncomingCommand } from '../commands/incoming-command.ts';
import { xCommand } from '../jobs/contract/x-command.ts';
import { jobOf } from '../jobs/job-of.ts';
import type { JobSink } from '../jobs/queue.ts';
import { compareIds } from '../x/ids.ts';
import type { XIncomingMessage, XPost, XUser } from '../x/port.ts';
import type { CommandInbox } from './command-inbox.ts';
import { intakeCounters, type IntakeCounters } from './intake-counters.ts';
import { isOptOut } from './opt-out.ts';

/** Versions of posts and messages whose intake is remembered, so that an overlap costs no statement. */
const REMEMBERED = 10_000;

export interface CommandIntakeOptions {
  /** A `CommandsTable`. */
  readonly inbox: CommandInbox;
  readonly jobs: JobSink;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** `x.maxAgeMs`: what is older when it is read is not carried out, but for the wish to be left alone. */
  readonly maxAgeMs: number;
  /** While it is true nothing is taken; the polls find what came meanwhile. Default: never. */
  readonly isClosed?: () => Promise<boolean>;
}

/** Our own account, as `XReading.me()` gives it. */
export type Ours = Pick<XUser, 'id' | 'username'>;

/**
 * The one way from X into the house, whether a post or message was polled, streamed or pushed: the row
 * first, then the job that makes somebody look at it. Everything may come many times.
 */
export class CommandIntake {
  readonly #options: CommandIntakeOptions;
  readonly #counters: IntakeCounters;
  readonly #taken = new RecentIds(REMEMBERED);

  constructor(options: CommandIntakeOptions) {
    this.#options = options;
    this.#counters = intakeCounters(options.counters);
  }

  /**
   * Takes posts that mention us; our own and reposts are left out. Resolves with the ids of the
   * commands that are new, once their rows are durable.
   *
   * @param options.skipLate  leaves no trace of those that are too old: at the very first start
   * @throws AppError `db.unreachable`, or what else the inbox rejects with
   */
  takePosts(us: Ours, posts: readonly XPost[], options: { readonly skipLate?: boolean } = {}): Promise<readonly string[]> {
    const commands = posts.filter((post) => post.authorId !== us.id && !post.isRepost).map(fromPost);
    this.#counters.foreign.value += posts.length - commands.length;
    return this.#take(us, commands, options);
  }

  /** Takes direct messages that were sent to us. Otherwise as `takePosts`. */
  takeMessages(us: Ours, messages: readonly XIncomingMessage[], options: { readonly skipLate?: boolean } = {}): Promise<readonly string[]> {
    const commands = messages.filter((message) => message.senderId !== us.id).map(fromMessage);
    this.#counters.foreign.value += messages.length - commands.length;
    return this.#take(us, commands, options);
  }

  /** Whether this version of a post, or this message, was taken by this process not long ago. */
  hasTaken(source: 'post' | 'dm', id: string): boolean {
    return this.#taken.has(`${source}:${id}`);
  }

  async #take(us: Ours, all: readonly IncomingCommand[], options: { readonly skipLate?: boolean }): Promise<readonly string[]> {
    const { inbox, clock, maxAgeMs, isClosed } = this.#options;
    if ((await isClosed?.()) === true) return [];
    const commands = inOrder(all.filter(({ source, latestId }) => !this.hasTaken(source, latestId)));
    const oldestMs = clock.now() - maxAgeMs;
    const isLate = (command: IncomingCommand) => command.postedAtMs < oldestMs && !isOptOut(command, us.username);
    const late = commands.filter(isLate);
    const fresh = commands.filter((command) => !isLate(command));

    if (late.length > 0 && options.skipLate !== true) await inbox.ignore(late, lateReason(maxAgeMs));
    const newIds = fresh.length === 0 ? [] : await inbox.receive(fresh);
    for (const { source, latestId } of commands) this.#taken.add(`${source}:${latestId}`);

    this.#counters.late.value += late.length;
    this.#counters.received.value += newIds.length;
    this.#counters.known.value += all.length - late.length - newIds.length;
    if (newIds.length > 0) await this.#addJobs(newIds);
    return newIds;
  }

  /** The rows are the truth and a sweep adds what is missing, so a queue that is away is no reason to read again. */
  async #addJobs(ids: readonly string[]): Promise<void> {
    try {
      await this.#options.jobs.addBatch(ids.map((id) => jobOf(xCommand, { v: 1, id })));
    } catch (thrown) {
      this.#counters.jobsLeft.value += ids.length;
      this.#options.logger.warn('Commands wait for the sweep: the queue did not take their jobs', {
        commands: ids.length,
        reason: errorText(thrown),
      });
    }
  }
}

/** Oldest first, as one person wrote them and as they are to be carried out; of several versions of a post the last. */
function inOrder(commands: readonly IncomingCommand[]): readonly IncomingCommand[] {
  const sorted = [...commands].sort((a, b) => a.postedAtMs - b.postedAtMs || compareIds(a.latestId, b.latestId));
  return [...new Map(sorted.map((command) => [command.id, command])).values()];
}

function lateReason(maxAgeMs: number): string {
  return `too old: it was read more than ${Math.round(maxAgeMs / 60_000)} min after it was written`;
}

function fromPost(post: XPost): IncomingCommand {
  return {
    id: `post:${post.firstId}`,
    source: 'post',
    latestId: post.id,
    authorId: post.authorId,
    // Without the handle at hand the id stands in for it: it is for people only.
    authorName: post.authorName ?? post.authorId,
    text: post.text,
    postedAtMs: post.createdAtMs,
  };
}

function fromMessage(message: XIncomingMessage): IncomingCommand {
  return {
    id: `dm:${message.id}`,
    source: 'dm',
    latestId: message.id,
    authorId: message.senderId,
    authorName: message.senderName ?? message.senderId,
    text: message.text,
    postedAtMs: message.createdAtMs,
  };
}
