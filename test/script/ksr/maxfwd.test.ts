import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxfwdRows } from '../../../src/script/ksr/maxfwd.ts';
import { callable } from '../route-fixture.ts';
import { moduleStage } from '../modules/module-stage.ts';

const maxfwd = callable(maxfwdRows);

function routeWith(value: string | undefined) {
  const line = value === undefined ? '' : `Max-Forwards: ${value}\r\n`;
  return moduleStage().route(`OPTIONS sip:bob@proxy.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1\r\n${line}From: <sip:a@b>;tag=1\r\nTo: <sip:bob@proxy.test>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`);
}

for (const [value, code, after] of [
  ['70', 1, '69'],
  ['1', 1, '0'],
  ['71', 1, '70'],
  ['200', 1, '70'],
  ['0', -1, '0'],
  [undefined, 2, '10'],
] as const) {
  test(`process_maxfwd(10): Max-Forwards ${value ?? 'missing'} gives ${code} and ${after}`, () => {
    const route = routeWith(value);
    assert.equal(maxfwd(route, 'process_maxfwd', 10), code);
    const { raw, bodyEnd } = route.message;
    assert.match(route.edits.apply(raw, 0, bodyEnd), new RegExp(`\r\nMax-Forwards: ${after}\r\n`));
  });
}

test('is_maxfwd_lt compares; a missing one is not less', () => {
  assert.deepEqual([maxfwd(routeWith('9'), 'is_maxfwd_lt', 10), maxfwd(routeWith('10'), 'is_maxfwd_lt', 10), maxfwd(routeWith(undefined), 'is_maxfwd_lt', 10)], [1, -1, -1]);
});
