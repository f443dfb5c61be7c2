/** What a timer wakes. One owner may have several timers and tells them apart by `kind`. */
export interface TimerOwner {
  onTimer(kind: number): void;
}

/**
 * One timer. The object is the list node itself, so that arming and disarming allocate nothing;
 * it is created once with its owner and armed as often as wanted.
 */
export class Timer {
  readonly owner: TimerOwner;
  readonly kind: number;
  /** Tick at which the timer fires; meaningless while it is not armed. */
  dueTick = 0;
  /** Neighbours in the slot's ring; `undefined` when the timer is not armed. */
  next: Timer | undefined = undefined;
  previous: Timer | undefined = undefined;

  constructor(owner: TimerOwner, kind = 0) {
    this.owner = owner;
    this.kind = kind;
  }

  get armed(): boolean {
    return this.next !== undefined;
  }
}

const NOBODY: TimerOwner = { onTimer() {} };

/**
 * A hashed timing wheel (Varghese and Lauck, scheme 6): `slots` rings of timers, one per tick; a
 * timer that is due more than one turn ahead stays in its ring and is passed over. Each SIP
 * message arms and disarms timers, and a ring does both in constant time.
 */
export class TimerWheel {
  readonly tickMs: number;
  readonly #slots: Timer[];
  readonly #mask: number;
  #tick: number;
  #size = 0;

  /**
   * @param startMs  the time that the first tick stands for
   * @param tickMs   width of a tick; a timer fires up to one tick late, never early
   * @param slots    a power of two
   */
  constructor(startMs: number, tickMs: number, slots = 4096) {
    this.tickMs = tickMs;
    this.#tick = Math.floor(startMs / tickMs);
    this.#mask = slots - 1;
    this.#slots = Array.from({ length: slots }, () => {
      const head = new Timer(NOBODY);
      head.next = head;
      head.previous = head;
      return head;
    });
  }

  /** How many timers are armed. */
  get size(): number {
    return this.#size;
  }

  arm(timer: Timer, nowMs: number, delayMs: number): void {
    if (timer.next !== undefined) this.disarm(timer);
    const due = Math.ceil((nowMs + delayMs) / this.tickMs);
    timer.dueTick = due > this.#tick ? due : this.#tick + 1;
    const head = this.#slots[timer.dueTick & this.#mask]!;
    const last = head.previous!;
    timer.next = head;
    timer.previous = last;
    last.next = timer;
    head.previous = timer;
    this.#size += 1;
  }

  disarm(timer: Timer): void {
    const next = timer.next;
    if (next === undefined) return;
    const previous = timer.previous!;
    previous.next = next;
    next.previous = previous;
    timer.next = undefined;
    timer.previous = undefined;
    this.#size -= 1;
  }

  /** Fires every timer that is due at `nowMs`, in the order of their ticks. */
  advance(nowMs: number): void {
    const target = Math.floor(nowMs / this.tickMs);
    if (this.#size === 0) {
      if (target > this.#tick) this.#tick = target;
      return;
    }
    while (this.#tick < target) {
      this.#tick += 1;
      this.#fireSlot(this.#slots[this.#tick & this.#mask]!);
    }
  }

  #fireSlot(head: Timer): void {
    let timer = head.next!;
    while (timer !== head) {
      if (timer.dueTick > this.#tick) {
        timer = timer.next!;
        continue;
      }
      this.disarm(timer);
      timer.owner.onTimer(timer.kind);
      // The owner may have armed or disarmed anything: start again, what is left is what is due.
      timer = head.next!;
    }
  }
}
