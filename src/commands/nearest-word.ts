/** Words that were probably meant. */

/** Letters that are wrong, missing, too many or swapped with their neighbour; past `limit` the answer is `limit + 1`. */
function edits(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let best = Math.min(row[j - 1]! + Number(a[i - 1] !== b[j - 1]), row[j]! + 1, next[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

const MAX_LENGTH = 40;

/** The closest of `known`, a third of the letters off at most; undefined when none is, or when the word is one of them. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length < 3 || word.length > MAX_LENGTH) return undefined;
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestEdits = limit + 1;
  for (const candidate of known) {
    // Two letters are no hint of which word was meant.
    if (candidate.length < 3) continue;
    const found = edits(word, candidate, limit);
    if (found === 0) return undefined;
    if (found < bestEdits) {
      best = candidate;
      bestEdits = found;
    }
  }
  return best;
}
