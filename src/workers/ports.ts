/** What the workers want from the database: parts of two tables, so that tests may stand in for them. */
import type { LedgerTable } from '../db/tables/ledger.ts';
import type { UsersTable } from '../db/tables/users.ts';

export type Ledger = Pick<LedgerTable, 'find' | 'plan' | 'claim' | 'takeOver' | 'release' | 'finish'>;

export type Users = Pick<UsersTable, 'findBySipUser' | 'setXUserId'>;
