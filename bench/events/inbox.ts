import { setTimeout as pause } from 'node:timers/promises';
import type { ControlClient } from '../../src/x/emulator/control-client.ts';

const LOOK_MS = 500;

/**
 * The direct messages that reached X, by the caller whose call they tell. The sandbox notes whole
 * milliseconds; the end of that millisecond counts, so no time is shown shorter than it was.
 */
export class Inbox {
  /** When the first message about a caller came, in milliseconds since the epoch. */
  readonly arrivedAtMs = new Map<string, number>();
  /** Messages about a caller of whom there was one already. */
  doubled = 0;
  readonly #sandbox: ControlClient;
  #lastId = '0';

  constructor(sandbox: ControlClient) {
    this.#sandbox = sandbox;
  }

  /** Reads what came since the last look. */
  async look(): Promise<void> {
    for (const { id, text, createdAtMs } of await this.#sandbox.messagesAfter(this.#lastId)) {
      this.#lastId = id;
      const caller = callerIn(text);
      if (caller === undefined) continue;
      if (this.arrivedAtMs.has(caller)) this.doubled += 1;
      else this.arrivedAtMs.set(caller, createdAtMs + 1);
    }
  }

  /**
   * When the request for the first message about a caller reached the sandbox, before it was read: the nearest to the wire that it
   * knows. It notes whole milliseconds, of which the middle counts here, so that medians are neither too long nor too short. For as
   * many as the sandbox's list of requests holds, 5,000.
   */
  async requestedAtMs(): Promise<ReadonlyMap<string, number>> {
    const byCaller = new Map<string, number>();
    for (const { target, body, arrivedAtMs } of await this.#sandbox.requests()) {
      const caller = target.endsWith('/messages') ? callerIn(body) : undefined;
      if (caller !== undefined && !byCaller.has(caller)) byCaller.set(caller, arrivedAtMs + 0.5);
    }
    return byCaller;
  }

  /** Looks until so many are there, or nothing new has come for `idleMs`. */
  async waitFor(count: number, idleMs: number): Promise<void> {
    let lastNewsMs = performance.now();
    for (let known = -1; ; ) {
      await this.look();
      const { size } = this.arrivedAtMs;
      if (size > known) [known, lastNewsMs] = [size, performance.now()];
      if (size >= count || performance.now() - lastNewsMs > idleMs) return;
      await pause(LOOK_MS);
    }
  }
}

function callerIn(text: string): string | undefined {
  return /missed-\d+/.exec(text)?.[0];
}
