/** How many records wait, by queue. A queue with none left takes no room. */
export class Tally {
  readonly #byQueue = new Map<string, number>();
  #total = 0;

  add(queue: string): void {
    this.#total += 1;
    this.#byQueue.set(queue, (this.#byQueue.get(queue) ?? 0) + 1);
  }

  remove(queue: string): void {
    this.#total -= 1;
    const left = (this.#byQueue.get(queue) ?? 0) - 1;
    if (left > 0) this.#byQueue.set(queue, left);
    else this.#byQueue.delete(queue);
  }

  count(queue: string | undefined): number {
    return queue === undefined ? this.#total : (this.#byQueue.get(queue) ?? 0);
  }
}
