import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { LinksTable } from '../db/tables/links.ts';
import type { UsersTable } from '../db/tables/users.ts';
import type { CommandIntake, Ours } from '../intake/command-intake.ts';
import { receiveActivity } from '../intake/receive-activity.ts';
import type { OnSpend } from '../x/prices.ts';
import { crcAnswer, isSignedByX } from '../x/webhook-signature.ts';
import { consoleCounters } from './console-counters.ts';
import type { Webhook } from './routes/webhook.ts';

export interface XWebhookOptions {
  readonly path: string;
  /** The app's secret, with which X signs. */
  readonly consumerSecret: string;
  readonly intake: Pick<CommandIntake, 'takePosts' | 'takeMessages'>;
  readonly links: Pick<LinksTable, 'unlink'>;
  readonly users: Pick<UsersTable, 'findByXUserId' | 'followHandle'>;
  /** Our own account. */
  readonly us: () => Promise<Ours>;
  readonly counters: Counters;
  readonly logger: Logger;
  /** Told what X charges for its deliveries. */
  readonly onSpend?: OnSpend;
}

/** The webhook of X: commands go in by the same way as those that are polled; grants and handles are followed. */
export class XWebhook implements Webhook {
  readonly path: string;
  readonly #options: XWebhookOptions;

  constructor(options: XWebhookOptions) {
    this.path = options.path;
    this.#options = options;
  }

  answerCheck(token: unknown): string | undefined {
    return crcAnswer(token, this.#options.consumerSecret);
  }

  isSigned(body: Uint8Array, signature: unknown): boolean {
    return isSignedByX(body, signature, this.#options.consumerSecret);
  }

  async take(body: unknown): Promise<void> {
    const { intake, us, counters, logger, users, onSpend } = this.#options;
    const { revokedUserIds, renamed } = await receiveActivity(body, {
      intake,
      us: await us(),
      counters,
      logger,
      ...(onSpend === undefined ? {} : { onSpend }),
    });
    for (const xUserId of revokedUserIds) await this.#forget(xUserId);
    for (const { userId, username } of renamed) {
      const outcome = await users.followHandle(userId, username);
      if (outcome === 'taken') logger.warn('A new handle is that of another mapping: an operator has to say who is meant', { xUserId: userId });
    }
  }

  /** Who takes his consent back at X has unlinked himself. */
  async #forget(xUserId: string): Promise<void> {
    const { users, links, counters, logger } = this.#options;
    const user = await users.findByXUserId(xUserId);
    if (user === undefined) return;
    if (await links.unlink(user.sipUser)) consoleCounters(counters).unlinked.value += 1;
    logger.info('A user took his consent back at X and is unlinked', { sipUser: user.sipUser, xUserId });
  }
}
