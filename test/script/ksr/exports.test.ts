import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ksrRows } from '../../../src/script/ksr/rows.ts';

/** Kamailio's own list of KEMI functions: module, function, return, params. Not part of the repository. */
const EXPORTS = '../shared/kemi/exports.tsv';

/** The module with functions of our own. */
const OURS = 'sipweet';

interface Exported {
  readonly returns: string;
  readonly params: string;
}

function readExports(): Map<string, Exported> {
  const lines = readFileSync(EXPORTS, 'utf8').split('\n').slice(1).filter((line) => line !== '');
  return new Map(lines.map((line) => {
    const [module = '', name = '', returns = '', params = ''] = line.split('\t');
    return [`${module}.${name}`, { returns, params: params.replaceAll('long', 'int') }];
  }));
}

if (existsSync(EXPORTS)) {
  test('every row has the name, parameters and result type of Kamailio', () => {
    const exported = readExports();
    const wrong: string[] = [];
    for (const row of ksrRows) {
      if (row.module === OURS) continue;
      const label = `${row.module}.${row.name}`;
      const theirs = exported.get(label);
      const ours = `${row.returns} (${row.params.join(',')})`;
      if (theirs === undefined) wrong.push(`${label}: Kamailio has no such function`);
      else if (ours !== `${theirs.returns} (${theirs.params})`) wrong.push(`${label}: ${ours} is not ${theirs.returns} (${theirs.params})`);
    }
    assert.deepEqual(wrong, []);
  });
} else {
  test('the list of Kamailio exports is there in CI', () => {
    console.log(`left out: ${EXPORTS} is not there to compare the rows with`);
    assert.notEqual(process.env['CI'], 'true');
  });
}

test('no function is there twice, and each says in one line what it does', () => {
  const seen = new Set<string>();
  for (const row of ksrRows) {
    const label = `${row.module}.${row.name}`;
    assert.ok(!seen.has(label), `${label} is there twice`);
    seen.add(label);
    assert.match(row.doc, /^[^\n]{4,}$/, label);
  }
});
