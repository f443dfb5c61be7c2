import type { LedgerEntry } from '../../../../src/db/tables/ledger-entry.ts';
import type { User } from '../../../../src/db/tables/users.ts';
import type { Parcel } from '../../../../src/workers/delivery/channels/channel.ts';
import { MemoryUsers } from '../stage.ts';

export function parcel(change: Partial<LedgerEntry> = {}, user: Partial<User> = {}): Parcel {
  const users = new MemoryUsers();
  users.put('bob', user);
  return {
    user: users.rows.get('bob'),
    entry: {
      id: 'missed-call:c1@a',
      kind: 'direct-message',
      state: 'sending',
      reason: undefined,
      attempt: 1,
      recipient: '1001',
      content: 'Missed call from alice@example.com',
      remoteId: undefined,
      callId: 'c1@a',
      sipUser: 'bob',
      replyTo: undefined,
      notBefore: undefined,
      counterparty: 'alice@example.com',
      channel: 'webhook',
      refusals: { dm: 'closed' },
      digestId: undefined,
      createdAt: new Date('2026-11-22T14:05:00Z'),
      updatedAt: new Date('2026-11-22T14:05:00Z'),
      ...change,
    },
  };
}
