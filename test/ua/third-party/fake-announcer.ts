import type { AnnouncementSession, Announcer } from '../../../src/ua/announcer.ts';
import { sdp } from './recording-flow-port.ts';

/** Lets everything that settled promises have set in motion happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An announcer that opens and speaks when the test says so. */
export class FakeAnnouncer implements Announcer {
  /** The answers that it was told to speak to. */
  readonly played: string[] = [];
  closed = 0;
  #open: { resolve: (session: AnnouncementSession) => void; reject: (error: Error) => void } | undefined;
  #play: { resolve: () => void; reject: (error: Error) => void } | undefined;

  open(): Promise<AnnouncementSession> {
    return new Promise((resolve, reject) => {
      this.#open = { resolve, reject };
    });
  }

  opens(): Promise<void> {
    this.#open!.resolve({
      offer: sdp('announcement'),
      play: (answer) => {
        this.played.push(answer);
        return new Promise((resolve, reject) => {
          this.#play = { resolve, reject };
        });
      },
      close: () => {
        this.closed += 1;
        this.#play?.resolve();
      },
    });
    return settled();
  }

  failsToOpen(): Promise<void> {
    this.#open!.reject(new Error('no socket'));
    return settled();
  }

  hasPlayed(): Promise<void> {
    this.#play!.resolve();
    return settled();
  }

  failsToPlay(): Promise<void> {
    this.#play!.reject(new Error('no audio'));
    return settled();
  }
}
