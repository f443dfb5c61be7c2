/** Several tables in one transaction: all of it happens, or nothing. */
import type { Knex } from 'knex';
import { AlarmsTable } from './tables/alarms.ts';
import { CallsTable } from './tables/calls.ts';
import { CommandsTable } from './tables/commands.ts';
import { LedgerTable } from './tables/ledger.ts';
import { LinksTable } from './tables/links.ts';
import { MissedCallers } from './tables/missed-callers.ts';
import { SchedulesTable } from './tables/schedules.ts';
import { SipMessagesTable } from './tables/sip-messages.ts';
import { UsersTable } from './tables/users.ts';

export interface Tables {
  readonly alarms: AlarmsTable;
  readonly calls: CallsTable;
  readonly commands: CommandsTable;
  readonly ledger: LedgerTable;
  readonly links: LinksTable;
  readonly missedCallers: MissedCallers;
  readonly schedules: SchedulesTable;
  readonly sipMessages: SipMessagesTable;
  readonly users: UsersTable;
}

export class Transactions {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * Does the work in a transaction (read committed), which is undone when the work rejects. Nothing in it
   * may wait for anything but the database: it holds a connection and locks.
   */
  run<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result> {
    return this.#db.transaction((transaction) => work(tablesOn(transaction)));
  }

  /** The same tables, each statement by itself. */
  get tables(): Tables {
    return tablesOn(this.#db);
  }
}

function tablesOn(db: Knex): Tables {
  return {
    alarms: new AlarmsTable(db),
    calls: new CallsTable(db),
    commands: new CommandsTable(db),
    ledger: new LedgerTable(db),
    links: new LinksTable(db),
    missedCallers: new MissedCallers(db),
    schedules: new SchedulesTable(db),
    sipMessages: new SipMessagesTable(db),
    users: new UsersTable(db),
  };
}
