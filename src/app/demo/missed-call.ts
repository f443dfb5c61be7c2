import type { Actor } from './actor.ts';
import type { Stage } from './stage.ts';

const RING_MS = 500;

/**
 * The first act: alice calls bob, bob does not answer, alice gives up, bob gets a message.
 *
 * @returns milliseconds from the CANCEL leaving alice's phone until the sandbox took the direct message
 * @throws AppError `demo.failed`, saying what was expected
 */
export async function playMissedCall(stage: Stage, { alice, bob }: { readonly alice: Actor; readonly bob: Actor }): Promise<number> {
  const call = alice.phone.call(bob.phone.addressOfRecord);
  stage.tell(`alice calls ${bob.phone.addressOfRecord}`);
  const incoming = await stage.expect('the call reaches bob', bob.nextCall());
  incoming.ring();
  await stage.expect('alice hears that it rings', call.ringing);
  stage.tell("bob's phone rings, and nobody answers");
  await stage.pause(RING_MS);

  const cancelledAtMs = stage.clock.now();
  call.cancel();
  await stage.expectStatus('the call ends as cancelled', call.ended, 487);
  await stage.expect("bob's phone stops ringing", incoming.wasCancelled);
  stage.tell('alice gives up');
  return (await stage.nextMessage(bob.onX, 'Missed call from')).createdAtMs - cancelledAtMs;
}
