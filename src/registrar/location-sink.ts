import type { Binding } from './binding.ts';

/** Who is told of changes of the index that are to survive a restart. Must not throw and must not wait. */
export interface LocationSink {
  /** @param isNew  false when a binding of this ruid was handed over before */
  put(binding: Binding, isNew: boolean): void;
  remove(ruid: string): void;
  /** The binding ended by itself: its row goes with the next deletion of ended ones. */
  forget(ruid: string): void;
}

/** Keeps nothing: registrations in memory only. */
export const noSink: LocationSink = { put() {}, remove() {}, forget() {} };
