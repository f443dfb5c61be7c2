import { MESSAGE_CLAIM_MS, type MessageStore, type MessageToStore, type StoredMessage } from '../script/ports.ts';

interface Kept extends MessageToStore {
  readonly id: number;
  /** In seconds of the epoch, as in the table. */
  claimedUntil: number;
}

/** A message store that forgets with its process, for tests. Times are kept to the second, as the table keeps them. */
export class MemoryMessageStore implements MessageStore {
  readonly #maxPerUser: number;
  readonly #messages = new Map<number, Kept>();
  #lastId = 0;

  constructor(options: { readonly maxPerUser: number }) {
    this.#maxPerUser = options.maxPerUser;
  }

  get size(): number {
    return this.#messages.size;
  }

  async store(message: MessageToStore): Promise<boolean> {
    const now = seconds(message.receivedAtMs);
    const waiting = [...this.#messages.values()].filter(({ username, expiresAtMs }) => username === message.username && seconds(expiresAtMs) > now);
    if (waiting.length >= this.#maxPerUser) return false;
    this.#lastId += 1;
    this.#messages.set(this.#lastId, { ...message, id: this.#lastId, claimedUntil: 0 });
    return true;
  }

  async claim(username: string, domain: string, nowMs: number, limit: number): Promise<readonly StoredMessage[]> {
    const now = seconds(nowMs);
    const found = [...this.#messages.values()]
      .filter((one) => one.username === username && (domain === '' || one.domain === domain))
      .filter((one) => one.claimedUntil <= now && seconds(one.expiresAtMs) > now)
      .sort((a, b) => seconds(a.receivedAtMs) - seconds(b.receivedAtMs) || a.id - b.id)
      .slice(0, limit);
    for (const one of found) one.claimedUntil = Math.ceil((nowMs + MESSAGE_CLAIM_MS) / 1000);
    return found.map(({ id, fromUri, toUri, contentType, body, receivedAtMs }) => ({
      id,
      fromUri,
      toUri,
      contentType,
      body,
      receivedAtMs: seconds(receivedAtMs) * 1000,
    }));
  }

  async release(id: number): Promise<void> {
    const message = this.#messages.get(id);
    if (message !== undefined) message.claimedUntil = 0;
  }

  async remove(id: number): Promise<void> {
    this.#messages.delete(id);
  }

  async deleteExpired(nowMs: number): Promise<number> {
    const expired = [...this.#messages.values()].filter(({ expiresAtMs }) => seconds(expiresAtMs) <= seconds(nowMs));
    for (const { id } of expired) this.#messages.delete(id);
    return expired.length;
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
