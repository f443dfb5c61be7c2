/** The number of single-letter edits between two words, capped: past `limit` the answer is `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

const plain = (word: string) => word.toLowerCase().replace(/[_-]/g, '');

/** The known word that a misspelled or cut-off one was most likely meant to be; case, `_` and `-` do not count. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word);
  if (wanted.length > 1) {
    const longer = known.filter((candidate) => plain(candidate).startsWith(wanted));
    if (longer.length === 1) return longer[0];
  }
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    const found = distance(wanted, plain(candidate), limit);
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}
