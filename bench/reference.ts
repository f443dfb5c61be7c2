/**
 * What the time of every benchmark is divided by: a loop of what most of our code is made of, looking for
 * characters, cutting strings, asking a Map, making small objects. It uses nothing of `src/` and never
 * changes: a change would move every ratio of `baseline.json`.
 */
const TEXT = Buffer.from(
  ['alpha: one two three', 'beta: <four:five@six.seven;eight>;nine=10', 'gamma: 11 TWELVE', 'delta: 13', 'epsilon: 14/15.16 17', '', ''].join('\r\n'),
  'latin1',
).toString('latin1');
const NAMES = new Map(['alpha', 'beta', 'gamma', 'delta', 'epsilon'].map((name, at) => [name, at]));

interface Field {
  readonly name: number;
  readonly start: number;
  readonly end: number;
}

export function referenceLoop(): number {
  const fields: Field[] = [];
  let sum = 0;
  for (let start = 0, end = TEXT.indexOf('\r\n'); end > start; start = end + 2, end = TEXT.indexOf('\r\n', start)) {
    const colon = TEXT.indexOf(':', start);
    fields.push({ name: NAMES.get(TEXT.slice(start, colon)) ?? -1, start: colon + 2, end });
  }
  for (const { name, start, end } of fields) {
    sum += name;
    for (let at = start; at < end; at += 1) sum += TEXT.charCodeAt(at);
  }
  return sum;
}
