import { GENERATED, codeLink, page, table } from './markdown.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

/** A clause of an RFC, such as `3261 §16.6`. */
export type Clause = string;

const SIP = '3261';

/** The RFCs on the page, and of RFC 3261 the chapters. The others are libraries, formats and test messages. */
const SHOWN: ReadonlyMap<string, string> = new Map([
  [SIP, 'SIP: Session Initiation Protocol'],
  ['3263', 'Locating SIP Servers'],
  ['3515', 'The REFER Method'],
  ['3581', 'Symmetric Response Routing (rport)'],
  ['3725', 'Third Party Call Control'],
  ['4320', 'Non-INVITE Transactions'],
  ['5393', 'Forking Proxies: loops and Max-Breadth'],
  ['6026', 'Transaction Handling for 2xx to INVITE'],
  ['8760', 'Digest with more hash algorithms'],
]);
const SIP_CHAPTERS: ReadonlySet<number> = new Set([8, 9, 10, 12, 13, 16, 17, 18, 22]);

/** Chapters of RFC 3261 that hold rules begin here; a bare clause below belongs to the RFC that was named last. */
const FIRST_SIP_CHAPTER = 7;

const SECTION = String.raw`§\s?\d+(?:\.\d+)*`;
const REFERENCE = new RegExp(String.raw`(?:RFC|@rfc)\s+(?<rfc>\d{4})(?<own>\s+${SECTION}(?:(?:,| and| to)\s+${SECTION})*)?|(?<alone>${SECTION})`, 'g');

/**
 * The clauses that a text names. `RFC 3581 §4` and `@rfc 6026 §7.1, §8.7` say whose they are. A clause
 * alone is one of RFC 3261, unless its chapter is below 7: then it belongs to the RFC named last.
 */
export function clausesIn(text: string): ReadonlySet<Clause> {
  const found = new Set<Clause>();
  let named = SIP;
  for (const { groups } of text.matchAll(REFERENCE)) {
    const { rfc, own, alone } = groups!;
    if (rfc !== undefined) named = rfc;
    for (const section of numbersIn(own ?? alone ?? '')) {
      const owner = own !== undefined || Number.parseInt(section, 10) < FIRST_SIP_CHAPTER ? named : SIP;
      found.add(`${owner} §${section}`);
    }
  }
  return found;
}

function numbersIn(sections: string): readonly string[] {
  return [...sections.matchAll(/\d+(?:\.\d+)*/g)].map(([number]) => number);
}

const TITLE = /\b(?:test|describe)\(\s*(?:'((?:[^'\\\n]|\\.)*)'|`([^`]*)`|"([^"\n]*)")/g;

/** The titles of the tests of a file, one a line. */
export function titlesIn(text: string): string {
  return [...text.matchAll(TITLE)].map(([, single, back, double]) => (single ?? back ?? double ?? '').replaceAll('\n', ' ')).join('\n');
}

function isShown(clause: Clause): boolean {
  const [rfc, section] = split(clause);
  return rfc === SIP ? SIP_CHAPTERS.has(Number.parseInt(section, 10)) : SHOWN.has(rfc);
}

function split(clause: Clause): readonly [rfc: string, section: string] {
  const [rfc = '', section = ''] = clause.split(' §');
  return [rfc, section];
}

function filesByClause(files: readonly SourceFile[], read: (text: string) => string): ReadonlyMap<Clause, readonly string[]> {
  const byClause = new Map<Clause, string[]>();
  for (const { path, text } of files) {
    for (const clause of clausesIn(read(text))) {
      const paths = byClause.get(clause);
      if (paths === undefined) byClause.set(clause, [path]);
      else paths.push(path);
    }
  }
  return byClause;
}

function inOrder(a: Clause, b: Clause): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Whether one clause is the other or a part of it: §17.1.1.2 of §17.1.1. */
export function isWithin(clause: Clause, whole: Clause): boolean {
  return clause === whole || clause.startsWith(`${whole}.`);
}

/** The tests of these scripts name clauses as examples only. */
function isTestOfCode(path: string): boolean {
  return path.endsWith('.test.ts') && !path.startsWith('test/docs/');
}

/** The page `docs/rfc-map.md`. */
export function rfcMapPage(): string {
  const code = filesByClause(sourceFiles('src'), (text) => text);
  const tests = filesByClause(sourceFiles('test').filter(({ path }) => isTestOfCode(path)), titlesIn);
  const clauses = [...new Set([...code.keys(), ...tests.keys()])].filter(isShown).sort(inOrder);
  const tested = [...tests.keys()];
  const untested = clauses.filter((clause) => code.has(clause) && !tested.some((other) => isWithin(other, clause)));
  const links = (paths: readonly string[] | undefined) => (paths ?? []).map((path) => codeLink(path)).join('<br>');

  const sections = [...SHOWN].map(([rfc, title]) => {
    const rows = clauses
      .filter((clause) => split(clause)[0] === rfc)
      .map((clause) => [`§${split(clause)[1]}`, links(code.get(clause)), links(tests.get(clause))]);
    return `## RFC ${rfc}: ${title}\n\n${table(['clause', 'code', 'tests'], rows)}`;
  });
  return page([
    '# RFC clauses, code and tests',
    GENERATED,
    [
      'Collected from the comments of `src/` and the titles of the tests. A clause is here because somebody named it, so a',
      'missing one is not a missing feature; a clause with code and without a test that names it is worth a look, and stands',
      `in the last section. Of RFC ${SIP} the chapters ${[...SIP_CHAPTERS].join(', ')} are shown.`,
    ].join('\n'),
    ...sections,
    '## Named in code, in no title of a test',
    untested.length === 0 ? 'None.' : untested.map((clause) => `- RFC ${clause}: ${links(code.get(clause)).replaceAll('<br>', ' ')}`).join('\n'),
  ]);
}
