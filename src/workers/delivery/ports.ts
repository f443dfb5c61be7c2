/** What the workers want from the database: parts of the tables, so that tests may stand in for them. */
import type { DigestTable } from '../../db/tables/digests.ts';
import type { LedgerTable } from '../../db/tables/ledger.ts';
import type { UsersTable } from '../../db/tables/users.ts';

export type Ledger = Pick<
  LedgerTable,
  'find' | 'plan' | 'planAndClaim' | 'claim' | 'takeOver' | 'release' | 'refuse' | 'putOff' | 'finish' | 'unsentBefore' | 'countBefore'
>;

export type Digests = Pick<DigestTable, 'hold' | 'close' | 'members'>;

export type Users = Pick<UsersTable, 'findBySipUser' | 'setXUserId'>;
