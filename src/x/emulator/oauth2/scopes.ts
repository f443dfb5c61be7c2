/** What a user can allow an app, as X names it. */
export const SCOPES = [
  'tweet.read',
  'tweet.write',
  'tweet.moderate.write',
  'users.read',
  'users.email',
  'follows.read',
  'follows.write',
  'offline.access',
  'space.read',
  'mute.read',
  'mute.write',
  'like.read',
  'like.write',
  'list.read',
  'list.write',
  'block.read',
  'block.write',
  'bookmark.read',
  'bookmark.write',
  'dm.read',
  'dm.write',
  'media.write',
] as const;

export type Scope = (typeof SCOPES)[number];

/** What the page says about those that people see most. */
const SENTENCES: Partial<Record<Scope, string>> = {
  'tweet.read': 'See all the posts that you can see',
  'tweet.write': 'Post and repost for you',
  'users.read': 'See every account that you can see',
  'dm.read': 'Read your direct messages',
  'dm.write': 'Send direct messages for you',
  'offline.access': 'Stay connected until you take it back',
};

/** What a scope means, for the person who is asked. */
export function sentenceOf(scope: Scope): string {
  return SENTENCES[scope] ?? scope;
}

/** The scopes of a space list; `undefined` when it is empty or has one that X does not know. */
export function parseScopes(text: string): Scope[] | undefined {
  const names = text.split(/\s+/).filter((name) => name !== '');
  const known = names.filter((name): name is Scope => SCOPES.includes(name as Scope));
  return names.length === 0 || known.length !== names.length ? undefined : [...new Set(known)];
}
