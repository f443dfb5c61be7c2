/** What to write, for people who do not know, and what went wrong, for those who did it otherwise. */
import type { NotUnderstood } from './command.ts';
import { textsFor } from './texts/catalogue.ts';

/** Characters of a post. */
const POST_LENGTH = 280;
const QUOTED_LENGTH = 40;

/** All that can be written, in sections: for a direct message. */
export function helpText(locale: string): string {
  return textsFor(locale)
    .help.map(([heading, ...lines]) => [heading, ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n');
}

/** What was understood, what was not, and two examples: fits a post. */
export function explainFailure(failure: NotUnderstood, locale: string): string {
  const texts = textsFor(locale);
  const words = failure.words === undefined ? '' : quotable(failure.words);
  const said = texts.problems[failure.problem](words === '' ? '' : texts.quote(words));
  const meant = failure.suggestion === undefined ? [] : [texts.didYouMean(failure.suggestion)];
  const examples = texts.examplesOf[failure.problem] ?? (failure.verb === undefined ? texts.firstSteps : texts.examples[failure.verb]);
  const sentences = [said, ...meant, texts.tryThis(...examples)].join(' ');
  return sentences.length <= POST_LENGTH ? sentences : [said, texts.tryThis(...examples)].join(' ').slice(0, POST_LENGTH);
}

/**
 * Words of somebody, as we may repeat them in public: shortened, without marks that X would make a mention, a hashtag,
 * a cashtag or a link of. Else anybody could have us call other people, or pay for links.
 */
export function quotable(words: string): string {
  const harmless = words
    .replace(/[a-z]+:\/\//gi, '')
    .replace(/[@#$＠＃]/g, '')
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, ' ')
    .replace(/"/g, "'")
    .trim();
  const letters = [...harmless];
  return letters.length <= QUOTED_LENGTH ? harmless : `${letters.slice(0, QUOTED_LENGTH - 1).join('')}…`;
}
