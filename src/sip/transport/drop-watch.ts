import type { Clock } from '../../base/clock.ts';
import type { Counter } from '../../base/counters.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import type { DatagramSocket } from './udp-socket.ts';

/** How often the kernel is asked: reading /proc is not for free. */
const INTERVAL_MS = 10_000;

/** Adds to a counter, from time to time, what the kernel has dropped at the sockets of a node. */
export class DropWatch implements TimerOwner {
  readonly #clock: Clock;
  readonly #counter: Counter;
  readonly #timer = new Timer(this);
  /** The sockets, with what was counted of each. */
  readonly #counted = new Map<DatagramSocket, number>();

  constructor(clock: Clock, counter: Counter) {
    this.#clock = clock;
    this.#counter = counter;
  }

  add(socket: DatagramSocket): void {
    this.#counted.set(socket, 0);
    if (!this.#timer.armed) this.#clock.arm(this.#timer, INTERVAL_MS);
  }

  stop(): void {
    this.#clock.disarm(this.#timer);
    this.#counted.clear();
  }

  onTimer(): void {
    this.#clock.arm(this.#timer, INTERVAL_MS);
    void this.#count();
  }

  async #count(): Promise<void> {
    for (const socket of [...this.#counted.keys()]) {
      const drops = await socket.kernelDrops();
      const before = this.#counted.get(socket);
      if (drops === undefined || before === undefined) continue;
      // The kernel's number has 32 bits and begins again.
      this.#counter.value += (drops - before) >>> 0;
      this.#counted.set(socket, drops);
    }
  }
}
