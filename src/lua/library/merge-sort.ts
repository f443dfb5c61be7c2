/**
 * Sorts values with at most n log n comparisons whatever `lessThan` answers: an order that contradicts itself gives some
 * order, and no error.
 */
export function mergeSort<V>(values: V[], lessThan: (a: V, b: V) => boolean): V[] {
  let from = values;
  let to = new Array<V>(values.length);
  for (let width = 1; width < values.length; width *= 2) {
    for (let low = 0; low < values.length; low += 2 * width) mergeRuns(from, to, low, width, lessThan);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges the sorted runs of `width` values that begin at `low` and `low + width`. */
function mergeRuns<V>(from: readonly V[], to: V[], low: number, width: number, lessThan: (a: V, b: V) => boolean): void {
  const middle = Math.min(low + width, from.length);
  const high = Math.min(low + 2 * width, from.length);
  let left = low;
  let right = middle;
  for (let at = low; at < high; at += 1) {
    const takeRight = left >= middle || (right < high && lessThan(from[right]!, from[left]!));
    to[at] = takeRight ? from[right++]! : from[left++]!;
  }
}
