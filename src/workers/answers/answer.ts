import { plainText } from '../render/plain-text.ts';
import { withReference } from '../render/reference.ts';
import { fitted, harmless } from './post-text.ts';

/** X takes 10,000 characters in a direct message; nobody reads so many. */
const MAX_LENGTH = 2_000;

/**
 * A text as it goes out, with the reference of its ledger row at the end, by which it is known again and
 * no two are the same, which X would refuse.
 *
 * @param ledgerId  id of the row
 * @param how.underPost  whether it may be said under a post: short, and harmless to others
 */
export function finishedText(text: string, ledgerId: string, how: { readonly underPost: boolean }): string {
  const lines = text.split('\n').map((line) => plainText(line, MAX_LENGTH)).filter((line) => line !== '');
  const clean = plainLines(lines);
  if (!how.underPost) return withReference(clean, ledgerId);
  return withReference(fitted(harmless(clean), withReference('', ledgerId)), ledgerId);
}

function plainLines(lines: readonly string[]): string {
  const points = Array.from(lines.join('\n'));
  return points.length <= MAX_LENGTH ? points.join('') : `${points.slice(0, MAX_LENGTH - 1).join('').trimEnd()}…`;
}
