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
  readonly #due: Timer = emptyRing();
  readonly #mask: number;
  #tick: number;
  #size = 0;

  /**
   * @param startMs  the time that the first tick stands for
   * @param tickMs   width of a tick; a timer fires up to one tick late (and as late as `advance` comes), never early
   * @param slots    a power of two
   */
  constructor(startMs: number, tickMs: number, slots = 4096) {
    this.tickMs = tickMs;
    this.#tick = Math.floor(startMs / tickMs);
    this.#mask = slots - 1;
    this.#slots = Array.from({ length: slots }, emptyRing);
  }

  /** How many timers are armed. */
  get size(): number {
    return this.#size;
  }

  arm(timer: Timer, nowMs: number, delayMs: number): void {
    if (timer.next !== undefined) this.disarm(timer);
    const due = Math.ceil((nowMs + delayMs) / this.tickMs);
    timer.dueTick = due > this.#tick ? due : this.#tick + 1;
    this.#append(timer, this.#slots[timer.dueTick & this.#mask]!);
    this.#size += 1;
  }

  disarm(timer: Timer): void {
    if (timer.next === undefined) return;
    this.#unlink(timer);
    timer.next = undefined;
    timer.previous = undefined;
    this.#size -= 1;
  }

  /**
   * Fires every timer that is due at `nowMs`: in the order of their ticks, and within a tick in the
   * order in which they were armed. Owners may arm and disarm anything meanwhile; what one arms
   * fires at a later tick. If an owner throws, the rest fires at the next call.
   */
  advance(nowMs: number): void {
    const target = Math.floor(nowMs / this.tickMs);
    this.#fireDue();
    while (this.#tick < target && this.#size > 0) {
      this.#tick += 1;
      this.#takeDue(this.#slots[this.#tick & this.#mask]!);
      this.#fireDue();
    }
    if (target > this.#tick) this.#tick = target;
  }

  /**
   * A tick, at most `ahead` ticks from the last one, before which no timer fires. What it finds there may be due in a
   * later turn only.
   */
  nextTick(ahead: number): number {
    let tick = this.#tick + 1;
    // What an owner that threw has left is due at once.
    if (!isEmpty(this.#due)) return tick;
    const last = this.#tick + ahead;
    while (tick < last && isEmpty(this.#slots[tick & this.#mask]!)) tick += 1;
    return tick;
  }

  /**
   * Moves what is due from its slot to the ring of due timers, so that a slot is read once per
   * turn however many of its timers have turns to wait.
   */
  #takeDue(slot: Timer): void {
    let timer = slot.next!;
    while (timer !== slot) {
      const following = timer.next!;
      if (timer.dueTick <= this.#tick) {
        this.#unlink(timer);
        this.#append(timer, this.#due);
      }
      timer = following;
    }
  }

  #fireDue(): void {
    let timer = this.#due.next!;
    while (timer !== this.#due) {
      this.disarm(timer);
      timer.owner.onTimer(timer.kind);
      timer = this.#due.next!;
    }
  }

  #append(timer: Timer, ring: Timer): void {
    const last = ring.previous!;
    timer.next = ring;
    timer.previous = last;
    last.next = timer;
    ring.previous = timer;
  }

  #unlink(timer: Timer): void {
    const next = timer.next!;
    const previous = timer.previous!;
    previous.next = next;
    next.previous = previous;
  }
}

function isEmpty(ring: Timer): boolean {
  return ring.next === ring;
}

/** The fixed node that a ring begins and ends with. */
function emptyRing(): Timer {
  const head = new Timer(NOBODY);
  head.next = head;
  head.previous = head;
  return head;
}
