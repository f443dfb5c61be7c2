import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { AnnouncementSession } from '../ua/announcer.ts';
import { readAnswer, type AudioDestination } from './answer.ts';
import { isPrivateAddress } from './private-address.ts';
import { isRtp, writeRtp } from './rtp.ts';
import type { RtpSocket } from './rtp-socket.ts';
import { FRAME_MS, FRAME_SAMPLES, frameOf, type Sound } from './sound.ts';

/** A process that stood still for longer than so many packets goes on from where it is: a burst would be thrown away. */
const MAX_LATE_FRAMES = 5;

export interface AnnouncementParts {
  readonly clock: Clock;
  readonly socket: RtpSocket;
  readonly sound: Sound;
  readonly offer: string;
  /** Whether the offer's address is IPv6: an answer of the other family cannot be sent to. */
  readonly family: 4 | 6;
  /** Why nothing may be sent to an address and port; undefined when it may. */
  readonly refusal: (address: string, port: number) => string | undefined;
  /** Called once, when the session has ended however it did. */
  readonly onClosed: () => void;
  /** Called for each packet that was handed to the socket. */
  readonly onSent: () => void;
}

/**
 * One announcement into one call (RFC 3550, RFC 3551). Packet `n` is due `n` times 20 ms after the first, not
 * 20 ms after the one before it, so that late timers do not add up.
 *
 * When the answer names a private address, the first RTP packet that comes from anywhere else shows where the
 * phone really is, and the rest goes there (RFC 4961): once, so that a stranger who guesses the port later
 * changes nothing.
 */
export class Announcement implements AnnouncementSession, TimerOwner {
  readonly offer: string;
  readonly #parts: AnnouncementParts;
  readonly #timer = new Timer(this);
  readonly #ssrc = randomBytes(4).readUInt32BE();
  #sequence = randomBytes(2).readUInt16BE();
  #timestamp = randomBytes(4).readUInt32BE();
  #destination: AudioDestination | undefined;
  /** No packet has come in yet that showed where the phone is. */
  #searching = false;
  #startMs = 0;
  /** Packets that were due before the pause of a process that stood still; the next is number `#index` of the sound. */
  #due = 0;
  #index = 0;
  #marker = true;
  #closed = false;
  #ended: (() => void) | undefined;

  constructor(parts: AnnouncementParts) {
    this.#parts = parts;
    this.offer = parts.offer;
    parts.socket.onPacket = (packet, address, port) => this.#onPacket(packet, address, port);
  }

  /** @throws AppError `media.answer` */
  async play(answer: string): Promise<void> {
    if (this.#closed) return;
    if (this.#destination !== undefined) throw new AppError('media.answer', 'This announcement is being played already');
    this.#destination = this.#destinationOf(answer);
    this.#searching = isPrivateAddress(this.#destination.address);
    this.#startMs = this.#parts.clock.monotonicMs();
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    this.onTimer();
    await ended;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.clock.disarm(this.#timer);
    this.#parts.socket.close();
    this.#parts.onClosed();
    this.#ended?.();
  }

  onTimer(): void {
    const { clock, sound } = this.#parts;
    const elapsed = Math.floor((clock.monotonicMs() - this.#startMs) / FRAME_MS);
    if (elapsed - this.#due > MAX_LATE_FRAMES) this.#skip(elapsed - this.#due);
    while (this.#due <= elapsed && this.#index < sound.frames) this.#sendFrame();
    if (this.#index < sound.frames) {
      clock.arm(this.#timer, Math.max(0, this.#startMs + this.#due * FRAME_MS - clock.monotonicMs()));
      return;
    }
    this.#ended?.();
  }

  /** Time went by without packets: to the receiver a silence, after which a talkspurt begins. */
  #skip(frames: number): void {
    this.#due += frames;
    this.#timestamp += frames * FRAME_SAMPLES;
    this.#marker = true;
  }

  #sendFrame(): void {
    const { payloadType, address, port } = this.#destination!;
    const header = { payloadType, marker: this.#marker, sequence: this.#sequence, timestamp: this.#timestamp, ssrc: this.#ssrc };
    this.#parts.socket.send(writeRtp(header, frameOf(this.#parts.sound, payloadType, this.#index)), address, port);
    this.#parts.onSent();
    this.#marker = false;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp += FRAME_SAMPLES;
    this.#due += 1;
    this.#index += 1;
  }

  #destinationOf(answer: string): AudioDestination {
    const read = readAnswer(answer);
    if ('problem' in read) throw new AppError('media.answer', `Cannot play an announcement: ${read.problem}`);
    if (isIPv6(read.address) !== (this.#parts.family === 6)) throw new AppError('media.answer', `Cannot play an announcement: ${read.address} is not IPv${this.#parts.family}, which was offered`);
    const refusal = this.#parts.refusal(read.address, read.port);
    if (refusal !== undefined) throw new AppError('media.answer', `Cannot play an announcement: nothing may be sent to ${read.address}:${read.port} (${refusal})`);
    return read;
  }

  #onPacket(packet: Uint8Array, address: string, port: number): void {
    const named = this.#destination;
    if (!this.#searching || named === undefined || !isRtp(packet)) return;
    this.#searching = false;
    if (this.#parts.refusal(address, port) !== undefined) return;
    this.#destination = { ...named, address, port };
  }
}
