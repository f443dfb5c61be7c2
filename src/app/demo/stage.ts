import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { endedWithin } from '../../jobs/bullmq/deadline.ts';
import type { ControlClient } from '../../x/emulator/control-client.ts';
import type { InboxMessage } from '../../x/emulator/control/messages.ts';

/** How long one step may take. On an idle machine each takes some milliseconds. */
const STEP_MS = 8000;
const POLL_MS = 10;

export interface StageOptions {
  readonly sandbox: Pick<ControlClient, 'inbox' | 'sendAs'>;
  readonly clock: Clock;
  /** Told of each step when it is done. */
  readonly tell: (step: string) => void;
}

/** What all acts have: a time limit for each step, words for what was expected, and the people's mail. */
export class Stage {
  readonly clock: Clock;
  readonly tell: (step: string) => void;
  readonly #sandbox: StageOptions['sandbox'];
  readonly #read = new Map<string, number>();

  constructor({ sandbox, clock, tell }: StageOptions) {
    this.clock = clock;
    this.tell = tell;
    this.#sandbox = sandbox;
  }

  /** @throws AppError `demo.failed`, saying what was expected */
  async expect<Result>(what: string, step: Promise<Result>): Promise<Result> {
    if (await endedWithin(this.clock, STEP_MS, step)) return step;
    throw new AppError('demo.failed', `Expected within ${STEP_MS} ms: ${what}`);
  }

  async expectStatus(what: string, step: Promise<number>, wanted: number): Promise<void> {
    const status = await this.expect(what, step);
    if (status !== wanted) throw new AppError('demo.failed', `Expected: ${what} (${wanted}); the answer was ${status}`);
  }

  /** A person writes a direct message to the service. */
  async write(onX: string, text: string): Promise<void> {
    await this.#sandbox.sendAs({ from: onX, text });
    this.tell(`@${onX} writes: ${text}`);
  }

  /** The next direct message that a person gets, which has these words in it; it is read out. */
  async nextMessage(onX: string, words: string): Promise<InboxMessage> {
    const at = this.#read.get(onX) ?? 0;
    for (const endMs = this.clock.monotonicMs() + STEP_MS; this.clock.monotonicMs() < endMs; await this.pause(POLL_MS)) {
      const message = (await this.#sandbox.inbox(onX))[at];
      if (message === undefined) continue;
      this.#read.set(onX, at + 1);
      if (!message.text.includes(words)) {
        throw new AppError('demo.failed', `Expected "${words} ..." in the message to @${onX}, found: ${message.text}`);
      }
      this.tell(`@${onX} has a direct message from @${message.from}:`);
      for (const line of message.text.split('\n')) this.tell(`    ${line}`);
      return message;
    }
    throw new AppError('demo.failed', `Expected a direct message to @${onX} in the sandbox within ${STEP_MS} ms; there is none`);
  }

  async pause(ms: number): Promise<void> {
    await endedWithin(this.clock, ms, new Promise(() => {}));
  }
}
