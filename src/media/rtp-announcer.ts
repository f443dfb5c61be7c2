import { isIPv6 } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Counter, Counters } from '../base/counters.ts';
import { AppError } from '../base/errors.ts';
import type { AnnouncementSession, Announcer } from '../ua/announcer.ts';
import { Announcement } from './announcement.ts';
import { writeOffer } from './offer.ts';
import type { OpenRtpSocket } from './rtp-socket.ts';
import type { Sound } from './sound.ts';

export interface RtpAnnouncerOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly sound: Sound;
  /** Numeric address that phones send to and get audio from; its family is that of all sessions. */
  readonly address: string;
  readonly openSocket: OpenRtpSocket;
  /** Announcements at a time; past it `open` rejects. */
  readonly maxSessions: number;
  /** Why nothing may be sent to an address and port; undefined when it may. */
  readonly refusal: (address: string, port: number) => string | undefined;
}

/** Speaks a recorded sound into calls, each on an RTP port of its own. What phones say is not listened to. */
export class RtpAnnouncer implements Announcer {
  readonly #options: RtpAnnouncerOptions;
  readonly #opened: Counter;
  readonly #refused: Counter;
  readonly #sent: Counter;
  readonly #open = new Set<Announcement>();
  /** Sessions whose socket is being opened count too. */
  #opening = 0;
  #sessions = 0;

  constructor(options: RtpAnnouncerOptions) {
    this.#options = options;
    this.#opened = options.counters.define('media.sessions', 'Announcements that got an RTP port');
    this.#refused = options.counters.define('media.sessions-refused', 'Announcements that got none: too many at a time, or no port was free');
    this.#sent = options.counters.define('media.rtp.sent', 'RTP packets handed to the system');
  }

  /** Announcements that have a port now. */
  get active(): number {
    return this.#open.size + this.#opening;
  }

  /** @throws AppError `media.unavailable` */
  async open(): Promise<AnnouncementSession> {
    const { clock, sound, address, maxSessions, refusal } = this.#options;
    if (this.active >= maxSessions) throw this.#unavailable(`${maxSessions} announcements are being made`);
    this.#opening += 1;
    const socket = await this.#options.openSocket().finally(() => {
      this.#opening -= 1;
    });
    if (socket === undefined) throw this.#unavailable('no port between media.portMin and media.portMax is free');
    this.#sessions += 1;
    this.#opened.value += 1;
    const announcement: Announcement = new Announcement({
      clock,
      socket,
      sound,
      offer: writeOffer({ address, port: socket.port, sessionId: `${Math.floor(clock.now() / 1000)}${this.#sessions}` }),
      family: isIPv6(address) ? 6 : 4,
      refusal,
      onClosed: () => void this.#open.delete(announcement),
      onSent: () => void (this.#sent.value += 1),
    });
    this.#open.add(announcement);
    return announcement;
  }

  /** Ends all announcements. */
  close(): void {
    for (const announcement of [...this.#open]) announcement.close();
  }

  #unavailable(reason: string): AppError {
    this.#refused.value += 1;
    return new AppError('media.unavailable', `Cannot make an announcement: ${reason}`);
  }
}
