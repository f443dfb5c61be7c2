import type { KeepJobs, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import type { Bundle, Envelope } from './envelope.ts';
import type { JobSource } from './head-start.ts';

/** The part of BullMQ's `Queue` that is used here, whatever the backend under it. */
export type BullQueue = Pick<
  Queue<Envelope | Bundle>,
  'add' | 'addBulk' | 'pause' | 'resume' | 'isPaused' | 'waitUntilReady' | 'close'
> & {
  getJobCounts(...states: string[]): Promise<Record<string, number>>;
  getFailed(start: number, end: number): Promise<readonly FailedJob[]>;
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** What a dead letter is made from. */
export interface FailedJob {
  readonly name: string;
  readonly data: unknown;
  readonly failedReason: string;
  readonly attemptsMade: number;
  readonly finishedOn?: number | undefined;
  readonly timestamp: number;
}

/** The part of BullMQ's `Worker` that is used here. */
export type BullWorker = Pick<Worker, 'waitUntilReady' | 'pause' | 'close'> & {
  getBackend(): JobSource;
  on(event: 'error', listener: (error: Error) => void): unknown;
};

export type BullWorkerOptions = Omit<WorkerOptions, 'connection' | 'prefix'>;

/** Where BullMQ keeps its queues, as far as the two kinds differ. */
export interface BullStore {
  /** For log lines: kind and address, without user or password. */
  readonly target: string;
  /** Which completed jobs stay, for their ids. */
  readonly keepCompleted: KeepJobs;
  openQueue(name: string): BullQueue;
  /** `cut` tears down the worker's connections at once, whatever they are doing. */
  openWorker(name: string, processor: Processor, options: BullWorkerOptions): { worker: BullWorker; cut: () => void };
  /** Makes what a queue was told before as durable as the backend can; `unhurried` as in `AddOptions`. */
  flush(unhurried: boolean): Promise<void>;
  /** One round trip. */
  ping(): Promise<void>;
  /** Told of errors of connections that are not a queue's or a worker's. */
  onError(listener: (error: Error) => void): void;
  close(): Promise<void>;
}

/** `host:port/path` of a URL, for people. */
export function addressOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname === '/' ? '' : pathname}`;
}
