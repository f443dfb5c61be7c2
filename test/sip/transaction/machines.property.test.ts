import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { InviteClient } from '../../../src/sip/transaction/invite-client.ts';
import { InviteServer } from '../../../src/sip/transaction/invite-server.ts';
import { NonInviteClient } from '../../../src/sip/transaction/non-invite-client.ts';
import { NonInviteServer } from '../../../src/sip/transaction/non-invite-server.ts';
import { RFC_TIMINGS } from '../../../src/sip/transaction/timings.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { RecordingPort } from './recording-port.ts';

interface Machine {
  readonly state: string;
  timerFired(timer: never): void;
  transportFailed(): void;
  terminate(): void;
}

/** Applies one random number to a machine; what it means is the machine's affair. */
type Input = (choice: number) => void;

const STATUSES = [100, 180, 200, 202, 302, 486, 503, 603];
const pick = (choice: number) => STATUSES[choice % STATUSES.length]!;

const MACHINES: Record<string, (port: RecordingPort, reliable: boolean) => { machine: Machine; inputs: Input[] }> = {
  'INVITE client': (port, reliable) => {
    const machine = new InviteClient<string>(port, RFC_TIMINGS, reliable);
    return { machine, inputs: [() => machine.start(), (choice) => machine.receive(pick(choice), '')] };
  },
  'non-INVITE client': (port, reliable) => {
    const machine = new NonInviteClient<string>(port, RFC_TIMINGS, reliable);
    return { machine, inputs: [() => machine.start(), (choice) => machine.receive(pick(choice), '')] };
  },
  'INVITE server': (port, reliable) => {
    const machine = new InviteServer<string, string>(port, RFC_TIMINGS, reliable);
    return {
      machine,
      inputs: [
        (choice) => machine.respond(pick(choice), `${pick(choice)}`),
        () => machine.receiveRetransmission(),
        () => machine.receiveAck('ACK'),
      ],
    };
  },
  'non-INVITE server': (port, reliable) => {
    const machine = new NonInviteServer<string>(port, RFC_TIMINGS, reliable);
    return {
      machine,
      inputs: [
        (choice) => machine.respond(pick(choice), `${pick(choice)}`),
        () => machine.receiveRetransmission(),
      ],
    };
  },
};

/** A step: which input, with which argument, and what is called back from within a verb meanwhile. */
const step = fc.record({ input: fc.nat(99), choice: fc.nat(99), inside: fc.option(fc.nat(99), { freq: 3 }) });

function build(kind: string, reliable: boolean, clock?: VirtualClock) {
  const port = new RecordingPort(clock);
  const { machine, inputs } = MACHINES[kind]!(port, reliable);
  port.machine = machine;
  const fireArmed: Input = (choice) => {
    const armed = port.armed;
    if (armed.length > 0) port.fire(armed[choice % armed.length]!);
  };
  const failTransport: Input = () => machine.transportFailed();
  const terminate: Input = () => machine.terminate();
  // Ends are rarer than the rest, so that most runs get somewhere; timers never fire from within a verb.
  const fromInside = [...inputs, ...inputs, ...inputs, failTransport, terminate];
  return { port, machine, inputs, fromInside, fromOutside: [...fromInside, fireArmed, fireArmed] };
}

for (const kind of Object.keys(MACHINES)) {
  describe(`whatever happens to the ${kind} transaction`, () => {
    test('timers are started and stopped in order, and the end comes once, last, with none armed', () => {
      fc.assert(
        fc.property(fc.boolean(), fc.array(step, { maxLength: 25 }), (reliable, steps) => {
          const { port, machine, fromInside, fromOutside } = build(kind, reliable);
          for (const { input, choice, inside } of steps) {
            port.reenter = () => {
              port.reenter = () => {};
              if (inside !== null) fromInside[inside % fromInside.length]!(choice);
            };
            fromOutside[input % fromOutside.length]!(choice);
            assert.equal(port.failure, undefined);
            assert.equal(port.endedCount, machine.state === 'terminated' ? 1 : 0);
          }
          port.reenter = () => {};
          machine.terminate();
          assert.equal(port.endedCount, 1);
          assert.deepEqual(port.armed, []);
        }),
        { numRuns: 2_000 },
      );
    });

    test('a wait that has a timer ends by itself', () => {
      fc.assert(
        fc.property(fc.boolean(), fc.array(step, { maxLength: 12 }), (reliable, steps) => {
          const clock = new VirtualClock();
          const { port, machine, inputs } = build(kind, reliable, clock);
          for (const { input, choice } of steps) {
            inputs[input % inputs.length]!(choice);
            clock.advance(choice * 10);
          }
          const waitsForUser = port.armed.length === 0 && machine.state !== 'terminated';
          // The longest way: H (or F) runs out, or the ACK comes at the last moment and I follows.
          clock.advance(64_000);
          assert.equal(machine.state === 'terminated', !waitsForUser);
          assert.equal(clock.armed, 0);
        }),
        { numRuns: 60 },
      );
    });
  });
}
