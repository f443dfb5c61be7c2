import type { Clock } from '../../../base/clock.ts';
import { alarm } from '../alarm.ts';
import { signatureOf } from './crc.ts';
import { callWebhook } from './webhook-call.ts';
import type { Webhooks } from './webhooks.ts';

/** One try of a delivery: the status, or why there was none. */
export interface DeliveryAttempt {
  readonly atMs: number;
  readonly result: number | string;
}

/** An event on its way to a webhook. */
export interface Delivery {
  readonly webhookId: string;
  readonly eventUuid: string;
  readonly eventType: string;
  /** The bytes that are sent and signed. */
  readonly body: string;
  readonly state: 'held' | 'waiting' | 'delivered' | 'given-up';
  readonly attempts: readonly DeliveryAttempt[];
}

/** Pauses before the second and the further tries; how often X tries is not documented. */
const RETRY_MS = [1000, 5000, 30_000];
const MAX_KEPT = 1000;

/**
 * Brings events to webhooks, each by a request of its own, and tries again what was not answered
 * with 200 in time. Tests can hold events back, to let them go in another order or twice.
 */
export class Deliveries {
  readonly #clock: Clock;
  readonly #webhooks: Webhooks;
  readonly #appSecret: string;
  /** The last ones, oldest first. */
  #list: Delivery[] = [];
  readonly #retries = new Set<() => void>();
  #isHolding = false;

  constructor(parts: { clock: Clock; webhooks: Webhooks; appSecret: string }) {
    this.#clock = parts.clock;
    this.#webhooks = parts.webhooks;
    this.#appSecret = parts.appSecret;
  }

  get all(): readonly Delivery[] {
    return this.#list;
  }

  add(event: Pick<Delivery, 'webhookId' | 'eventUuid' | 'eventType' | 'body'>): void {
    const delivery: Delivery = { ...event, state: this.#isHolding ? 'held' : 'waiting', attempts: [] };
    this.#list = [...this.#list.slice(1 - MAX_KEPT), delivery];
    if (!this.#isHolding) void this.#try(delivery);
  }

  /** Keeps what comes from now on until `release`. */
  hold(): void {
    this.#isHolding = true;
  }

  /** Sends what was held, one after the other: the newest first when `reversed`, everything two times when `twice`. */
  async release({ reversed, twice }: { reversed: boolean; twice: boolean }): Promise<void> {
    this.#isHolding = false;
    const held = this.#list.filter(({ state }) => state === 'held');
    for (const delivery of reversed ? held.reverse() : held) {
      const sent = await this.#try(delivery);
      if (twice) await this.#try(sent);
    }
  }

  /** Sends the last event once more, as X does now and then; false when there was none. */
  async repeat(): Promise<boolean> {
    const last = this.#list.at(-1);
    if (last !== undefined) await this.#try(last);
    return last !== undefined;
  }

  close(): void {
    for (const stop of this.#retries) stop();
  }

  /** One request; arms the next one when it fails. Returns what has become of the delivery. */
  async #try(delivery: Delivery): Promise<Delivery> {
    const webhook = this.#webhooks.byId(delivery.webhookId);
    if (webhook === undefined || !webhook.valid) return this.#note(delivery, { state: 'given-up', result: 'the webhook is gone or not valid' });
    const headers = {
      'content-type': 'application/json',
      'x-twitter-webhooks-signature': signatureOf(delivery.body, this.#appSecret),
    };
    const answer = await callWebhook({ method: 'POST', url: new URL(webhook.url), headers, body: delivery.body }, this.#clock);
    const result = 'failure' in answer ? answer.failure : answer.status;
    if (result === 200) return this.#note(delivery, { state: 'delivered', result });
    const pauseMs = RETRY_MS[delivery.attempts.length];
    if (pauseMs === undefined) return this.#note(delivery, { state: 'given-up', result });
    const failed = this.#note(delivery, { state: 'waiting', result });
    const stop = alarm(this.#clock, pauseMs, () => {
      this.#retries.delete(stop);
      void this.#try(failed);
    });
    this.#retries.add(stop);
    return failed;
  }

  #note(delivery: Delivery, { state, result }: { state: Delivery['state']; result: number | string }): Delivery {
    const noted = { ...delivery, state, attempts: [...delivery.attempts, { atMs: this.#clock.now(), result }] };
    this.#list = this.#list.map((one) => (one === delivery ? noted : one));
    return noted;
  }
}
