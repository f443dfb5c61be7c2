/** Writes `docs/config.md` from the schema of the configuration. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { configPage } from '../src/config/page.ts';

mkdirSync('docs', { recursive: true });
writeFileSync('docs/config.md', configPage());
console.log('docs/config.md is written');
