import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import type { SandboxEvent } from '../feed.ts';
import type { Charge } from '../prices.ts';
import type { Spend } from '../spend.ts';
import type { SandboxState } from '../state.ts';
import { LineStream } from '../stream/line-stream.ts';
import { Deliveries } from './deliveries.ts';
import { occurrencesOf, type Occurrence } from './occurrences.ts';
import { Subscriptions, type Subscription } from './subscriptions.ts';
import { Webhooks } from './webhooks.ts';

/** X's pages and its schema show the answer to a new subscription in three shapes. */
export type SubscriptionShape = 'list' | 'plain' | 'nested';

/** What X bills for an event; those that are not here are free or not documented. */
const PRICE_OF_EVENT: Readonly<Record<string, Charge>> = {
  'post.mention.create': { price: 'event-mention' },
  'dm.received': { price: 'event-dm-received' },
};

/** The X Activity API: events for subscriptions, by the stream and by webhooks with the same bytes. */
export class Activity {
  readonly stream: LineStream;
  readonly subscriptions: Subscriptions;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  /** How a new subscription is answered. */
  shape: SubscriptionShape = 'plain';
  readonly #state: SandboxState;
  readonly #spend: Spend;

  constructor(parts: { clock: Clock; state: SandboxState; spend: Spend; appSecret: string; maxWebhooks: number }) {
    const { clock, state, appSecret, maxWebhooks } = parts;
    const { snowflakes } = state;
    this.#state = state;
    this.#spend = parts.spend;
    this.stream = new LineStream({ name: 'activity_stream', maxConnections: 2, clock });
    this.subscriptions = new Subscriptions({ clock, snowflakes });
    this.webhooks = new Webhooks({ clock, snowflakes, appSecret, maxWebhooks });
    this.deliveries = new Deliveries({ clock, webhooks: this.webhooks, appSecret });
    state.feed.listen((event) => this.#hear(event));
  }

  close(): void {
    this.webhooks.close();
    this.deliveries.close();
  }

  #hear(event: SandboxEvent): void {
    for (const occurrence of occurrencesOf(event, this.#state)) {
      for (const subscription of this.subscriptions.hearing(occurrence.eventType, occurrence.userId)) this.#tell(occurrence, subscription);
    }
    if (event.kind === 'revoked') this.subscriptions.endPrivateOf(event.userId);
  }

  #tell({ eventType, userId, payload, includes }: Occurrence, { tag, webhookId }: Subscription): void {
    // X numbers its events with signed 64-bit integers, negative ones among them.
    const eventUuid = randomBytes(8).readBigInt64BE(0).toString();
    const filter = userId === undefined ? {} : { user_id: userId };
    const data = {
      event_uuid: eventUuid,
      filter,
      event_type: eventType,
      ...(tag === undefined ? {} : { tag }),
      payload,
      ...(includes === undefined ? {} : { includes }),
    };
    const sent = this.stream.send(() => ({ data }));
    if (webhookId !== undefined) this.deliveries.add({ webhookId, eventUuid, eventType, body: JSON.stringify({ data }) });
    const charge = PRICE_OF_EVENT[eventType];
    if (sent > 0 || webhookId !== undefined) this.#spend.book(`event ${eventType}`, charge === undefined ? [] : [charge], 0);
  }
}
