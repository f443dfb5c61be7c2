/**
 * What X charges (pay-per-use, August 2026), in millionths of a US dollar. X's own bill rules: the meter
 * made from these says early what will come, and errs towards more.
 *
 * `unit` is what is counted: a `call` costs once, whatever comes of it; a `resource` is each post,
 * message, account or event that X hands out. X counts a resource once in a UTC day, however often
 * it is read, and an answer without resources costs nothing.
 */
export const X_PRICES = {
  /** `POST /2/dm_conversations/…/messages` */
  'dm-send': { micros: 15_000, unit: 'call' },
  /** `POST /2/tweets` that answers somebody who mentioned us. */
  reply: { micros: 10_000, unit: 'call' },
  /** `POST /2/tweets` of our own accord. */
  post: { micros: 15_000, unit: 'call' },
  /** `POST /2/tweets`, answer or not, in which X finds a link. */
  'post-with-link': { micros: 200_000, unit: 'call' },
  /** `GET /2/users/:id/mentions`. A fifth of it when the account owns the app, which nobody tells us. */
  'mention-read': { micros: 5_000, unit: 'resource' },
  /** `GET /2/dm_events`, `GET /2/dm_conversations/…/dm_events` */
  'dm-read': { micros: 10_000, unit: 'resource' },
  /** `GET /2/users/…` */
  'user-read': { micros: 10_000, unit: 'resource' },
  /** A post on the filtered stream. */
  'stream-post': { micros: 5_000, unit: 'resource' },
  /** `post.mention.create` by webhook or activity stream. */
  'mention-event': { micros: 5_000, unit: 'resource' },
  /** `dm.received` by webhook or activity stream. */
  'dm-event': { micros: 10_000, unit: 'resource' },
} as const satisfies Readonly<Record<string, { readonly micros: number; readonly unit: 'call' | 'resource' }>>;

/** Something on X's price list. */
export type PricedCall = keyof typeof X_PRICES;

/**
 * Told of everything that X will charge for: how many units of what, and what they cost together, in
 * millionths of a US dollar. A write of unknown outcome counts as done. Must return at once and not throw.
 */
export type OnSpend = (call: PricedCall, units: number, micros: number) => void;

/** What that many units cost, in millionths of a US dollar. */
export function priceOf(call: PricedCall, units = 1): number {
  return X_PRICES[call].micros * units;
}

/** A scheme, or labels with dots between them that end in letters: X makes links of both. */
const LINK = /https?:\/\/\S|(?<![\p{L}\p{N}@._-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/iu;

/** Whether X will probably find a link in the text of a post and charge for one. */
export function hasLink(text: string): boolean {
  return LINK.test(text);
}

/** What posting this text costs. */
export function pricedPost(text: string, kind: 'reply' | 'post'): PricedCall {
  return hasLink(text) ? 'post-with-link' : kind;
}
