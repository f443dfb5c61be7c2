import { Accounts, type AccountsOptions, type SandboxUser } from './accounts.ts';
import { Feed } from './feed.ts';
import { Messages, type NewMessage, type SandboxMessage } from './messages.ts';
import { Posts, type EditRefusal, type NewPost, type SandboxPost } from './posts.ts';
import { Snowflakes } from './snowflake.ts';

export interface SandboxOptions extends AccountsOptions {
  /** Past this number of messages, and of posts, the oldest is forgotten. */
  readonly maxItems: number;
}

/** What the sandbox knows: accounts, direct messages and posts, in memory and bounded. What changes is told to `feed`. */
export class SandboxState {
  readonly feed = new Feed();
  /** Ids for everything that X numbers. */
  readonly snowflakes: Snowflakes;
  readonly #accounts: Accounts;
  readonly #posts: Posts;
  readonly #messages: Messages;

  constructor(options: SandboxOptions) {
    const { clock, maxItems } = options;
    this.snowflakes = new Snowflakes(clock);
    this.#accounts = new Accounts(options);
    this.#messages = new Messages({ clock, snowflakes: this.snowflakes, maxItems });
    this.#posts = new Posts({ clock, snowflakes: this.snowflakes, maxItems, idOfHandle: (username) => this.userByName(username)?.id });
  }

  get users(): SandboxUser[] {
    return this.#accounts.all;
  }

  /** All messages, oldest first. */
  get messages(): readonly SandboxMessage[] {
    return this.#messages.all;
  }

  /** See `Messages.after`. */
  messagesAfter(id: string): readonly SandboxMessage[] {
    return this.#messages.after(id);
  }

  /** The newest version of every post, oldest first. */
  get posts(): readonly SandboxPost[] {
    return this.#posts.current;
  }

  /** What the list of mentions of an account is made of: current posts that name it and are indexed, oldest first. */
  mentionsOf(userId: string): SandboxPost[] {
    return this.#posts.current.filter((post) => this.#posts.isIndexed(post) && post.mentions.some(({ id }) => id === userId));
  }

  /** Creates or changes the account of that handle; `undefined` when the sandbox is full. */
  putUser(user: { username: string; name?: string; acceptsDms?: boolean }): SandboxUser | undefined {
    const before = this.users.find(({ username }) => username.toLowerCase() === user.username.toLowerCase());
    return this.#told(before, this.#accounts.put(user));
  }

  /** Gives an account another handle; `undefined` when somebody else has it. */
  renameUser(user: SandboxUser, username: string): SandboxUser | undefined {
    return this.#told(user, this.#accounts.rename(user, username));
  }

  userByName(username: string): SandboxUser | undefined {
    return this.#accounts.byName(username);
  }

  userById(id: string): SandboxUser | undefined {
    return this.#accounts.byId(id);
  }

  addMessage(message: NewMessage): SandboxMessage {
    const stored = this.#messages.add(message);
    this.feed.publish({ kind: 'message', message: stored });
    return stored;
  }

  addPost(post: NewPost): SandboxPost {
    const stored = this.#posts.add(post);
    this.feed.publish({ kind: 'post', post: stored });
    return stored;
  }

  /** A repost: it names the author and repeats the text, as X lists it. */
  repost(authorId: string, original: SandboxPost): SandboxPost {
    const text = `RT @${this.userById(original.authorId)?.username ?? original.authorId}: ${original.text}`;
    return this.addPost({ authorId, text, repostsId: original.id });
  }

  /** Any version of a post. */
  postById(id: string): SandboxPost | undefined {
    return this.#posts.byId(id);
  }

  editPost(id: string, text: string): SandboxPost | EditRefusal {
    const edited = this.#posts.edit(id, text);
    if (typeof edited !== 'string') this.feed.publish({ kind: 'post', post: edited });
    return edited;
  }

  /** Removes a post with all its versions; `undefined` when there is none of that id. */
  deletePost(id: string): SandboxPost | undefined {
    const post = this.#posts.remove(id);
    if (post !== undefined) this.feed.publish({ kind: 'post-deleted', post });
    return post;
  }

  /** Lets lists show a post that was late or held back. */
  indexPost(id: string): SandboxPost | undefined {
    return this.#posts.index(id);
  }

  #told(before: SandboxUser | undefined, user: SandboxUser | undefined): SandboxUser | undefined {
    if (before !== undefined && user !== undefined) this.feed.publish({ kind: 'user-changed', before, user });
    return user;
  }
}
