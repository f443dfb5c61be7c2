import type { Command } from 'commander';
import { AppError } from '../../base/errors.ts';
import type { Config } from '../../config/schema.ts';
import type { CallTotals, SpendTable, Totals } from '../../db/tables/spend.ts';
import { X_SWITCH, type Switch, type SwitchesTable } from '../../db/tables/switches.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';

const MAX_REASON_LENGTH = 200;

/** The kill switch of X and what X has cost: commands below `sipweet x`. */
export function addXSwitchCommands(x: Command, line: CommandLine): void {
  x.command('pause')
    .description('Stops everything that goes to X, and reading it, in all processes within five seconds. Messages wait; nothing is lost.')
    .option('--reason <text>', 'why, for who wonders')
    .addHelpText('after', examples([['sipweet x pause --reason "somebody plays with us"', 'until sipweet x resume']]))
    .action(({ reason }: { reason?: string }) =>
      onTables(line, async ({ switches }) => {
        await switches.set(X_SWITCH, true, reason === undefined ? undefined : checkedReason(reason));
        line.print('X is switched off. `sipweet x resume` switches it on again.');
      }),
    );
  x.command('resume')
    .description('Lets go what `sipweet x pause` has stopped. Waiting messages go out within half a minute.')
    .addHelpText('after', examples([['sipweet x resume', 'on again']]))
    .action(() =>
      onTables(line, async ({ switches }) => {
        await switches.set(X_SWITCH, false);
        line.print('X is switched on.');
      }),
    );
  x.command('spend')
    .description('Shows what X has cost today and this month by its list prices, in UTC, and what is left of the budgets.')
    .addHelpText('after', examples([['sipweet x spend', 'by kind of call']]))
    .action(() =>
      onTables(line, async ({ switches, spend, config }) => {
        for (const text of spendLines(await spend.totals(), await spend.byCall(), config.x)) line.print(text);
        line.print(switchLine(await switches.find(X_SWITCH)));
      }),
    );
}

/** The state of the kill switch in a sentence. */
export function switchLine({ off, reason, changedAt }: Switch): string {
  if (!off) return 'X is switched on';
  return `X is switched off since ${changedAt!.toISOString()}${reason === undefined ? '' : `: ${reason}`}`;
}

type Budgets = Pick<Config['x'], 'dailyBudgetUsd' | 'monthlyBudgetUsd'>;

function spendLines(totals: Totals, calls: readonly CallTotals[], budgets: Budgets): readonly string[] {
  const row = (name: string, ...cells: readonly string[]) => `${name.padEnd(18)}${cells.map((cell) => cell.padStart(12)).join('')}`;
  const left = (micros: number, budgetUsd: number) => (budgetUsd === 0 ? 'no limit' : usd(Math.max(0, budgetUsd * 1_000_000 - micros)));
  return [
    row('', 'today', 'USD', 'this month', 'USD'),
    ...calls.map(({ call, dayUnits, dayMicros, monthUnits, monthMicros }) =>
      row(call, String(dayUnits), usd(dayMicros), String(monthUnits), usd(monthMicros)),
    ),
    row('together', '', usd(totals.dayMicros), '', usd(totals.monthMicros)),
    row('left', '', left(totals.dayMicros, budgets.dailyBudgetUsd), '', left(totals.monthMicros, budgets.monthlyBudgetUsd)),
  ];
}

function usd(micros: number): string {
  return (micros / 1_000_000).toFixed(3);
}

function checkedReason(reason: string): string {
  if (reason.length <= MAX_REASON_LENGTH && !/\p{Cc}/u.test(reason)) return reason;
  throw new AppError('usage', `--reason: one line of at most ${MAX_REASON_LENGTH} characters`);
}

interface Tables {
  readonly switches: SwitchesTable;
  readonly spend: SpendTable;
  readonly config: Config;
}

async function onTables(line: CommandLine, work: (tables: Tables) => Promise<void>): Promise<void> {
  const loaded = line.load();
  const { config } = loaded;
  // Loaded for who needs them: most commands do not.
  const [{ withDatabase }, { SwitchesTable }, { SpendTable }] = await Promise.all([
    import('../database.ts'),
    import('../../db/tables/switches.ts'),
    import('../../db/tables/spend.ts'),
  ]);
  await withDatabase({ config, logger: line.commandLog(loaded) }, (db) =>
    work({ switches: new SwitchesTable(db), spend: new SpendTable(db), config }),
  );
}
