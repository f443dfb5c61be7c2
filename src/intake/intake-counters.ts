import type { Counter, Counters } from '../base/counters.ts';

export interface IntakeCounters {
  readonly received: Counter;
  readonly known: Counter;
  readonly foreign: Counter;
  readonly late: Counter;
  readonly jobsLeft: Counter;
  readonly encrypted: Counter;
  readonly unknown: Counter;
}

export function intakeCounters(counters: Counters): IntakeCounters {
  const define = (name: string, help: string) => counters.define(`intake.${name}`, help);
  return {
    received: define('received', 'Commands from X that were new'),
    known: define('known', 'Posts and messages from X that had been received before: overlap, repetition, edits'),
    foreign: define('foreign', 'Posts and messages from X that are no commands: our own, reposts, meant for others'),
    late: define('late', 'Commands that were too old to be carried out when they were read'),
    jobsLeft: define('jobs-left', 'Commands whose job could not be added at once: the sweep adds it'),
    encrypted: define('encrypted', 'Events of encrypted chat, which we cannot read'),
    unknown: define('unknown', 'Events from X of a kind that we do not know'),
  };
}
