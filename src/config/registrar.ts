import { choice, integer } from './option.ts';
import { section } from './section.ts';

export const REGISTRAR = section(
  'Registrations of phones.',
  {
    minExpiresS: integer({
      default: 60,
      min: 1,
      max: 86_400,
      doc: 'Shortest registration in seconds; a shorter one gets 423 with Min-Expires.',
      rfc: '3261 §10.3 step 7',
      kamailio: 'registrar.min_expires',
    }),
    defaultExpiresS: integer({
      default: 3600,
      min: 1,
      max: 604_800,
      doc: 'Seconds given to a registration that asks for no time.',
      rfc: '3261 §10.3 step 6',
      kamailio: 'registrar.default_expires',
    }),
    maxExpiresS: integer({
      default: 3600,
      min: 1,
      max: 604_800,
      doc: 'Longest registration in seconds; a longer one is shortened to it.',
      kamailio: 'registrar.max_expires',
    }),
    maxContacts: integer({
      default: 10,
      min: 1,
      max: 1000,
      doc: 'Contacts of one user. A registration that would lead past it gets 503 and changes nothing.',
      kamailio: 'registrar.max_contacts',
    }),
    write: choice(['behind', 'through'], {
      default: 'behind',
      doc: 'When a registration reaches the database: "behind" answers first and writes in batches, so that a crash forgets the last second; "through" writes first, and a registration waits for the database.',
      kamailio: 'usrloc.db_mode',
    }),
  },
  ({ minExpiresS, defaultExpiresS, maxExpiresS }) => [
    ...(minExpiresS > maxExpiresS
      ? [{ option: 'minExpiresS', text: 'must not be more than registrar.maxExpiresS' } as const]
      : []),
    ...(defaultExpiresS < minExpiresS || defaultExpiresS > maxExpiresS
      ? [{ option: 'defaultExpiresS', text: 'must be from registrar.minExpiresS to registrar.maxExpiresS' } as const]
      : []),
  ],
);
