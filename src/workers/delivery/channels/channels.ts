import type { LedgerEntry } from '../../../db/tables/ledger-entry.ts';
import { isAnswer } from '../rules.ts';
import { CHANNEL_NAMES, type Addressed, type Channel, type ChannelName } from './channel.ts';

/** An answer stands under the post that asked; all else is between two. Outside of X comes last, what the user chose before what the operator did. */
const ANSWER_ORDER: readonly ChannelName[] = ['reply', 'dm', 'mastodon', 'webhook'];
const ORDER: readonly ChannelName[] = ['dm', 'reply', 'mastodon', 'webhook'];

/** The ways that are set up, and which of them a message goes next. */
export class Channels {
  readonly #byName: ReadonlyMap<string, Channel>;

  constructor(channels: readonly Channel[]) {
    this.#byName = new Map(channels.map((channel) => [channel.name, channel]));
  }

  /** `undefined` when that way is not set up (any more). */
  find(name: string): Channel | undefined {
    return this.#byName.get(name);
  }

  /** The first way that may take the message and has not refused it. */
  next(message: Addressed): Channel | undefined {
    return (isAnswer(message.entry) ? ANSWER_ORDER : ORDER)
      .filter((name) => !Object.hasOwn(message.entry.refusals, name))
      .map((name) => this.#byName.get(name))
      .find((channel) => channel?.takes(message) === true);
  }
}

type Refused = Pick<LedgerEntry, 'refusals'>;

/** Why a message was refused, in a sentence; each way is named when there was more than one. `undefined` when none was tried. */
export function refusalText(entry: Refused): string | undefined {
  const names = CHANNEL_NAMES.filter((name) => Object.hasOwn(entry.refusals, name));
  return names.length < 2 ? names.map((name) => entry.refusals[name])[0] : refusalList(entry);
}

/** Each way that refused it and why: `dm: You do not have permission...; webhook: ...`; empty when none did. */
export function refusalList({ refusals }: Refused): string {
  return CHANNEL_NAMES.filter((name) => Object.hasOwn(refusals, name)).map((name) => `${name}: ${refusals[name]}`).join('; ');
}
