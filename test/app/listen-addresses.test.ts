import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listenAddresses } from '../../src/app/listen-addresses.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { loadConfig } from '../../src/config/load.ts';

const IPV4_ONLY = { lo: [{ family: 'IPv4' as const }] };
const BOTH = { lo: [{ family: 'IPv4' as const }, { family: 'IPv6' as const }] };

describe('listening on a machine without IPv6', () => {
  test('the IPv6 addresses of the default are left out, with a line in the log', () => {
    const lines: string[] = [];
    const logger = { ...silentLogger, info: (message: string) => void lines.push(message) };
    const listen = listenAddresses(loadConfig({ searchPaths: [] }), logger, IPV4_ONLY);
    assert.deepEqual(listen.map(({ transport, host }) => `${transport} ${host}`), ['udp 0.0.0.0', 'tcp 0.0.0.0']);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /no IPv6/);
  });

  test('with IPv6 the default stays whole', () => {
    const loaded = loadConfig({ searchPaths: [] });
    assert.equal(listenAddresses(loaded, silentLogger, BOTH), loaded.config.sip.listen);
  });

  test('what an operator has written is not touched', () => {
    const loaded = loadConfig({ searchPaths: [], overrides: ['sip.listen=udp:[::]:5060'] });
    assert.equal(listenAddresses(loaded, silentLogger, IPV4_ONLY), loaded.config.sip.listen);
  });
});
