import type { Clock } from '../../../base/clock.ts';
import type { SandboxPost } from '../posts.ts';
import { connectionProblem, type Answer } from '../problems.ts';
import { namesIn, pick, showUser } from '../routes/fields.ts';
import { ALWAYS, askedFields, postFields } from '../routes/show-post.ts';
import type { Spend } from '../spend.ts';
import type { SandboxState } from '../state.ts';
import { LineStream, type StreamConnection } from './line-stream.ts';
import { parseRule, type RulePredicate } from './rule-grammar.ts';

/** A rule that was accepted. */
export interface StreamRule {
  readonly id: string;
  readonly value: string;
  readonly tag: string | undefined;
}

/** What becomes of a rule that somebody adds: it, the id of an equal one, or why it is wrong. */
export type RuleVerdict = StreamRule | { readonly duplicateOf: string } | { readonly wrong: string };

const MAX_RULES = 1000;
const MAX_RULE_CHARS = 1024;

/** `GET /2/tweets/search/stream`: posts that fit a rule, as they are written. One connection, X's old field names. */
export class FilteredStream {
  readonly stream: LineStream;
  readonly #state: SandboxState;
  readonly #spend: Spend;
  readonly #rules = new Map<string, { rule: StreamRule; fits: RulePredicate }>();

  constructor(parts: { clock: Clock; state: SandboxState; spend: Spend }) {
    this.#state = parts.state;
    this.#spend = parts.spend;
    this.stream = new LineStream({ name: 'filtered_stream', maxConnections: 1, clock: parts.clock });
    parts.state.feed.listen((event) => {
      if (event.kind === 'post') this.#deliver(event.post);
    });
  }

  get rules(): StreamRule[] {
    return [...this.#rules.values()].map(({ rule }) => rule);
  }

  /** Why nobody may connect now, if that is so. */
  get refusal(): Answer | undefined {
    if (this.#rules.size > 0) return this.stream.refusal;
    return connectionProblem(409, 'RuleConfigurationIssue', 'Rules must be configured before connecting.');
  }

  /** Adds a rule, or with `isTrial` only says what would become of it. */
  addRule({ value, tag }: { value: string; tag: string | undefined }, isTrial: boolean): RuleVerdict {
    const equal = this.rules.find((rule) => rule.value === value);
    if (equal !== undefined) return { duplicateOf: equal.id };
    if (value.length > MAX_RULE_CHARS) return { wrong: `a rule has at most ${MAX_RULE_CHARS} characters` };
    if (this.#rules.size >= MAX_RULES) return { wrong: `there are ${MAX_RULES} rules already` };
    const fits = parseRule(value);
    if (typeof fits === 'string') return { wrong: fits };
    const rule = { id: this.#state.snowflakes.next(), value, tag };
    if (!isTrial) this.#rules.set(rule.id, { rule, fits });
    return rule;
  }

  /** False when there is no such rule. */
  removeRule(id: string): boolean {
    return this.#rules.delete(id);
  }

  #deliver(post: SandboxPost): void {
    const handle = (id: string | undefined) => (id === undefined ? undefined : this.#state.userById(id)?.username.toLowerCase());
    const context = { author: handle(post.authorId) ?? '', repliedTo: handle(this.#state.postById(post.replyToId ?? '')?.authorId) };
    const matching = [...this.#rules.values()].filter(({ fits }) => fits(post, context)).map(({ rule }) => rule);
    if (matching.length === 0) return;
    const sent = this.stream.send((connection) => this.#line(post, matching, connection));
    if (sent > 0) this.#spend.book('GET /2/tweets/search/stream', [{ price: 'post-read', resource: post.id }], 0);
  }

  #line(post: SandboxPost, matching: readonly StreamRule[], { query }: StreamConnection): object {
    const asked = askedFields(namesIn(query, 'tweet.fields', 'post.fields'), 'tweet');
    const author = this.#state.userById(post.authorId);
    const wantsAuthor = namesIn(query, 'expansions').has('author_id') && author !== undefined;
    return {
      data: pick(postFields(post, this.#state, 'tweet'), ALWAYS, asked),
      ...(wantsAuthor ? { includes: { users: [showUser(author, namesIn(query, 'user.fields'))] } } : {}),
      matching_rules: matching.map(({ id, tag }) => ({ id, ...(tag === undefined ? {} : { tag }) })),
    };
  }
}
