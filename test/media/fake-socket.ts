import { readRtp, type RtpPacket } from '../../src/media/rtp.ts';
import type { RtpSocket } from '../../src/media/rtp-socket.ts';
import type { Clock } from '../../src/base/clock.ts';

export interface SentPacket extends RtpPacket {
  readonly atMs: number;
  readonly to: string;
}

/** A socket that remembers what was sent through it, and when. */
export class FakeSocket implements RtpSocket {
  readonly port: number;
  readonly sent: SentPacket[] = [];
  closed = 0;
  onPacket: RtpSocket['onPacket'] = () => {};
  readonly #clock: Clock;

  constructor(clock: Clock, port = 40_000) {
    this.#clock = clock;
    this.port = port;
  }

  send(packet: Uint8Array, address: string, port: number): void {
    this.sent.push({ ...readRtp(packet)!, atMs: this.#clock.monotonicMs(), to: `${address}:${port}` });
  }

  close(): void {
    this.closed += 1;
  }
}
