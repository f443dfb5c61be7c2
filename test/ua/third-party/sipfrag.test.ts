import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sipfragStatus } from '../../../src/ua/third-party/sipfrag.ts';

test('RFC 3515 §2.4.5: the status line is all that counts; what is none of it is still trying', () => {
  const bodies = ['SIP/2.0 200 OK\r\n', 'SIP/2.0 180 Ringing\r\nContact: <sip:x>\r\n', 'SIP/2.0 486', 'SIP/2.0 4860 x', 'INVITE sip:x SIP/2.0\r\n', ''];
  assert.deepEqual(bodies.map(sipfragStatus), [200, 180, 486, 100, 100, 100]);
});
