import type { Clock } from '../../base/clock.ts';
import type { Budget, Hold } from './budget.ts';
import type { XSwitch } from './x-switch.ts';

/** How long to wait before the switch or the budget is asked again: whoever changes them need not restart anything. */
const ASK_AGAIN_MS = 30_000;

/** Whether operators and budget let anything go to X. What comes from X has its own door in the reader. */
export interface XGate {
  /**
   * Why not now, or `undefined`. `essential` is what a spent budget does not stop: the confirmation
   * that somebody is left alone from now on. The switch stops that too.
   */
  held(options?: { readonly essential?: boolean }): Promise<Hold | undefined>;
}

/** The gate of kill switch and budget. */
export class SwitchAndBudget implements XGate {
  readonly #xSwitch: XSwitch;
  readonly #budget: Budget;
  readonly #clock: Clock;

  constructor(options: { readonly xSwitch: XSwitch; readonly budget: Budget; readonly clock: Clock }) {
    this.#xSwitch = options.xSwitch;
    this.#budget = options.budget;
    this.#clock = options.clock;
  }

  async held({ essential = false }: { readonly essential?: boolean } = {}): Promise<Hold | undefined> {
    const soonMs = this.#clock.now() + ASK_AGAIN_MS;
    const { off, reason } = await this.#xSwitch.state();
    if (off) return { untilMs: soonMs, reason: `an operator has switched X off${reason === undefined ? '' : `: ${reason}`}` };
    if (essential) return undefined;
    const spent = await this.#budget.spentUntil();
    return spent === undefined ? undefined : { untilMs: Math.min(spent.untilMs, soonMs), reason: spent.reason };
  }
}

/** Nobody holds anything back. */
export const OPEN_GATE: XGate = { held: async () => undefined };
