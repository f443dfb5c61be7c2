/** Writes every page of `docs/` that is made from the code: `node --import tsx scripts/docs.ts`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { PAGES } from './docs-pages.ts';

mkdirSync('docs', { recursive: true });
for (const [path, make] of PAGES) {
  const text = make();
  const before = readOrEmpty(path);
  if (text === before) continue;
  writeFileSync(path, text);
  console.log(`${path} is written`);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
