import { withRedis, type RedisServer } from '../jobs/redis-server.ts';
import { withDatabase, type TestDatabase } from '../db/embedded-database.ts';

/** Where the queue lives in a test; each has a database of its own, which the service migrates itself. */
export interface Backend extends TestDatabase {
  readonly name: 'Redis' | 'PostgreSQL';
  /** Set for the queue on Redis. */
  readonly redis: RedisServer | undefined;
}

/** Both kinds of queue. Call it once at the top of a test file. */
export async function withBackends(): Promise<readonly Backend[]> {
  const redis = await withRedis();
  return [
    { name: 'Redis', redis, ...(await withDatabase({ migrated: false })) },
    { name: 'PostgreSQL', redis: undefined, ...(await withDatabase({ migrated: false })) },
  ];
}
