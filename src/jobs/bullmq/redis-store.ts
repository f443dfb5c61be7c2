import { Queue, Worker, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import { KEPT_COMPLETED, KEPT_COMPLETED_MS } from '../queue.ts';
import { addressOf, type BullQueue, type BullStore, type BullWorker, type BullWorkerOptions } from './store.ts';

const CONNECT_MS = 5_000;
const COMMAND_MS = 10_000;
const MAX_RECONNECT_MS = 2_000;
const KEEP_ALIVE_MS = 10_000;

/** Namespace of our keys, so that the Redis may serve others too. */
const PREFIX = 'sipweet';

/**
 * BullMQ on Redis. What producers and questions use fails at once while the connection is down; a
 * worker's connections wait, as BullMQ wants it, and come back by themselves.
 */
export class RedisStore implements BullStore {
  readonly target: string;
  readonly keepCompleted = { age: KEPT_COMPLETED_MS / 1000, count: KEPT_COMPLETED };
  readonly #url: string;
  readonly #client: Redis;
  #onError: (error: Error) => void = () => {};

  constructor(url: string) {
    this.#url = url;
    this.target = `Redis at ${addressOf(url)}`;
    this.#client = new Redis(url, {
      connectTimeout: CONNECT_MS,
      keepAlive: KEEP_ALIVE_MS,
      commandTimeout: COMMAND_MS,
      // A command that cannot be sent now is refused: the spool keeps the events and tries again.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: reconnectMs,
    });
    this.#client.on('error', (error) => this.#onError(error));
  }

  openQueue(name: string): BullQueue {
    return new Queue(name, { connection: this.#client, prefix: PREFIX });
  }

  openWorker(name: string, processor: Processor, options: BullWorkerOptions): { worker: BullWorker; cut: () => void } {
    let ended = false;
    // BullMQ duplicates this client with its options for the blocking connection, which we never
    // see: the shared retry strategy is the way to end that one too.
    const client = new Redis(this.#url, {
      connectTimeout: CONNECT_MS,
      keepAlive: KEEP_ALIVE_MS,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => (ended ? null : reconnectMs(times)),
    });
    client.on('error', (error) => this.#onError(error));
    const worker = new Worker(name, processor, { ...options, connection: client, prefix: PREFIX });
    const cut = () => {
      ended = true;
      client.disconnect();
    };
    return { worker, cut };
  }

  /** Redis does by itself what its configuration says. */
  flush(): Promise<void> {
    return Promise.resolve();
  }

  async ping(): Promise<void> {
    if (this.#client.status === 'connecting' || this.#client.status === 'connect') await connected(this.#client);
    if (this.#client.status !== 'ready') throw new Error('no connection');
    await this.#client.ping();
  }

  onError(listener: (error: Error) => void): void {
    this.#onError = listener;
  }

  close(): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }
}

/** The end of the attempt to connect that is on its way, good or bad. */
function connected(client: Redis): Promise<void> {
  return new Promise((resolve) => {
    const ended = () => {
      client.off('ready', ended);
      client.off('close', ended);
      resolve();
    };
    client.on('ready', ended);
    client.on('close', ended);
  });
}

function reconnectMs(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS);
}
