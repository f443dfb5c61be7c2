import type { CommandContext, NotUnderstood, ParsedCommand, When } from '../../commands/command.ts';

/** What the execution of commands needs from `src/commands`; nothing of it waits or reads a clock. */
export interface Grammar {
  parseCommand(text: string, context: CommandContext): ParsedCommand;
  /** A time for people: absolute, with the zone; says when daylight saving moved it. */
  describeWhen(when: When, reader: { readonly locale: string; readonly nowMs: number }): string;
  /** "every Monday". */
  describeRule(rrule: string, locale: string): string;
  /** What was understood of words that are no command, and two examples. */
  explainFailure(failure: NotUnderstood, locale: string): string;
  helpText(locale: string): string;
  /** The first occurrence behind `afterMs` of a rule whose first was at `wall`; `undefined` when there is none. */
  nextOccurrence(rrule: string, wall: string, zone: string, afterMs: number): { readonly wall: string; readonly atMs: number } | undefined;
}
