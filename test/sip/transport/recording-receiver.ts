import type { Destination, FramingError, Source, TransportReceiver } from '../../../src/sip/transport/transport.ts';

const DEADLINE_MS = 5000;

/** A receiver that writes down what it is told, and lets a test wait for it. */
export class RecordingReceiver implements TransportReceiver {
  readonly messages: { readonly text: string; readonly source: Source }[] = [];
  /** One word an event, in order: `message TEXT`, `batch`, `framing REASON`, `keepalive`, `closed ID`, `failed CODE`. */
  readonly events: string[] = [];
  readonly failures: { readonly destination: Destination; readonly code: string }[] = [];
  /** What to do with a message, on the stack of `onMessage`. */
  answer: (text: string, source: Source) => void = () => {};
  answerFramingError: (source: Source) => void = () => {};
  readonly #waiting = new Set<() => void>();

  onMessage(text: string, source: Source): void {
    this.messages.push({ text, source });
    this.#note(`message ${text}`);
    this.answer(text, source);
  }

  onBatchEnd(): void {
    this.#note('batch');
  }

  onFramingError(source: Source, reason: FramingError): void {
    this.#note(`framing ${reason}`);
    this.answerFramingError(source);
  }

  onKeepalive(): void {
    this.#note('keepalive');
  }

  onConnectionClosed(connectionId: number): void {
    this.#note(`closed ${connectionId}`);
  }

  onSendError(destination: Destination, code: string): void {
    this.failures.push({ destination, code });
    this.#note(`failed ${code}`);
  }

  /** Resolves as soon as `reached` holds; looked at after every event. */
  until(reached: () => boolean, what = 'the awaited event'): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`No sign of ${what} within ${DEADLINE_MS} ms; seen: ${this.events.join(', ').slice(0, 500)}`));
      }, DEADLINE_MS);
      const look = () => {
        if (!reached()) return;
        clearTimeout(deadline);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  untilEvent(event: string | RegExp): Promise<void> {
    const matches = (one: string) => (typeof event === 'string' ? one === event : event.test(one));
    return this.until(() => this.events.some(matches), String(event));
  }

  #note(event: string): void {
    this.events.push(event);
    for (const look of [...this.#waiting]) look();
  }
}
