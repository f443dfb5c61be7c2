import { plainText } from '../../render/plain-text.ts';
import { done, refused, type CommandOf, type Verb } from '../decision.ts';
import { findTarget } from '../find-target.ts';
import type { Whom } from '../policy/destination.ts';
import { refusal } from '../policy/refusal.ts';

/** RFC 3428 §8: a MESSAGE without a known path stays below 1300 bytes; these are at most 1200 of them. */
const LONGEST_TEXT = 300;
/** How long a message waits for a phone. */
const KEPT_MS = 3 * 24 * 3600_000;

/** "@alice: text" becomes a SIP MESSAGE to one of our users. */
export const message: Verb<CommandOf<'message'>, Whom> = {
  look({ target }, desk, { policy }) {
    return findTarget(target, desk, policy);
  },

  decide({ text }, whom, situation) {
    const { user, texts, commandId, nowMs } = situation;
    if (whom.kind === 'unknown') return refused(refusal(whom.what, whom.name), situation);
    if (whom.kind !== 'sip-user') return refused(refusal('not-for-messages', 'name' in whom ? whom.name : whom.digits), situation);
    if (whom.sipUser === user.sipUser) return refused(refusal('yourself', whom.name), situation);
    // One line without control characters: neither a header nor another message can hide in it.
    const body = plainText(text, LONGEST_TEXT);
    const planned = { id: `message:${commandId}`, sender: user.sipUser, recipient: whom.sipUser, body, store: true, expiresAtMs: nowMs + KEPT_MS };
    return done(`message to ${whom.name}`, texts.messageSent({ name: whom.name }), [{ do: 'send-message', message: planned }]);
  },
};
