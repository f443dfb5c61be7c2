import { checkId } from './accounts.ts';
import type { Billing } from './billing.ts';
import type { XCalls } from './calls.ts';
import { decodeDirectMessages, decodeSent } from './decode.ts';
import { XFailure, type DirectMessage, type SentDirectMessage } from './port.ts';

const MAX_TEXT_LENGTH = 10_000;
const MAX_LISTED = 500;
const PAGE_SIZE = 100;

/** `/2/dm_conversations/with/…`: our conversation with one account. */
export class DirectMessages {
  readonly #calls: XCalls;
  readonly #billing: Billing;

  constructor(calls: XCalls, billing: Billing) {
    this.#calls = calls;
    this.#billing = billing;
  }

  async send({ recipientId, text }: { recipientId: string; text: string }): Promise<SentDirectMessage> {
    checkId(recipientId);
    if (text === '' || text.length > MAX_TEXT_LENGTH) {
      throw new XFailure('invalid', `A direct message has 1 to ${MAX_TEXT_LENGTH} characters, this one has ${text.length}`);
    }
    const path = `dm_conversations/with/${recipientId}/messages`;
    const body = await paidWrite(this.#billing, 'dm-send', () => this.#calls.write('direct message', (v2) => v2.post(path, { text })));
    const sent = decodeSent(body);
    if (sent === undefined) throw new XFailure('uncertain', 'X accepted the message but its answer holds no id');
    return sent;
  }

  async find(query: { participantId: string; sinceMs: number; limit: number }): Promise<DirectMessage[]> {
    const { participantId, sinceMs, limit } = query;
    checkId(participantId);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED) {
      throw new XFailure('invalid', `The limit is a number from 1 to ${MAX_LISTED}, not ${limit}`);
    }
    const found: DirectMessage[] = [];
    let token: string | undefined;
    // X may give short pages, but a conversation that needs twice the pages is not worth the 15 calls it would eat.
    for (let pages = 2 * Math.ceil(limit / PAGE_SIZE); pages > 0; pages -= 1) {
      const { messages, nextToken } = decodeDirectMessages(await this.#page(participantId, Math.min(limit, PAGE_SIZE), token));
      this.#billing.returned('dm-read', messages.map(({ id }) => id));
      for (const message of messages) {
        if (message.createdAtMs < sinceMs || found.length === limit) return found;
        found.push(message);
      }
      if (nextToken === undefined || found.length === limit) return found;
      token = nextToken;
    }
    throw new XFailure('unavailable', 'X splits the conversation into too many pages');
  }

  #page(participantId: string, size: number, token: string | undefined): Promise<unknown> {
    return this.#calls.read('message list', (v2) =>
      v2.get(`dm_conversations/with/${participantId}/dm_events`, {
        'dm_event.fields': 'id,text,event_type,sender_id,created_at',
        event_types: 'MessageCreate',
        // X takes 1 to 100.
        max_results: size,
        ...(token === undefined ? {} : { pagination_token: token }),
      }),
    );
  }
}

/** Makes a write and counts its price, unless X certainly did not do it. */
export async function paidWrite<Result>(
  billing: Billing,
  call: Parameters<Billing['called']>[0],
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await write();
    billing.called(call);
    return result;
  } catch (thrown) {
    if (thrown instanceof XFailure && thrown.class === 'uncertain') billing.called(call);
    throw thrown;
  }
}
