import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropsIn } from '../../../src/sip/transport/proc-net-udp.ts';

const FOUR = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  308: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 21530 2 0000000000000000 17
  308: 00000000:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 21531 2 0000000000000000 0
 4711: 0100007F:2710 0100007F:13C4 01 00000000:00000000 00:00000000 00000000     0        0 21532 2 0000000000000000 99
`;
const SIX = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  308: 00000000000000000000000001000000:13C4 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0000000000000000 3
  308: 00000000000000000000000000000000:13C4 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2 2 0000000000000000 4
  308: B80D0120000000000000000001EFCDAB:13C4 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 3 2 0000000000000000 5
`;

for (const [table, address, port, drops] of [
  [FOUR, '127.0.0.1', 5060, 17],
  [FOUR, '0.0.0.0', 5060, 0],
  [FOUR, '127.0.0.1', 5061, undefined],
  [SIX, '::1', 5060, 3],
  [SIX, '::', 5060, 4],
  [SIX, '2001:db8::abcd:ef01', 5060, 5],
  [SIX, '2001:db8:0:0:0:0:abcd:ef01%eth0', 5060, 5],
  [SIX, '2001:db8::1', 5060, undefined],
] as const) {
  test(`${address} port ${port}: ${drops ?? 'not there'}`, () => assert.equal(dropsIn(table, address, port), drops));
}
