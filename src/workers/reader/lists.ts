import type { CommandIntake, Ours } from '../../intake/command-intake.ts';
import { compareIds, newestId } from '../../x/ids.ts';
import type { XIncomingMessage, XPost, XReading } from '../../x/port.ts';
import type { ReadableList } from './drain.ts';

interface ListParts {
  readonly x: XReading;
  readonly intake: Pick<CommandIntake, 'takePosts' | 'takeMessages'>;
  /** Our own account; X is asked once, and again after a failure. */
  readonly us: () => Promise<Ours>;
}

/** The posts that mention us. X itself leaves out what is not newer than the overlap. */
export function mentionList({ x, intake, us }: ListParts): ReadableList<XPost> {
  return {
    name: 'mentions',
    async page({ overlapTo }, pageToken) {
      const { id: userId } = await us();
      const page = await x.mentions({ userId, sinceId: overlapTo, ...(pageToken === undefined ? {} : { pageToken }) });
      return { items: page.posts, newestId: newestId(page.posts.map(({ id }) => id)), nextToken: page.nextToken };
    },
    async take(posts, isFirst) {
      await intake.takePosts(await us(), posts, { skipLate: isFirst });
    },
  };
}

/**
 * The direct messages of all conversations. X lists the last 30 days and allows one call a minute, so
 * that the pages end at the cursor; the overlap is taken from the pages that are read anyway.
 */
export function messageList({ x, intake, us }: ListParts): ReadableList<XIncomingMessage> {
  return {
    name: 'messages',
    async page({ readTo, overlapTo }, pageToken) {
      const { messages, nextToken, span } = await x.directMessages(pageToken === undefined ? {} : { pageToken });
      const isRead = span !== undefined && compareIds(span.oldestId, readTo) <= 0;
      return {
        items: messages.filter(({ id }) => compareIds(id, overlapTo) > 0),
        newestId: span?.newestId,
        nextToken: isRead ? undefined : nextToken,
      };
    },
    async take(messages, isFirst) {
      await intake.takeMessages(await us(), messages, { skipLate: isFirst });
    },
  };
}
