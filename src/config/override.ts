/** The command line as a source: `--set section.option=value`. */
import { optionHint, sectionHint, type Problem } from './problem.ts';
import { ANY_SECTIONS, entryAt } from './schema.ts';
import type { Findings, Setting } from './setting.ts';

/** @param overrides texts of the form `section.option=value` */
export function readOverrides(overrides: readonly string[]): Findings {
  const settings: Setting[] = [];
  const problems: Problem[] = [];
  for (const text of overrides) {
    const equals = text.indexOf('=');
    const path = (equals === -1 ? text : text.slice(0, equals)).trim();
    const source = `--set ${path}`;
    const entry = entryAt(path);
    if (equals === -1) problems.push({ source, path: '', text: 'has no value: write section.option=value' });
    else if (entry === undefined) problems.push({ source, path: '', text: `names no option${pathHint(path)}` });
    else settings.push({ entry, value: text.slice(equals + 1), source, locate: () => source });
  }
  return { settings, problems };
}

/** What an unknown path should probably have been. */
export function pathHint(path: string): string {
  const [sectionName = '', name = ''] = path.split('.', 2);
  const known = ANY_SECTIONS.some(([one]) => one === sectionName);
  return known ? optionHint(sectionName, name) : sectionHint(sectionName);
}
