import type { Clock } from '../../../base/clock.ts';
import type { PacedX } from '../paced-x.ts';
import { Channels } from './channels.ts';
import { DirectMessageChannel } from './direct-message.ts';
import { MastodonChannel } from './mastodon.ts';
import { ReplyChannel } from './reply.ts';
import { WebhookChannel } from './webhook.ts';

export interface ChannelSettings {
  readonly webhookUrl: string | undefined;
  readonly webhookSecret: string | undefined;
  readonly mastodonUrl: string | undefined;
  readonly mastodonToken: string | undefined;
}

/** X's two ways, and those outside of X that the section `channels` sets up. `timeoutMs` bounds one call. */
export function setUpChannels(parts: { readonly x: PacedX; readonly settings: ChannelSettings; readonly timeoutMs: number; readonly clock: Clock }): Channels {
  const { x, settings, timeoutMs, clock } = parts;
  const { webhookUrl, webhookSecret, mastodonUrl, mastodonToken } = settings;
  return new Channels([
    new DirectMessageChannel(x),
    new ReplyChannel(x),
    ...(mastodonUrl === undefined || mastodonToken === undefined ? [] : [new MastodonChannel({ url: mastodonUrl, token: mastodonToken, timeoutMs })]),
    ...(webhookUrl === undefined || webhookSecret === undefined ? [] : [new WebhookChannel({ url: webhookUrl, secret: webhookSecret, timeoutMs, clock })]),
  ]);
}
