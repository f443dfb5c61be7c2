import { idOf, listOf, recordOf, textOf, type JsonRecord } from './json.ts';
import { XFailure } from './port.ts';

/** A rule of the filtered stream. */
export interface StreamRule {
  readonly id: string;
  readonly value: string;
  readonly tag: string | undefined;
}

/** An endpoint that X delivers to. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** False when X's last checks failed: nothing is delivered. */
  readonly isValid: boolean;
}

/** A subscription of the X Activity API. */
export interface ActivitySubscription {
  readonly id: string;
  readonly eventType: string | undefined;
  readonly userId: string | undefined;
  readonly webhookId: string | undefined;
}

/** The records of `data`; none when X left it out, as it does for an empty list. */
function itemsOf(body: unknown): readonly JsonRecord[] {
  return (listOf(recordOf(body)?.['data']) ?? []).map(recordOf).filter((item) => item !== undefined);
}

export function decodeRules(body: unknown): readonly StreamRule[] {
  return itemsOf(body).flatMap((rule) => {
    const [id, value] = [idOf(rule['id']), textOf(rule['value'])];
    return id === undefined || value === undefined ? [] : [{ id, value, tag: textOf(rule['tag']) }];
  });
}

/** A rule that is there already is as good as one that was added. */
export function isDuplicateRule(error: JsonRecord): boolean {
  return error['title'] === 'DuplicateRule' || textOf(error['type'])?.split('/').pop() === 'duplicate-rules';
}

function webhookOf(value: unknown): Webhook | undefined {
  const webhook = recordOf(value);
  const [id, url] = [textOf(webhook?.['id']), textOf(webhook?.['url'])];
  return id === undefined || url === undefined ? undefined : { id, url, isValid: webhook?.['valid'] === true };
}

export function decodeWebhooks(body: unknown): readonly Webhook[] {
  return itemsOf(body).map(webhookOf).filter((webhook) => webhook !== undefined);
}

export function decodeWebhook(body: unknown): Webhook {
  const webhook = webhookOf(recordOf(body)?.['data']);
  if (webhook === undefined) throw new XFailure('uncertain', 'X accepted the webhook but its answer holds no id');
  return webhook;
}

function subscriptionOf(value: unknown): ActivitySubscription | undefined {
  const subscription = recordOf(value);
  const id = textOf(subscription?.['subscription_id']) ?? textOf(subscription?.['id']);
  if (id === undefined) return undefined;
  return {
    id,
    eventType: textOf(subscription?.['event_type']),
    userId: idOf(recordOf(subscription?.['filter'])?.['user_id']),
    webhookId: textOf(subscription?.['webhook_id']),
  };
}

export function decodeSubscriptions(body: unknown): readonly ActivitySubscription[] {
  return itemsOf(body).map(subscriptionOf).filter((subscription) => subscription !== undefined);
}

/** X's pages show the answer in three shapes: a list, the subscription itself, and one more level around it. */
export function decodeSubscription(body: unknown): ActivitySubscription {
  const data = recordOf(body)?.['data'];
  const subscription = subscriptionOf(listOf(data)?.[0]) ?? subscriptionOf(recordOf(data)?.['subscription']) ?? subscriptionOf(data);
  if (subscription === undefined) throw new XFailure('uncertain', 'X accepted the subscription but its answer holds no id');
  return subscription;
}
