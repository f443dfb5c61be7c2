/** X's prices of August 2026 in millionths of a dollar, so that sums stay whole. */
export const PRICES = {
  'dm-read': 10_000,
  'dm-send': 15_000,
  'user-read': 10_000,
  'post-read': 5_000,
  /** A read of what concerns the account that owns the app. */
  'own-read': 1_000,
  'post-create': 15_000,
  'post-create-with-url': 200_000,
  'reply-summoned': 10_000,
  'event-mention': 5_000,
  'event-dm-received': 10_000,
} as const;

export type PriceName = keyof typeof PRICES;

/** One thing that X bills. Reads of the same thing on the same UTC day are billed once, so they name it. */
export interface Charge {
  readonly price: PriceName;
  /** Id of what was read; absent for what is billed each time. */
  readonly resource?: string;
}
