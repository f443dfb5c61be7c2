import type { LedgerEntry } from '../../../db/tables/ledger-entry.ts';
import { XFailure } from '../../../x/port.ts';
import type { PacedX } from '../paced-x.ts';
import { textsFor } from '../../render/catalogue.ts';
import { fitMessage } from '../../render/fit.ts';
import { MAX_POST_WEIGHT, postWeight } from '../../render/post-weight.ts';
import { isAnswer, isEssential } from '../rules.ts';
import type { Addressed, Channel, Parcel } from './channel.ts';

/**
 * A reply under the post that asked for it: X takes one only when the author mentioned us in that
 * very post. Everybody can read it, so an answer stands there as it is, and anything else as a hint
 * that there is something to be told.
 */
export class ReplyChannel implements Channel {
  readonly name = 'reply';
  readonly title = 'Reply';
  /** Each text ends in the reference of its message, and X takes the same text once. For how long it remembers, nobody says. */
  readonly uncertainty = { kind: 'repeat', repeatableMs: 3_600_000 } as const;
  readonly #x: PacedX;

  constructor(x: PacedX) {
    this.#x = x;
  }

  takes({ entry }: Addressed): boolean {
    return entry.replyTo !== undefined;
  }

  held(entry: Pick<LedgerEntry, 'kind'>) {
    return this.#x.holdOn('reply', { essential: isEssential(entry) });
  }

  async send({ entry, user }: Parcel): Promise<{ remoteId: string | undefined }> {
    const said = isAnswer(entry) ? entry.content : textsFor(user?.locale ?? 'en').publicHint;
    const text = fitMessage(said, entry.id, { max: MAX_POST_WEIGHT, weigh: postWeight });
    try {
      const { postId } = await this.#x.reply({ text, toPostId: entry.replyTo! }, { essential: isEssential(entry) });
      return { remoteId: postId };
    } catch (thrown) {
      // The text is this message's and no other's: X has it from an attempt of which it did not tell the end.
      if (thrown instanceof XFailure && thrown.isDuplicate) return { remoteId: undefined };
      throw thrown;
    }
  }
}
