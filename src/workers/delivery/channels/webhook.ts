import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../../base/clock.ts';
import { postOnce } from './http-post.ts';
import type { Addressed, Channel, Parcel } from './channel.ts';

export interface WebhookOptions {
  /** `channels.webhookUrl` */
  readonly url: string;
  /** `channels.webhookSecret`: `whsec_` and the key in Base64. */
  readonly secret: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * A signed POST to an address of the operator's (Standard Webhooks). The body is a CloudEvent 1.0;
 * `docs/messages.md` shows one. `webhook-id` is the id of the ledger's row: the same message comes
 * with the same id, and a receiver takes it once.
 */
export class WebhookChannel implements Channel {
  readonly name = 'webhook';
  readonly title = 'Webhook message';
  /** Receivers are told to remember ids for a day. */
  readonly uncertainty = { kind: 'repeat', repeatableMs: 24 * 3_600_000 } as const;
  readonly #url: string;
  readonly #signer: Webhook;
  readonly #timeoutMs: number;
  readonly #clock: Clock;

  constructor({ url, secret, timeoutMs, clock }: WebhookOptions) {
    this.#url = url;
    this.#signer = new Webhook(secret);
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /** Messages that concern a user of ours: what strangers are told is nobody else's business. */
  takes({ entry }: Addressed): boolean {
    return entry.sipUser !== undefined;
  }

  async held(): Promise<undefined> {
    return undefined;
  }

  async send(parcel: Parcel): Promise<{ remoteId: undefined }> {
    const body = JSON.stringify(eventOf(parcel));
    const { id } = parcel.entry;
    const at = new Date(this.#clock.now());
    await postOnce({
      url: this.#url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'sipweet',
        'webhook-id': headerText(id),
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': this.#signer.sign(headerText(id), at, body),
      },
      body,
      timeoutMs: this.#timeoutMs,
    });
    return { remoteId: undefined };
  }
}

/** Ids hold text from the network, a Call-ID; a header holds visible ASCII. Escaped so that two ids stay two. */
function headerText(id: string): string {
  // Through bytes, since a half of a surrogate pair cannot be escaped.
  return encodeURIComponent(Buffer.from(id).toString()).replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%2F', '/');
}

function eventOf({ entry, user }: Parcel): unknown {
  return {
    specversion: '1.0',
    id: entry.id,
    source: 'sipweet',
    type: 'sipweet.message',
    subject: entry.sipUser,
    time: entry.createdAt.toISOString(),
    datacontenttype: 'application/json',
    data: {
      kind: entry.kind,
      sipUser: entry.sipUser,
      xUser: user?.xUser,
      xUserId: entry.recipient,
      text: entry.content,
      counterparty: entry.counterparty,
      callId: entry.callId,
      refusals: entry.refusals,
    },
  };
}
