/** What RFC 2782 orders by. */
export interface Weighted {
  readonly priority: number;
  readonly weight: number;
}

/**
 * The order in which servers are tried: by priority, and within one priority drawn by weight
 * (RFC 2782, "Usage rules"). A weight of 0 is drawn rarely, but it is drawn.
 *
 * @param random uniform in [0, 1)
 */
export function srvOrder<T extends Weighted>(records: readonly T[], random: () => number): T[] {
  // Weight 0 comes first, so that it can be met by a draw of 0.
  const left = [...records].sort((a, b) => a.priority - b.priority || Math.sign(a.weight) - Math.sign(b.weight));
  const ordered: T[] = [];
  while (left.length > 0) {
    const { priority } = left[0]!;
    let group = left.findIndex((record) => record.priority !== priority);
    if (group === -1) group = left.length;
    ordered.push(...left.splice(draw(left, group, random), 1));
  }
  return ordered;
}

/** The index of one of the first `count` records, drawn by weight. */
function draw(records: readonly Weighted[], count: number, random: () => number): number {
  let total = 0;
  for (let index = 0; index < count; index += 1) total += records[index]!.weight;
  const drawn = Math.floor(random() * (total + 1));
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    sum += records[index]!.weight;
    if (sum >= drawn) return index;
  }
  return count - 1;
}
