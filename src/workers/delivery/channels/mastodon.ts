import { postOnce } from './http-post.ts';
import { ChannelFailure, type Addressed, type Channel, type Parcel } from './channel.ts';
import { fitMessage } from '../../render/fit.ts';
import { postWeight } from '../../render/post-weight.ts';

export interface MastodonOptions {
  /** `channels.mastodonUrl`: the server of the account that sends. */
  readonly url: string;
  /** `channels.mastodonToken`: an access token with the scope `write:statuses`. */
  readonly token: string;
  readonly timeoutMs: number;
}

/** What a server takes unless its operator says otherwise; X's weights count nothing for less than Mastodon does. */
const MAX_LENGTH = 500;
const ACCOUNT = /^[\w.-]{1,64}@[a-z0-9.-]{1,253}$/i;

/**
 * A post on Mastodon that only the mentioned account sees: `POST /api/v1/statuses` with visibility
 * `direct`. It is not encrypted, and the operators of both servers could read it.
 */
export class MastodonChannel implements Channel {
  readonly name = 'mastodon';
  readonly title = 'Mastodon message';
  /** A server keeps `Idempotency-Key` for an hour; the rest is for slow clocks. */
  readonly uncertainty = { kind: 'repeat', repeatableMs: 50 * 60_000 } as const;
  readonly #options: MastodonOptions;

  constructor(options: MastodonOptions) {
    this.#options = options;
  }

  /** For users who have named an account. */
  takes({ user }: Addressed): boolean {
    return user?.mastodon !== undefined && ACCOUNT.test(user.mastodon);
  }

  async held(): Promise<undefined> {
    return undefined;
  }

  async send({ entry, user }: Parcel): Promise<{ remoteId: string }> {
    const { url, token, timeoutMs } = this.#options;
    const account = user!.mastodon!;
    const address = `@${account} `;
    const status = address + fitMessage(entry.content, entry.id, { max: MAX_LENGTH - address.length, weigh: postWeight });
    const { body } = await postOnce({
      url: new URL('/api/v1/statuses', url).href,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'user-agent': 'sipweet',
        'idempotency-key': Buffer.from(entry.id).toString('base64url'),
      },
      body: JSON.stringify({ status, visibility: 'direct' }),
      timeoutMs,
    });
    const { id, mentions } = readStatus(body);
    if (mentions === 0) throw new ChannelFailure('refused', `Mastodon knows no account ${account}`);
    return { remoteId: id };
  }
}

/** @throws ChannelFailure when it is no status: the key makes asking again harmless */
function readStatus(body: string): { readonly id: string; readonly mentions: number } {
  let status: unknown;
  try {
    status = JSON.parse(body);
  } catch {
    status = undefined;
  }
  const { id, mentions } = (typeof status === 'object' && status !== null ? status : {}) as { id?: unknown; mentions?: unknown };
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id)) throw new ChannelFailure('unavailable', 'The answer of Mastodon is no status');
  return { id, mentions: Array.isArray(mentions) ? mentions.length : 0 };
}
