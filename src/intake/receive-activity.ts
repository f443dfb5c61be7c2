import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import { decodeActivity, type Activity } from '../x/activity.ts';
import { priceOf, type OnSpend } from '../x/prices.ts';
import type { CommandIntake, Ours } from './command-intake.ts';
import { intakeCounters } from './intake-counters.ts';

/** What of a delivery is not a command and may concern the caller. */
export interface ReceivedActivity {
  /** Ids of the commands that are new. */
  readonly newIds: readonly string[];
  /** Accounts that took back their consent: whatever is stored of them has to go. */
  readonly revokedUserIds: readonly string[];
  /** Accounts that have another handle now. */
  readonly renamed: readonly { readonly userId: string; readonly username: string }[];
  /** Accounts that wrote to us in encrypted chat, which we cannot read. */
  readonly encryptedFrom: readonly string[];
}

export interface ActivityParts {
  readonly intake: Pick<CommandIntake, 'takePosts' | 'takeMessages'>;
  /** Our own account: `XReading.me()`, asked once. */
  readonly us: Ours;
  readonly counters: Counters;
  readonly logger: Logger;
  /** Told what X charges for the delivery. */
  readonly onSpend?: OnSpend;
}

/**
 * Takes what X delivered by webhook or stream. The signature of the raw body is to be checked before
 * (`x/webhook-signature.ts`). Resolves when every command in it is durable: then, and not before, the
 * endpoint answers 200. Deliveries that come twice or out of order do no harm.
 *
 * @param body  the parsed JSON, of any shape
 * @throws AppError `db.unreachable`, or what else the inbox rejects with: answer 500, and X delivers again
 */
export async function receiveActivity(body: unknown, parts: ActivityParts): Promise<ReceivedActivity> {
  const { intake, us, logger } = parts;
  const counters = intakeCounters(parts.counters);
  const newIds: string[] = [];
  const revokedUserIds: string[] = [];
  const renamed: { userId: string; username: string }[] = [];
  const encryptedFrom: string[] = [];
  for (const activity of decodeActivity(body)) {
    if (!concerns(activity, us)) {
      counters.foreign.value += 1;
      continue;
    }
    switch (activity.kind) {
      case 'posts': {
        bill(parts, 'mention-event', activity.posts.length);
        const mentions = activity.posts.filter(({ text }) => mentionsUs(text, us));
        counters.foreign.value += activity.posts.length - mentions.length;
        newIds.push(...(await intake.takePosts(us, mentions)));
        break;
      }
      case 'messages': {
        bill(parts, 'dm-event', activity.messages.length);
        const toUs = activity.messages.filter(({ recipientId }) => recipientId === us.id);
        counters.foreign.value += activity.messages.length - toUs.length;
        newIds.push(...(await intake.takeMessages(us, toUs)));
        break;
      }
      case 'encrypted':
        counters.encrypted.value += 1;
        if (activity.senderId !== undefined && activity.senderId !== us.id) encryptedFrom.push(activity.senderId);
        break;
      case 'revoked':
        revokedUserIds.push(activity.userId);
        break;
      case 'renamed':
        renamed.push({ userId: activity.userId, username: activity.username });
        break;
      case 'unknown':
        counters.unknown.value += 1;
        logger.debug('X delivered an event that we do not know', { eventType: activity.eventType });
    }
  }
  return { newIds, revokedUserIds, renamed, encryptedFrom };
}

function bill({ onSpend }: ActivityParts, call: 'mention-event' | 'dm-event', units: number): void {
  if (units > 0) onSpend?.(call, units, priceOf(call, units));
}

/** Several accounts may share one app and one webhook: only what is meant for ours is ours. */
function concerns(activity: Activity, us: Ours): boolean {
  return !('forUserId' in activity) || activity.forUserId === undefined || activity.forUserId === us.id;
}

/** Deliveries hold answers and quotes too; only who names us asks something of us. */
function mentionsUs(text: string, us: Ours): boolean {
  const names = text.toLowerCase().matchAll(/@([a-z0-9_]+)/g);
  return [...names].some(([, name]) => name === us.username.toLowerCase());
}
