/** Plausible results of KSR functions, by chance: the same for the same seed. */
import { seeded, type Random } from '../../../fuzz/random.ts';
import type { KsrValue } from '../../../src/script/row.ts';
import type { Answers, Call } from './fake-route.ts';

/** From here on everything fails, which ends loops that go on while something succeeds. */
const MAX_CALLS = 150;

/** How often functions succeed, a value for each run: a script's last lines are seen when nearly all do. */
const LUCK_PERCENT = [10, 50, 80, 95, 100];

const FAILURES = [-1, -1, -1, 0, -2, -3, -8, -10];
const STATUSES = [100, 180, 200, 302, 404, 408, 480, 486, 503, 600, 603];
const TEXTS = [
  '', 'alice', 'bob', 'BOB', '%42ob', 'sip:alice@example.org', 'sip:bob@192.0.2.1:5060;transport=udp', '192.0.2.7', '5060', 'INVITE', 'udp', 'd', '-', 'dsip:else@example.org', '-+4930123456',
  't', 'f', 'friendly-scanner', 'sipvicious/1', 'A phone 1.0', 'text/plain;charset=UTF-8', 'application/json', 'call', 'text', 'id-1;leg=caller', 'id-1;leg=callee', 'SIP;cause=200', '{"id":"7","verb":"call"}', 'J\xfcrgen "x" \\', '\0\x01\xff', '200', '1e3', '0x10',
];

export class RandomAnswers implements Answers {
  readonly #random: Random;
  readonly #luck: number;
  readonly #mayWait: boolean;

  constructor(seed: number, mayWait = false) {
    this.#random = seeded(seed);
    this.#luck = LUCK_PERCENT[this.#random(LUCK_PERCENT.length)]!;
    this.#mayWait = mayWait;
  }

  answer({ name, row, args, index }: Call): KsrValue | void {
    // Drawn for every call, whatever comes of it: what is answered later hangs on the number of calls only.
    const succeeds = this.#random(100) < this.#luck && index < MAX_CALLS;
    const choice = this.#random(1 << 20);
    switch (row.returns) {
      case 'none':
        return undefined;
      case 'bool':
        return succeeds && choice % 4 > 0;
      case 'int':
        if (/status/.test(name)) return of(STATUSES, choice);
        if (/num_rows|active_calls/.test(name)) return succeeds ? choice % 4 : 0;
        return succeeds ? (choice % 8 === 0 ? 2 : 1) : of(FAILURES, choice);
      case 'xval':
        if (/json_string/.test(name)) return JSON.stringify(args[0]);
        if (/status|evcode|port/i.test(`${name} ${args[0]}`)) return choice % 8 === 0 && !/gete/.test(name) ? null : of(STATUSES, choice);
        return choice % 16 === 0 && !/get[ew]/.test(name) ? null : of(TEXTS, choice >> 4);
    }
  }

  waits({ index }: Call): boolean {
    return this.#mayWait && index % 3 !== 0;
  }
}

function of<T>(list: readonly T[], choice: number): T {
  return list[choice % list.length]!;
}
