import { errorText } from '../base/errors.ts';
import type { LinkOutcome } from '../db/tables/links.ts';
import type { Grant } from '../x/oauth2.ts';
import { XFailure, type XUser } from '../x/port.ts';
import type { ConsoleContext, SigningIn } from './console-context.ts';
import type { Result } from './pages/result-page.ts';
import type { Proof, Session } from './sessions.ts';

export interface SignInEnd {
  /** 502 when X did not do its part. */
  readonly status: 200 | 502;
  readonly result: Result;
}

/** What happens when X has sent the browser back with a code: who it is, then the link or its end. */
export async function finishSignIn(parts: {
  context: ConsoleContext;
  signingIn: SigningIn;
  session: Session;
  code: string;
  requestId: string;
}): Promise<SignInEnd> {
  const { context, signingIn, session, code, requestId } = parts;
  const { counters, logger } = context;
  let grant: Grant;
  let account: XUser;
  try {
    grant = await signingIn.x.finish({ code, codeVerifier: session.codeVerifier });
    account = await signingIn.x.whoIs(grant.accessToken);
  } catch (thrown) {
    if (!(thrown instanceof XFailure)) throw thrown;
    counters.signInsFailed.value += 1;
    logger.warn('X did not confirm a sign-in', { requestId, class: thrown.class, reason: thrown.reason });
    return { status: 502, result: notConfirmed(thrown) };
  }
  const end = session.purpose === 'link' ? await link(context, session.proof, account) : await unlink(context, account);
  if (end.keepFor === undefined) {
    // What is not kept is given back, so that no grant is left on X that nobody remembers.
    await signingIn.x.revoke(grant.accessToken).catch((thrown) => logger.info('A token was not revoked', { requestId, reason: errorText(thrown) }));
  } else {
    await signingIn.tokens.save({ xUserId: account.id, sipUser: end.keepFor, tokens: grant });
  }
  return { status: 200, result: end.result };
}

interface End {
  readonly result: Result;
  /** The SIP user whose tokens these are from now on. */
  readonly keepFor?: string;
}

async function link({ links, counters, logger }: ConsoleContext, proof: Proof, account: XUser): Promise<End> {
  const who = { xUserId: account.id, xName: account.username };
  const outcome: LinkOutcome = proof.code === undefined ? await links.link(proof.sipUser, who) : await links.redeem(proof.code, who);
  logger.info('A sign-in to link has ended', { outcome: outcome.outcome, xUserId: account.id });
  if (outcome.outcome !== 'linked') return { result: notLinked(outcome, account) };
  counters.linked.value += 1;
  const { sipUser } = outcome;
  return {
    keepFor: sipUser,
    result: {
      isGood: true,
      title: 'Linked',
      text: `The SIP user ${sipUser} is linked with @${account.username}.`,
      hint: 'From now on you can make calls by writing to this service on X; write “help” to see how, and “stop” to end it.',
    },
  };
}

async function unlink({ links, counters, logger }: ConsoleContext, account: XUser): Promise<End> {
  const sipUser = await links.sipUserOf({ xUserId: account.id, xName: account.username });
  if (sipUser === undefined) {
    return { result: { isGood: true, title: 'Nothing to end', text: `@${account.username} is not linked with a SIP user here.` } };
  }
  await links.unlink(sipUser);
  counters.unlinked.value += 1;
  logger.info('A user has unlinked himself by signing in', { sipUser, xUserId: account.id });
  return { result: { isGood: true, title: 'Unlinked', text: `@${account.username} can no longer act for the SIP user ${sipUser}, and is told of nothing.` } };
}

const AGAIN = { href: '/link', text: 'Back to the form' };

function notLinked(outcome: Exclude<LinkOutcome, { outcome: 'linked' }>, { username }: XUser): Result {
  const title = 'Not linked';
  switch (outcome.outcome) {
    case 'wrong-code':
      return { isGood: false, title, text: 'This code is wrong.', link: AGAIN };
    case 'expired':
      return { isGood: false, title, text: 'This code has ended. Ask for a new one.', link: AGAIN };
    case 'used':
      return { isGood: false, title, text: 'This code was used already. Ask for a new one.', link: AGAIN };
    case 'account-taken':
      return {
        isGood: false,
        title,
        text: `@${username} belongs to another SIP user here. Sign in with another account, or ask whoever runs the service.`,
        link: AGAIN,
      };
    case 'too-many-tries':
      return { isGood: false, title, text: `Too many wrong codes from @${username}. Try again in an hour.` };
  }
}

function notConfirmed({ class: failureClass }: XFailure): Result {
  const title = 'X did not confirm it';
  // A code that was used or is older than half a minute is the usual cause, and a new sign-in its cure.
  if (failureClass === 'invalid') return { isGood: false, title, text: 'The sign-in took too long or was used already. Begin again.', link: AGAIN };
  if (failureClass === 'unauthorized') return { isGood: false, title, text: 'This service is not set up rightly at X. Whoever runs it finds the reason in its log.' };
  return { isGood: false, title, text: 'X cannot be reached, or did not answer as it should. Try again in a minute.', link: AGAIN };
}
