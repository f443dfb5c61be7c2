/** The parts of a command that have a meaning of their own. */
import type { Target, When } from './command.ts';

export interface SlotValues {
  /** `@alice`, `alice`, `+49 30 901820`, `sip:carol@example.com`. */
  readonly target: Target;
  /** `@alice:` with its colon. */
  readonly addressee: Target;
  readonly when: When;
  /** What a reminder is about. Several of one phrase are joined. */
  readonly about: string;
  /** The text of a message. */
  readonly text: string;
  /** The number of a schedule: `3`, `#3`. */
  readonly number: number;
  /** `10`, `10 minutes`, `an hour`. */
  readonly minutes: number;
  readonly zone: string;
  readonly language: string;
  readonly region: string;
  /** `22:00-07:00`. */
  readonly span: { readonly from: string; readonly to: string };
  readonly switch: boolean;
  /** The word for `off` alone. */
  readonly off: true;
  /** `name@host` on Mastodon. */
  readonly account: string;
  /** A one-time code behind a word that announces it. */
  readonly code: string;
  /** A one-time code that stands alone. */
  readonly bareword: string;
  /** Words that do not matter. */
  readonly any: true;
}

export type SlotName = keyof SlotValues;

/** How many words each may have. */
export const SLOT_WIDTHS: Readonly<Record<SlotName, number>> = {
  target: 10,
  addressee: 1,
  when: 14,
  about: Infinity,
  text: Infinity,
  number: 2,
  minutes: 3,
  zone: 4,
  language: 3,
  region: 5,
  span: 8,
  switch: 1,
  off: 1,
  account: 1,
  code: 5,
  bareword: 3,
  any: Infinity,
};
