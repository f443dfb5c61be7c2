import type { Scope } from '../oauth2/scopes.ts';

/** The events of the X Activity API that the sandbox makes, each with what the user must have allowed; null where anybody may hear of it. */
export const EVENT_TYPES = {
  'post.create': null,
  'post.delete': null,
  'post.mention.create': 'tweet.read',
  'post.reply.create': 'tweet.read',
  'profile.update.handle': null,
  'profile.update.screenname': null,
  'dm.received': 'dm.read',
  'dm.sent': 'dm.read',
  'chat.received': 'dm.read',
  'chat.sent': 'dm.read',
  'oauth.revoke': null,
} as const satisfies Readonly<Record<string, Scope | null>>;

export type EventType = keyof typeof EVENT_TYPES;

/** Events that X has and the sandbox never makes: a subscription is taken, and stays silent. */
export const SILENT_TYPES: readonly string[] = [
  'dm.read',
  'dm.indicate_typing',
  'profile.update.bio',
  'profile.update.profile_picture',
  'profile.update.banner_picture',
  'profile.update.geo',
  'profile.update.url',
  'profile.update.verified_badge',
  'profile.update.affiliate_badge',
  'follow.follow',
  'follow.unfollow',
];

export function isEventType(name: string): boolean {
  return name in EVENT_TYPES || SILENT_TYPES.includes(name);
}

/** What the user must have allowed for events of that type; undefined for public ones. */
export function scopeOf(name: string): Scope | undefined {
  return name.startsWith('dm.') ? 'dm.read' : (EVENT_TYPES[name as EventType] ?? undefined);
}
