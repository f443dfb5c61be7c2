import { readFileSync } from 'node:fs';
import { ENTRIES } from '../src/config/schema.ts';
import { ksrRows } from '../src/script/ksr/rows.ts';
import { table } from './markdown.ts';

const PAGE = 'docs/kamailio.md';

/** Tables within the page, each between two comments with its name. Everything else is written by hand. */
const PARTS: Readonly<Record<string, () => string>> = {
  modules: modulesText,
  parameters: parametersTable,
};

function modulesText(): string {
  const modules = [...new Set(ksrRows.map(({ module }) => module))].filter((module) => module !== '' && module !== 'sipweet');
  return `The core's functions, \`KSR.x\`, the timers of \`rtimer\`, and these modules: ${modules.map((name) => `\`${name}\``).join(', ')}.`;
}

function parametersTable(): string {
  const rows = ENTRIES.flatMap(({ path, option }) => {
    const fields = Object.entries(option.fields ?? {}).map(([name, field]) => [field.kamailio, `${path}.*.${name}`] as const);
    return [[option.kamailio, path] as const, ...fields];
  });
  const known = rows.flatMap(([theirs, ours]) => (theirs === undefined ? [] : [[`\`${theirs}\``, `\`${ours}\``]]));
  return table(['Kamailio', 'here'], known);
}

/** The page with its generated parts made anew. */
export function kamailioPage(): string {
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, make] of Object.entries(PARTS)) {
    const [open, close] = [`<!-- begin ${name}: npm run docs -->`, `<!-- end ${name} -->`];
    const start = page.indexOf(open);
    const end = page.indexOf(close);
    if (start < 0 || end < start) throw new Error(`${PAGE} lacks the comments around the part "${name}"`);
    page = `${page.slice(0, start + open.length)}\n${make()}\n${page.slice(end)}`;
  }
  return page;
}
