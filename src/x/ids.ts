/** 2010-11-04T01:42:54.657Z, the start of X's id time. */
const EPOCH_MS = 1_288_834_974_657n;

/**
 * The smallest id that X can have given at that moment: ids hold the milliseconds since X's epoch in
 * the bits above the lowest 22. Not below 1, for times before X made such ids.
 */
export function idAt(ms: number): string {
  const id = (BigInt(Math.trunc(ms)) - EPOCH_MS) << 22n;
  return (id > 1n ? id : 1n).toString();
}

/** When X gave that id, in milliseconds since the epoch. */
export function timeOfId(id: string): number {
  return Number((BigInt(id) >> 22n) + EPOCH_MS);
}

/** Orders decimal ids by number, the older first. Ids without leading zeros, as X gives them. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The newest of some ids; `undefined` of none. */
export function newestId(ids: Iterable<string>): string | undefined {
  let newest: string | undefined;
  for (const id of ids) if (newest === undefined || compareIds(id, newest) > 0) newest = id;
  return newest;
}
