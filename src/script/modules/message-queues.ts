import type { EventOutbox, ResultInboxes } from '../ports.ts';
import type { QueueItem } from './route-locals.ts';
import { fromWireText, toWireText } from './wire-text.ts';

/** One queue of `script.mqueues`. */
export interface QueueOptions {
  /** `out` goes to the workers, `in` comes from them, `local` stays in this process. */
  readonly direction: 'out' | 'in' | 'local';
  /** Items that a local queue holds; past it the oldest is dropped. */
  readonly maxItems: number;
}

/** What happens with a queue in one direction. Texts are wire text. */
interface MessageQueue {
  /** False when the item is not taken. */
  add(key: string, value: string): boolean;
  /** Takes the oldest item; undefined when there is none, `'not-here'` for a queue that is drained elsewhere. */
  fetch(): QueueItem | undefined | 'not-here';
  readonly size: number;
}

/** The queues of `KSR.mqueue`. */
export class MessageQueues {
  readonly #queues: ReadonlyMap<string, MessageQueue>;

  constructor(definitions: Readonly<Record<string, QueueOptions>>, outbox: EventOutbox, inboxes: ResultInboxes) {
    const queues = Object.entries(definitions).map(([name, options]) => [name, openQueue(name, options, outbox, inboxes)] as const);
    this.#queues = new Map(queues);
  }

  get(name: string): MessageQueue | undefined {
    return this.#queues.get(name);
  }
}

function openQueue(name: string, { direction, maxItems }: QueueOptions, outbox: EventOutbox, inboxes: ResultInboxes): MessageQueue {
  switch (direction) {
    case 'out':
      return new OutQueue(name, outbox);
    case 'in':
      return new InQueue(name, inboxes);
    case 'local':
      return new LocalQueue(maxItems);
  }
}

class OutQueue implements MessageQueue {
  readonly #name: string;
  readonly #outbox: EventOutbox;

  constructor(name: string, outbox: EventOutbox) {
    this.#name = name;
    this.#outbox = outbox;
  }

  get size(): number {
    return this.#outbox.pending(this.#name);
  }

  add(key: string, value: string): boolean {
    return this.#outbox.append(this.#name, fromWireText(key), fromWireText(value));
  }

  fetch(): 'not-here' {
    return 'not-here';
  }
}

class InQueue implements MessageQueue {
  readonly #name: string;
  readonly #inboxes: ResultInboxes;

  constructor(name: string, inboxes: ResultInboxes) {
    this.#name = name;
    this.#inboxes = inboxes;
  }

  get size(): number {
    return this.#inboxes.size(this.#name);
  }

  /** Only workers put something in. */
  add(): boolean {
    return false;
  }

  fetch(): QueueItem | undefined {
    const item = this.#inboxes.take(this.#name);
    return item === undefined ? undefined : { key: toWireText(item.key), value: toWireText(item.value) };
  }
}

/** First in, first out in memory. */
class LocalQueue implements MessageQueue {
  readonly #maxItems: number;
  /** Items from `#head` on are in the queue; those before it are gone. */
  #items: (QueueItem | undefined)[] = [];
  #head = 0;

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  add(key: string, value: string): boolean {
    if (this.size >= this.#maxItems) this.fetch();
    this.#items.push({ key, value });
    return true;
  }

  fetch(): QueueItem | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    // Moving what is left once half of the list is gone costs a constant time for each item.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
