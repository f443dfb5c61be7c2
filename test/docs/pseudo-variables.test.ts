import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TRANSFORMATIONS, VARIABLES } from '../../scripts/docs-pseudo-variable-texts.ts';
import { transformationNames, variableNames } from '../../scripts/docs-pseudo-variables.ts';
import { pseudoVariable } from '../../src/script/pseudo-variables/compile.ts';
import type { PvValue } from '../../src/script/pseudo-variables/pseudo-variable.ts';
import { moduleStage } from '../script/modules/module-stage.ts';

/** Something that each writable variable takes, where a plain word is not it. */
const SAMPLES: Readonly<Record<string, PvValue>> = { ru: 'sip:carol@192.0.2.7', du: 'sip:192.0.2.8', rp: '5099' };

describe('docs/pseudo-variables.md', () => {
  test('has a sentence for each name that there is, and for no other', () => {
    assert.deepEqual(Object.keys(VARIABLES).sort(), [...variableNames].sort());
    assert.deepEqual(Object.keys(TRANSFORMATIONS).sort(), [...transformationNames].sort());
  });

  test('shows the parentheses that a variable has to have, and no others', () => {
    for (const [name, { inner }] of Object.entries(VARIABLES)) {
      assert.ok(pseudoVariable(inner === undefined ? `$${name}` : `$${name}(${inner})`), name);
      assert.equal(pseudoVariable(inner === undefined ? `$${name}(x=>y)` : `$${name}`), undefined, name);
    }
  });

  test('what stands in $T(…) is all of it', () => {
    for (const [field] of VARIABLES['T']!.means.matchAll(/[a-z]+_[a-z]+/g)) assert.ok(pseudoVariable(`$T(${field})`), field);
  });

  test('says which variables can be set: those change, the others do not', () => {
    for (const [name, { inner, writable }] of Object.entries(VARIABLES)) {
      // It can only be written: what it sets shows in $sht.
      if (name === 'shtex') continue;
      const route = moduleStage({ htables: { table: { autoexpireS: 0, initval: undefined, maxEntries: 10 } } }).route();
      const variable = pseudoVariable(inner === undefined ? `$${name}` : `$${name}(${inner})`)!;
      const before = variable.get(route);
      const sample = SAMPLES[name] ?? 'word';
      assert.ok(variable.set(route, sample), name);
      const after = variable.get(route);
      if (writable) assert.equal(after, sample, name);
      else assert.equal(after, before, name);
    }
  });

  test('shows the parameters that a transformation takes', () => {
    const samples = (params: string) => params.replaceAll(/index|offset|length|count|from|most|indent/g, '1').replace('/expression/replacement/flags', '/a/b/g');
    for (const [name, { params }] of Object.entries(TRANSFORMATIONS)) {
      assert.ok(pseudoVariable(`$(ru{${name}${params === undefined ? '' : `,${samples(params)}`}})`), name);
    }
  });
});
