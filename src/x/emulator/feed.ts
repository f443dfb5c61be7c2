import type { SandboxUser } from './accounts.ts';
import type { SandboxPost } from './posts.ts';
import type { SandboxMessage } from './messages.ts';

/** What happens in the sandbox, as streams, webhooks and the page hear of it. */
export type SandboxEvent =
  /** A new post, or a new version of one. */
  | { readonly kind: 'post'; readonly post: SandboxPost }
  | { readonly kind: 'post-deleted'; readonly post: SandboxPost }
  | { readonly kind: 'message'; readonly message: SandboxMessage }
  | { readonly kind: 'user-changed'; readonly before: SandboxUser; readonly user: SandboxUser }
  /** The user took back what the app was allowed to do. */
  | { readonly kind: 'revoked'; readonly userId: string; readonly atMs: number };

export type FeedListener = (event: SandboxEvent) => void;

/** Tells everybody who listens, in the order of their coming. */
export class Feed {
  readonly #listeners = new Set<FeedListener>();

  /** Returns the function that ends it. */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  publish(event: SandboxEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
