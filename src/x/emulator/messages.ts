import type { Clock } from '../../base/clock.ts';
import type { Snowflakes } from './snowflake.ts';

/** A direct message between two accounts. */
export interface SandboxMessage {
  readonly id: string;
  /** `{smaller}-{larger}` of the two account ids, compared as numbers. */
  readonly conversationId: string;
  readonly senderId: string;
  readonly recipientId: string;
  readonly text: string;
  readonly createdAtMs: number;
  /** True for a message of X's encrypted chat: no list of the API has it, and its event holds no text. */
  readonly encrypted: boolean;
}

/** What somebody sends. */
export interface NewMessage {
  readonly senderId: string;
  readonly recipientId: string;
  readonly text: string;
  readonly encrypted?: boolean;
}

/** The id of the conversation of two accounts. */
export function conversationIdOf(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? `${a}-${b}` : `${b}-${a}`;
}

/** The direct messages, bounded: past `maxItems` the oldest is forgotten. */
export class Messages {
  readonly #clock: Clock;
  readonly #snowflakes: Snowflakes;
  readonly #maxItems: number;
  readonly #list: SandboxMessage[] = [];

  constructor(options: { clock: Clock; snowflakes: Snowflakes; maxItems: number }) {
    this.#clock = options.clock;
    this.#snowflakes = options.snowflakes;
    this.#maxItems = options.maxItems;
  }

  /** Oldest first. */
  get all(): readonly SandboxMessage[] {
    return this.#list;
  }

  /** What came behind the message of that id; everything that is still there when the id is older than that. */
  after(id: string): readonly SandboxMessage[] {
    const mark = BigInt(id);
    let first = this.#list.length;
    while (first > 0 && BigInt(this.#list[first - 1]!.id) > mark) first -= 1;
    return this.#list.slice(first);
  }

  add({ senderId, recipientId, text, encrypted = false }: NewMessage): SandboxMessage {
    const id = this.#snowflakes.next();
    const conversationId = conversationIdOf(senderId, recipientId);
    const message = { id, conversationId, senderId, recipientId, text, createdAtMs: this.#clock.now(), encrypted };
    this.#list.push(message);
    if (this.#list.length > this.#maxItems) this.#list.shift();
    return message;
  }
}
