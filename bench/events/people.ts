/** The callees: linked accounts on X, and phones that are trusted, so that they register without a password. */
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/db/connection.ts';
import { accountIdOf } from '../../src/x/emulator/snowflake.ts';
import type { Phones } from './phones.ts';
import type { Service } from './service.ts';

/** More calls to one of them than `x.stormMessages` in its window would be told in a digest. */
export const CALLS_A_CALLEE = 10;
const REGISTERED_AT_ONCE = 20;
const ROWS_AT_ONCE = 500;

export function calleeName(number: number): string {
  return `callee${number}`;
}

/** Adds those that are missing, and has their phones register. */
export async function addPeople(service: Service, phones: Phones, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, number) => calleeName(number));
  const db = openDatabase({ url: service.databaseUrl, applicationName: 'bench', logger: silentLogger });
  try {
    const rows = names.map((name) => ({ sipuser: name, twuser: `${name}_x`, x_user_id: accountIdOf(`${name}_x`), linked_at: new Date() }));
    for (let done = 0; done < count; done += ROWS_AT_ONCE) await db('sipweetusers').insert(rows.slice(done, done + ROWS_AT_ONCE)).onConflict().ignore();
    await db('address').insert({ grp: 1, ip_addr: '127.0.0.1', tag: 'bench' });
  } finally {
    await db.destroy();
  }
  service.reload();
  for (let done = 0; done < count; done += REGISTERED_AT_ONCE) {
    await Promise.all(names.slice(done, done + REGISTERED_AT_ONCE).map((name) => phones.register(name)));
  }
}
