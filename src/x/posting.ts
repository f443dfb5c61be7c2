import { checkId } from './accounts.ts';
import type { Billing } from './billing.ts';
import type { XCalls } from './calls.ts';
import { paidWrite } from './direct-messages.ts';
import { idOf, recordOf } from './json.ts';
import { XFailure } from './port.ts';
import { pricedPost } from './prices.ts';

/** Longest text of a post that any account may write. X weighs and refuses itself what is too long for ours. */
const MAX_POST_LENGTH = 25_000;

/** `POST /2/tweets` */
export class Posting {
  readonly #calls: XCalls;
  readonly #billing: Billing;

  constructor(calls: XCalls, billing: Billing) {
    this.#calls = calls;
    this.#billing = billing;
  }

  async reply({ text, toPostId }: { text: string; toPostId: string }): Promise<{ postId: string }> {
    checkId(toPostId);
    if (text === '' || text.length > MAX_POST_LENGTH) {
      throw new XFailure('invalid', `A post has 1 to ${MAX_POST_LENGTH} characters, this one has ${text.length}`);
    }
    const post = { text, reply: { in_reply_to_tweet_id: toPostId } };
    const body = await paidWrite(this.#billing, pricedPost(text, 'reply'), () => this.#calls.write('reply', (v2) => v2.post('tweets', post)));
    const postId = idOf(recordOf(recordOf(body)?.['data'])?.['id']);
    if (postId === undefined) throw new XFailure('uncertain', 'X accepted the reply but its answer holds no id');
    return { postId };
  }
}
