import type { SandboxPost } from '../posts.ts';

/** What a rule can ask about a post beside the post itself. */
export interface RuleContext {
  /** Handle of the author, lower case. */
  readonly author: string;
  /** Handle of whoever is answered, lower case. */
  readonly repliedTo: string | undefined;
}

/** Whether a post fits. */
export type RulePredicate = (post: SandboxPost, context: RuleContext) => boolean;

/** A part of a rule. One without a `standsAlone` part would fit half of X, which X does not allow. */
interface Part {
  readonly fits: RulePredicate;
  readonly standsAlone: boolean;
}

const TOKEN = /\s*(\(|\)|-?"[^"]+"|-?\(|[^\s()"]+)/y;

/**
 * Reads a rule of the filtered stream: words, "phrases", `#tag`, `@name`, `from:`, `to:`,
 * `is:retweet|reply|quote`, `has:mentions|links`, a `-` in front, OR, and parentheses. A space is AND,
 * and binds closer than OR. The other operators of X the sandbox does not know, and says so.
 *
 * @returns a sentence when the rule is wrong
 */
export function parseRule(value: string): RulePredicate | string {
  const tokens = tokensOf(value);
  if (tokens === undefined || tokens.length === 0) return 'the rule is empty or has a quote that does not end';
  try {
    const reader = new RuleReader(tokens);
    const rule = reader.either();
    if (!reader.isAtEnd) return 'a parenthesis closes that was not opened';
    return rule.standsAlone ? rule.fits : 'a rule needs a part that stands alone: a word, @name, #tag, from: or to:';
  } catch (thrown) {
    if (thrown instanceof RuleError) return thrown.message;
    throw thrown;
  }
}

class RuleError extends Error {}

function tokensOf(value: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const text = value.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    tokens.push(match[1]!);
  }
  return tokens;
}

/** Recursive descent; depth is bounded by the 1,024 characters of a rule. */
class RuleReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** One or the other: X wants that each side stands alone. */
  either(): Part {
    const sides = [this.#all()];
    while (this.#tokens[this.#at] === 'OR') {
      this.#at += 1;
      sides.push(this.#all());
    }
    return { fits: (...of) => sides.some(({ fits }) => fits(...of)), standsAlone: sides.every(({ standsAlone }) => standsAlone) };
  }

  #all(): Part {
    const parts: Part[] = [];
    while (!this.isAtEnd && this.#tokens[this.#at] !== ')' && this.#tokens[this.#at] !== 'OR') parts.push(this.#one());
    if (parts.length === 0) throw new RuleError('something is missing beside OR or inside parentheses');
    return { fits: (...of) => parts.every(({ fits }) => fits(...of)), standsAlone: parts.some(({ standsAlone }) => standsAlone) };
  }

  #one(): Part {
    const token = this.#tokens[this.#at]!;
    this.#at += 1;
    const isNot = token.startsWith('-') && token.length > 1;
    const plain = isNot ? token.slice(1) : token;
    const part = plain === '(' ? this.#group() : termOf(plain);
    return isNot ? { fits: (...of) => !part.fits(...of), standsAlone: false } : part;
  }

  #group(): Part {
    const inner = this.either();
    if (this.#tokens[this.#at] !== ')') throw new RuleError('a parenthesis does not close');
    this.#at += 1;
    return inner;
  }
}

/** Operators that only narrow. */
const NARROWING: Readonly<Record<string, RulePredicate>> = {
  'is:retweet': (post) => post.repostsId !== undefined,
  'is:reply': (post) => post.replyToId !== undefined,
  'is:quote': (post) => post.quotesId !== undefined,
  'has:mentions': (post) => post.mentions.length > 0,
  'has:links': (post) => /\bhttps?:\/\/\S/i.test(post.text),
};

function termOf(token: string): Part {
  const term = token.toLowerCase();
  const narrowing = NARROWING[term];
  if (narrowing !== undefined) return { fits: narrowing, standsAlone: false };
  const operator = /^(from|to):@?([a-z0-9_]{1,15})$/.exec(term);
  if (operator !== null) {
    const name = operator[2]!;
    const fits: RulePredicate = operator[1] === 'from' ? (_post, { author }) => author === name : (_post, { repliedTo }) => repliedTo === name;
    return { fits, standsAlone: true };
  }
  if (/^[a-z_]+:/.test(term)) throw new RuleError(`the sandbox has no operator ${token}`);
  if (/^@[a-z0-9_]{1,15}$/.test(term)) {
    return { fits: (post) => post.mentions.some(({ username }) => `@${username.toLowerCase()}` === term), standsAlone: true };
  }
  const words = term.replace(/^"(.*)"$/, '$1').trim();
  return { fits: (post) => hasWords(post.text.toLowerCase(), words), standsAlone: true };
}

/** Whether the words stand in the text, not as a part of longer ones. */
function hasWords(text: string, words: string): boolean {
  const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_#@])${escaped}(?![\\p{L}\\p{N}_])`, 'u').test(text);
}
