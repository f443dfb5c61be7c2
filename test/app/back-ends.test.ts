import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findBackEnds } from '../../src/app/back-ends.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { loadConfig } from '../../src/config/load.ts';

const DNS = {
  addresses(name: string, family: 4 | 6) {
    if (name === 'broken.example') return Promise.reject(new Error('SERVFAIL'));
    return Promise.resolve({ records: name === 'db.example' && family === 4 ? ['10.0.0.5', '10.0.0.6'] : [], ttlSeconds: 60 });
  },
};

function find(overrides: readonly string[], logger = silentLogger) {
  return findBackEnds(loadConfig({ searchPaths: [], overrides }).config, DNS, logger);
}

describe('back ends that no SIP request may reach', () => {
  test('database, queue and connections of scripts by each of their addresses, default ports filled in', async () => {
    const { backEnds } = await find([
      'database.url=postgres://u:p@db.example/one',
      'queue.redisUrl=redis://10.0.0.9',
      'script.sqlConnections={crm: "postgres://u:p@10.0.0.7:5433/crm"}',
    ]);
    assert.deepEqual(backEnds, [
      { address: '10.0.0.5', port: 5432 },
      { address: '10.0.0.6', port: 5432 },
      { address: '10.0.0.9', port: 6379 },
      { address: '10.0.0.7', port: 5433 },
    ]);
  });

  test('those on this machine by port, the sandbox with both of its own, the console too', async () => {
    const { backEnds, ownPorts } = await find(['database.url=postgres://u:p@localhost:40001/one', 'x.apiBase=http://127.0.0.1:40002']);
    assert.deepEqual(backEnds, []);
    assert.deepEqual([...ownPorts].sort(), [4010, 4011, 4012, 40001, 40002].sort());
  });

  test('a name that DNS does not know is warned of, and does not stop the start', async () => {
    const warned: string[] = [];
    const logger = { ...silentLogger, warn: (_: string, fields?: object) => void warned.push(JSON.stringify(fields)) };
    const { backEnds } = await find(['database.url=postgres://u:p@broken.example/one'], logger);
    assert.deepEqual(backEnds, []);
    assert.deepEqual(warned, ['{"host":"broken.example","reason":"SERVFAIL"}']);
  });
});
