import type { Clock } from '../../../base/clock.ts';
import type { Snowflakes } from '../snowflake.ts';
import { scopeOf } from './event-types.ts';

/** A wish to hear of events. */
export interface Subscription {
  readonly id: string;
  readonly eventType: string;
  readonly userId: string;
  /** `inbound` or `outbound`; kept and shown, without effect on the events that the sandbox makes. */
  readonly direction: string | undefined;
  readonly tag: string | undefined;
  readonly webhookId: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type NewSubscription = Pick<Subscription, 'eventType' | 'userId' | 'direction' | 'tag' | 'webhookId'>;

/** X's limit for self-serve apps. */
const MAX_SUBSCRIPTIONS = 1500;

/** The subscriptions of the app. */
export class Subscriptions {
  readonly #clock: Clock;
  readonly #snowflakes: Snowflakes;
  readonly #byId = new Map<string, Subscription>();

  constructor(parts: { clock: Clock; snowflakes: Snowflakes }) {
    this.#clock = parts.clock;
    this.#snowflakes = parts.snowflakes;
  }

  get all(): readonly Subscription[] {
    return [...this.#byId.values()];
  }

  /** `undefined` when an equal one exists or there are too many; X's own word for the first is not documented. */
  add(wanted: NewSubscription): Subscription | 'duplicate' | 'too-many' {
    const { eventType, userId, webhookId } = wanted;
    if (this.all.some((one) => one.eventType === eventType && one.userId === userId && one.webhookId === webhookId)) return 'duplicate';
    if (this.#byId.size >= MAX_SUBSCRIPTIONS) return 'too-many';
    const nowMs = this.#clock.now();
    const subscription = { ...wanted, id: this.#snowflakes.next(), createdAtMs: nowMs, updatedAtMs: nowMs };
    this.#byId.set(subscription.id, subscription);
    return subscription;
  }

  change(id: string, change: Partial<Pick<Subscription, 'tag' | 'webhookId'>>): Subscription | undefined {
    const known = this.#byId.get(id);
    if (known === undefined) return undefined;
    const changed = { ...known, ...change, updatedAtMs: this.#clock.now() };
    this.#byId.set(id, changed);
    return changed;
  }

  remove(id: string): boolean {
    return this.#byId.delete(id);
  }

  /** Those that hear of an event; without `userId` all of that type. */
  hearing(eventType: string, userId: string | undefined): Subscription[] {
    return this.all.filter((one) => one.eventType === eventType && (userId === undefined || one.userId === userId));
  }

  /** Ends those that need what the user has taken back. */
  endPrivateOf(userId: string): void {
    for (const { id, eventType, userId: owner } of this.all) if (owner === userId && scopeOf(eventType) !== undefined) this.#byId.delete(id);
  }
}
