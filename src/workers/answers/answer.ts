import { fitMessage } from '../render/fit.ts';
import { plainText } from '../render/plain-text.ts';
import { MAX_POST_WEIGHT, postWeight } from '../render/post-weight.ts';
import { harmless } from './harmless.ts';

/** X takes 10,000 characters in a direct message; nobody reads so many. */
const IN_PRIVATE = { max: 2_000, weigh: (text: string) => text.length };
const IN_PUBLIC = { max: MAX_POST_WEIGHT, weigh: postWeight };

/**
 * A text as it goes out, with the reference of its ledger row at the end, by which it is known again and
 * no two are the same, which X would refuse.
 *
 * @param ledgerId  id of the row
 * @param how.underPost  whether it is said under a post as it stands: short, and harmless to others
 */
export function finishedText(text: string, ledgerId: string, how: { readonly underPost: boolean }): string {
  const lines = text.split('\n').map(plainLine).filter((line) => line.trim() !== '');
  const plain = lines.join('\n');
  return how.underPost ? fitMessage(harmless(plain), ledgerId, IN_PUBLIC) : fitMessage(plain, ledgerId, IN_PRIVATE);
}

/** What is indented stays so. */
function plainLine(line: string): string {
  return `${line.startsWith('  ') ? '  ' : ''}${plainText(line, IN_PRIVATE.max)}`;
}
