import { AppError } from '../../base/errors.ts';
import type { Actor } from './actor.ts';
import type { Stage } from './stage.ts';

/** Where the phones would take sound, in their session descriptions. */
export const ALICES_PORT = 30_000;
export const BOBS_PORT = 30_002;

const TALK_MS = 500;
const MOST_ROUNDS = 400;
const ROUND_MS = 10;

/**
 * The second act: bob links his account with a code, answers the message with "call back", his phone rings
 * and then alice's, the two talk directly, and one of them hangs up.
 *
 * @param parts.code  what `sipweet user link bob` prints
 * @throws AppError `demo.failed`, saying what was expected
 */
export async function playCallBack(stage: Stage, { alice, bob, code }: { readonly alice: Actor; readonly bob: Actor; readonly code: string }): Promise<void> {
  await stage.write(bob.onX, `link ${code}`);
  await stage.nextMessage(bob.onX, 'acts for bob');

  await stage.write(bob.onX, 'call back');
  const bobs = await stage.expect("bob's phone rings", bob.nextCall());
  bobs.ring();
  stage.tell(`bob's phone rings and shows whom he is about to reach: ${bobs.callerName} <${bobs.caller}>`);
  await stage.nextMessage(bob.onX, 'Calling');
  bobs.answer();
  stage.tell('bob answers');

  const alices = await stage.expect("alice's phone rings", alice.nextCall());
  alices.ring();
  stage.tell(`alice's phone rings: ${alices.callerName} <${alices.caller}>`);
  alices.answer();
  await stage.expect('each phone knows where the other takes its sound', areJoined(stage, bobs, alices));
  await stage.pause(TALK_MS);
  stage.tell('alice answers: the two phones talk, directly, each with the address of the other');

  await stage.expectStatus('alice can hang up', alices.hangUp(), 200);
  await stage.expect("bob's phone is hung up too", bobs.wasHungUp);
  stage.tell('alice hangs up, and so does bob');
}

interface Side {
  readonly remoteDescription: string;
}

/** Resolves when each side has the other's port; a rejection tells what it has instead. */
async function areJoined(stage: Stage, first: Side, second: Side): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (audioPort(first) === ALICES_PORT && audioPort(second) === BOBS_PORT) return;
    await stage.pause(ROUND_MS);
  }
  throw new AppError('demo.failed', `Expected the ports ${ALICES_PORT} and ${BOBS_PORT} for sound, found ${audioPort(first)} and ${audioPort(second)}`);
}

function audioPort({ remoteDescription }: Side): number | undefined {
  const port = /^m=audio (\d+) /m.exec(remoteDescription)?.[1];
  return port === undefined ? undefined : Number(port);
}
