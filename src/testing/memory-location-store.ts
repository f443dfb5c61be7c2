import {
  unstorableField,
  type LocationChange,
  type LocationStore,
  type StoredBinding,
} from '../registrar/location-store.ts';

const BATCH_SIZE = 1000;

/** A location store that forgets with its process: for tests, and for benchmarks without a database. */
export class MemoryLocationStore implements LocationStore {
  readonly #byRuid = new Map<string, StoredBinding>();
  /** Bindings that were left out because no store could keep them. */
  rejected = 0;

  get size(): number {
    return this.#byRuid.size;
  }

  async *loadAll(): AsyncGenerator<readonly StoredBinding[]> {
    const all = [...this.#byRuid.values()];
    for (let start = 0; start < all.length; start += BATCH_SIZE) yield all.slice(start, start + BATCH_SIZE);
  }

  async applyBatch(changes: readonly LocationChange[]): Promise<void> {
    for (const change of changes) {
      if (change.op === 'remove') this.#byRuid.delete(change.ruid);
      else if (unstorableField(change.binding) === undefined) this.#byRuid.set(change.binding.ruid, change.binding);
      else this.rejected += 1;
    }
  }

  async deleteExpired(nowMs: number): Promise<number> {
    let count = 0;
    for (const binding of this.#byRuid.values()) {
      if (binding.expiresAtMs === 0 || binding.expiresAtMs > nowMs) continue;
      this.#byRuid.delete(binding.ruid);
      count += 1;
    }
    return count;
  }
}
