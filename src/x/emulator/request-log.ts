import type { AuthKind } from './auth.ts';
import type { FaultKind } from './faults.ts';

/** One request to the API, for assertions and the control page. Headers are left out: one of them signs. */
export interface RecordedRequest {
  /** When its head was there. */
  readonly arrivedAtMs: number;
  /** When it was handled; a slow answer goes out later. */
  readonly atMs: number;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** The beginning of the body. */
  readonly body: string;
  /** The status that was sent; absent when the request was left without an answer. */
  readonly status?: number;
  /** How it proved who sends it; absent when it did not. */
  readonly auth?: AuthKind;
  /** Handle of the account that acted; for the app itself that of its owner. */
  readonly user?: string;
  /** What X would have billed, in millionths of a dollar. */
  readonly costMicroUsd: number;
  readonly fault?: FaultKind;
  /** Why it was not accepted, in our words: X's bodies do not say. */
  readonly why?: string;
}

const MAX_BODY_CHARS = 2000;

/** The last requests; at the bound the oldest is forgotten. */
export class RequestLog {
  readonly #maxRequests: number;
  readonly #requests: RecordedRequest[] = [];
  /** Called after each request; one listener. */
  onAdded: () => void = () => {};

  constructor(maxRequests: number) {
    this.#maxRequests = maxRequests;
  }

  add(request: RecordedRequest): void {
    this.#requests.push({ ...request, body: request.body.slice(0, MAX_BODY_CHARS) });
    if (this.#requests.length > this.#maxRequests) this.#requests.shift();
    this.onAdded();
  }

  /** Oldest first. */
  list(): readonly RecordedRequest[] {
    return this.#requests;
  }
}
