/**
 * What people write and what is understood, as data: `corpus/<language>.json`, one case a line, written on Friday
 * 2026-11-27 at 10:00:12 in Berlin by somebody in Germany. `UPDATE_EXPECTED=1` writes what is understood now.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseCommand } from '../../src/commands/parse-command.ts';
import { context } from './context.ts';

interface Case {
  readonly say: string;
  readonly means: unknown;
}

/** Instants as people read them. */
function readable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'atMs' ? new Date(part as number).toISOString() : part)));
}

for (const locale of ['en', 'de']) {
  const path = `test/commands/corpus/${locale}.json`;
  const cases = JSON.parse(readFileSync(path, 'utf8')) as readonly Case[];
  const understood = (say: string) => {
    const parsed = parseCommand(say, context({ locale }));
    return readable(parsed.ok ? parsed.command : { failure: parsed.failure });
  };

  if (process.env['UPDATE_EXPECTED'] === '1') {
    writeFileSync(path, `[\n${cases.map(({ say }) => JSON.stringify({ say, means: understood(say) })).join(',\n')}\n]\n`);
  }
  describe(`corpus ${locale}`, () => {
    for (const { say, means } of cases) test(say, () => assert.deepEqual(understood(say), means));
  });
}
