import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import { SpendTable } from '../db/tables/spend.ts';
import { SwitchesTable } from '../db/tables/switches.ts';
import { Budget } from '../workers/gate/budget.ts';
import { SwitchAndBudget } from '../workers/gate/x-gate.ts';
import { XSwitch } from '../workers/gate/x-switch.ts';
import type { Database } from './database.ts';

const MICROS = 1_000_000;

/** What holds a process back from X: the switch of `sipweet x pause`, and the budget. */
export function xLimits({ config, db, clock, logger }: { config: Config; db: Database; clock: Clock; logger: Logger }): { readonly xSwitch: XSwitch; readonly gate: SwitchAndBudget } {
  const limits = { dailyMicros: microsOf(config.x.dailyBudgetUsd), monthlyMicros: microsOf(config.x.monthlyBudgetUsd) };
  const budget = new Budget({ table: new SpendTable(db), limits, clock, logger });
  const xSwitch = new XSwitch(new SwitchesTable(db), clock);
  return { xSwitch, gate: new SwitchAndBudget({ xSwitch, budget, clock }) };
}

/** 0 stands for no limit. */
function microsOf(usd: number): number | undefined {
  return usd === 0 ? undefined : usd * MICROS;
}
