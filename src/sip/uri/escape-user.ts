/** `user` of RFC 3261 §25.1: unreserved and user-unreserved characters stand for themselves. */
const PLAIN = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/]*$/;
const NOT_PLAIN = /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g;

/** A user name as the user part of a SIP URI: whatever may not stand there is escaped. One-byte text in and out. */
export function escapeUser(user: string): string {
  if (PLAIN.test(user)) return user;
  return user.replace(NOT_PLAIN, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
