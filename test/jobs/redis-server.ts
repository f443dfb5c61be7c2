import { after } from 'node:test';
import { startRedis, type RedisServer } from './redis-process.ts';

export type { RedisServer } from './redis-process.ts';

/** A Redis of its own for a test file, ended behind its last test. */
export async function withRedis(): Promise<RedisServer> {
  const server = await startRedis();
  after(async () => {
    await server.kill();
    await server.remove();
  });
  return server;
}
