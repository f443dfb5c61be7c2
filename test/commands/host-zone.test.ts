import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const PROGRAM = `
  const { parseCommand } = await import('./src/commands/parse-command.ts');
  const { describeWhen } = await import('./src/commands/read-back.ts');
  const { context } = await import('./test/commands/context.ts');
  const { readFileSync } = await import('node:fs');
  const out = [new Date(Date.UTC(2026, 0, 1)).getHours()];
  // Some of them on the nights in which the clocks of the hosts below change.
  const moments = [
    ['Europe/Berlin', '2026-11-27T10:00:12+01:00'], ['Europe/Berlin', '2026-03-28T20:00:00+01:00'], ['UTC', '2026-03-08T00:30:00Z'], ['UTC', '2026-03-08T02:30:00Z'],
    ['UTC', '2026-11-01T01:30:00Z'], ['UTC', '2026-04-23T22:30:00Z'], ['UTC', '2026-04-24T00:30:00Z'], ['America/New_York', '2026-11-01T00:30:00-04:00'],
  ];
  for (const locale of ['en', 'de']) {
    for (const { say } of JSON.parse(readFileSync('test/commands/corpus/' + locale + '.json', 'utf8'))) {
      for (const [zone, now] of moments) {
        const nowMs = Date.parse(now);
        const parsed = parseCommand(say, context({ locale, nowMs, zone }));
        out.push(parsed, parsed.ok && parsed.command.when ? describeWhen(parsed.command.when, { locale, nowMs }) : '');
      }
    }
  }
  console.log(JSON.stringify(out));
`;

test('the zone of the host changes nothing', () => {
  const understood = ['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Africa/Cairo'].map((TZ) => {
    const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM], { env: { ...process.env, TZ }, encoding: 'utf8', maxBuffer: 1 << 27 });
    return JSON.parse(out) as unknown[];
  });
  // The child processes do have different zones.
  assert.deepEqual(understood.map(([hours]) => hours), [0, 19, 14, 2]);
  const [utc, ...others] = understood.map(([, ...rest]) => rest);
  for (const other of others) assert.deepEqual(other, utc);
  assert.ok(utc!.length > 1000 && readFileSync('test/commands/corpus/en.json', 'utf8').length > 1000);
});
