import type { Clock } from '../../base/clock.ts';
import type { Snowflakes } from './snowflake.ts';

/** An `@handle` in a text. Places count characters as Unicode does, the end being the first one after it. */
export interface Mention {
  readonly start: number;
  readonly end: number;
  /** As it was written. */
  readonly username: string;
  /** The account that had the handle when the post was written; absent when nobody had. */
  readonly id?: string;
}

/** One version of a public post. */
export interface SandboxPost {
  readonly id: string;
  readonly authorId: string;
  readonly text: string;
  readonly createdAtMs: number;
  readonly conversationId: string;
  readonly mentions: readonly Mention[];
  /** The ids of all versions up to this one, the first being the key that never changes. */
  readonly editIds: readonly string[];
  /** When lists begin to show it: later than `createdAtMs` for a late one, `null` for one that is held back. */
  readonly indexedAtMs: number | null;
  readonly replyToId?: string;
  readonly quotesId?: string;
  readonly repostsId?: string;
}

/** What somebody writes. */
export interface NewPost {
  readonly authorId: string;
  readonly text: string;
  readonly replyToId?: string;
  readonly quotesId?: string;
  readonly repostsId?: string;
  /** Milliseconds until lists show it; `null` holds it back until `index` is called. Default 0. */
  readonly indexDelayMs?: number | null;
}

/** Why a post cannot be edited: X allows five edits within 30 minutes of the first version. */
export type EditRefusal = 'unknown' | 'too-late' | 'too-often';

const MAX_EDITS = 5;
const EDITABLE_MS = 30 * 60_000;

/** The mentions of a text; `idOfHandle` tells whose handle it is now. */
export function mentionsIn(text: string, idOfHandle: (username: string) => string | undefined): Mention[] {
  return [...text.matchAll(/(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])/g)].map((match) => {
    const start = [...text.slice(0, match.index)].length;
    const id = idOfHandle(match[1]!);
    return { start, end: start + match[0].length, username: match[1]!, ...(id === undefined ? {} : { id }) };
  });
}

/** The posts, bounded: past `maxItems` versions the oldest is forgotten. */
export class Posts {
  readonly #clock: Clock;
  readonly #snowflakes: Snowflakes;
  readonly #maxItems: number;
  readonly #idOfHandle: (username: string) => string | undefined;
  /** All versions, oldest first. */
  readonly #byId = new Map<string, SandboxPost>();
  /** Versions that a newer one has replaced: lists leave them out. */
  readonly #replaced = new Set<string>();

  constructor(options: { clock: Clock; snowflakes: Snowflakes; maxItems: number; idOfHandle: (username: string) => string | undefined }) {
    this.#clock = options.clock;
    this.#snowflakes = options.snowflakes;
    this.#maxItems = options.maxItems;
    this.#idOfHandle = options.idOfHandle;
  }

  /** The newest version of every post, oldest first, whether lists show it yet or not. */
  get current(): SandboxPost[] {
    return [...this.#byId.values()].filter(({ id }) => !this.#replaced.has(id));
  }

  /** Any version. */
  byId(id: string): SandboxPost | undefined {
    return this.#byId.get(id);
  }

  isIndexed({ indexedAtMs }: SandboxPost): boolean {
    return indexedAtMs !== null && indexedAtMs <= this.#clock.now();
  }

  add(post: NewPost): SandboxPost {
    const { indexDelayMs = 0, ...written } = post;
    const id = this.#snowflakes.next();
    const nowMs = this.#clock.now();
    return this.#store({
      ...written,
      id,
      createdAtMs: nowMs,
      conversationId: this.byId(post.replyToId ?? '')?.conversationId ?? id,
      mentions: mentionsIn(post.text, this.#idOfHandle),
      editIds: [id],
      indexedAtMs: indexDelayMs === null ? null : nowMs + indexDelayMs,
    });
  }

  /** Writes a new version, with an id of its own, of the post that any of its ids names. */
  edit(id: string, text: string): SandboxPost | EditRefusal {
    const newest = this.#newestOf(id);
    const first = this.#byId.get(newest?.editIds[0] ?? '');
    if (newest === undefined || first === undefined) return 'unknown';
    if (newest.editIds.length > MAX_EDITS) return 'too-often';
    if (this.#clock.now() > first.createdAtMs + EDITABLE_MS) return 'too-late';
    const edited = this.#snowflakes.next();
    const nowMs = this.#clock.now();
    this.#replaced.add(newest.id);
    return this.#store({
      ...newest,
      id: edited,
      text,
      createdAtMs: nowMs,
      mentions: mentionsIn(text, this.#idOfHandle),
      editIds: [...newest.editIds, edited],
      indexedAtMs: nowMs,
    });
  }

  /** Removes every version; returns the newest one, which is gone now. */
  remove(id: string): SandboxPost | undefined {
    const newest = this.#newestOf(id);
    for (const version of newest?.editIds ?? []) this.#forget(version);
    return newest;
  }

  /** Lets lists show a post that was late or held back. */
  index(id: string): SandboxPost | undefined {
    const post = this.#byId.get(id);
    if (post === undefined) return undefined;
    const indexed = { ...post, indexedAtMs: this.#clock.now() };
    this.#byId.set(id, indexed);
    return indexed;
  }

  #newestOf(id: string): SandboxPost | undefined {
    const first = this.#byId.get(id)?.editIds[0];
    return first === undefined ? undefined : this.current.find((post) => post.editIds[0] === first);
  }

  #store(post: SandboxPost): SandboxPost {
    this.#byId.set(post.id, post);
    if (this.#byId.size > this.#maxItems) this.#forget(this.#byId.keys().next().value!);
    return post;
  }

  #forget(id: string): void {
    this.#byId.delete(id);
    this.#replaced.delete(id);
  }
}
