import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { endedWithin } from '../../jobs/bullmq/deadline.ts';
import type { IncomingCall } from '../../ua/incoming-call.ts';
import type { UserAgent } from '../../ua/user-agent.ts';
import type { ControlClient } from '../../x/emulator/control-client.ts';
import type { InboxMessage } from '../../x/emulator/control/messages.ts';

export interface Cast {
  readonly alice: UserAgent;
  readonly bob: UserAgent;
  /** Resolves when bob's phone gets a call. */
  readonly bobIsCalled: Promise<IncomingCall>;
  /** Bob on X. */
  readonly bobOnX: string;
  readonly sandbox: Pick<ControlClient, 'inbox'>;
  readonly clock: Clock;
  /** Told of each step when it is done. */
  readonly tell: (step: string) => void;
}

/** How long one step may take. On an idle machine each takes some milliseconds. */
const STEP_MS = 8000;
const RING_MS = 500;
const POLL_MS = 10;
const REGISTRATION_S = 300;

/**
 * Alice calls bob, bob does not answer, alice gives up, bob gets a message.
 *
 * @returns milliseconds from the CANCEL leaving alice's phone until the sandbox took the direct message
 * @throws AppError `demo.failed`, saying what was expected
 */
export async function playMissedCall(cast: Cast): Promise<number> {
  const { alice, bob, bobIsCalled, bobOnX, sandbox, clock, tell } = cast;
  await expectStatus(cast, 'alice registers', alice.register(REGISTRATION_S), 200);
  await expectStatus(cast, 'bob registers', bob.register(REGISTRATION_S), 200);
  tell('alice and bob are registered, each with a password');

  const call = alice.call(bob.addressOfRecord);
  tell(`alice calls ${bob.addressOfRecord}`);
  const incoming = await expect(cast, 'the call reaches bob', bobIsCalled);
  incoming.ring();
  await expect(cast, 'alice hears that it rings', call.ringing);
  tell("bob's phone rings, and nobody answers");
  await pause(clock, RING_MS);

  const cancelledAtMs = clock.now();
  call.cancel();
  await expectStatus(cast, 'the call ends as cancelled', call.ended, 487);
  await expect(cast, "bob's phone stops ringing", incoming.wasCancelled);
  tell('alice gives up');

  const message = await firstMessage(cast);
  if (!message.text.includes('Missed call from')) {
    throw new AppError('demo.failed', `Expected "Missed call from ..." in the message to @${bobOnX}, found: ${message.text}`);
  }
  tell(`@${bobOnX} has a direct message from @${message.from}:`);
  for (const text of message.text.split('\n')) tell(`    ${text}`);
  return message.createdAtMs - cancelledAtMs;

  async function firstMessage({ bobOnX: name }: Cast): Promise<InboxMessage> {
    for (const endMs = clock.monotonicMs() + STEP_MS; clock.monotonicMs() < endMs; await pause(clock, POLL_MS)) {
      const [message] = await sandbox.inbox(name);
      if (message !== undefined) return message;
    }
    throw new AppError('demo.failed', `Expected a direct message to @${name} in the sandbox within ${STEP_MS} ms; there is none`);
  }
}

async function expect<Result>({ clock }: Cast, what: string, step: Promise<Result>): Promise<Result> {
  if (await endedWithin(clock, STEP_MS, step)) return step;
  throw new AppError('demo.failed', `Expected within ${STEP_MS} ms: ${what}`);
}

async function expectStatus(cast: Cast, what: string, step: Promise<number>, wanted: number): Promise<void> {
  const status = await expect(cast, what, step);
  if (status !== wanted) throw new AppError('demo.failed', `Expected: ${what} (${wanted}); the answer was ${status}`);
}

async function pause(clock: Clock, ms: number): Promise<void> {
  await endedWithin(clock, ms, new Promise(() => {}));
}
