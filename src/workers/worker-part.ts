/** Something that a worker process runs: a consumer of a queue, the reader of X, a sweep. */
export interface WorkerPart {
  /** Begins. An unreachable backend is waited for in the background. */
  start(): void;
  /** Begins nothing new, ends what runs, and resolves; always within the time that it was given when it was made. */
  stop(): Promise<void>;
}
