import { AppError } from '../base/errors.ts';
import { nearest } from './nearest.ts';
import { ANY_SECTIONS, ENTRIES } from './schema.ts';

/** One thing wrong in one source. */
export interface Problem {
  /** Where it stands: `sipweet.yaml:3:5`, `environment DATABASE_URL`, `--set sip.t1Ms`. */
  readonly source: string;
  /** The path of the option, as far as it is known. */
  readonly path: string;
  readonly text: string;
}

/** All problems as the one error that the program ends with. */
export function invalidConfig(problems: readonly Problem[]): AppError {
  const lines = problems.map(({ source, path, text }) => `  ${source}: ${path}${path === '' ? '' : ' '}${text}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new AppError('config.invalid', [`The configuration has ${count}`, ...lines].join('\n'));
}

/** What an unknown option should probably have been: a slip, another section, or Kamailio's name. */
export function optionHint(sectionName: string, name: string): string {
  const kamailio = ENTRIES.find(({ option }) => option.kamailio?.split('.').at(-1) === name);
  if (kamailio !== undefined) return `; Kamailio's ${kamailio.option.kamailio} is ${kamailio.path} here`;
  const inSection = ENTRIES.filter((entry) => entry.sectionName === sectionName);
  const slip = nearest(name, inSection.map((entry) => entry.name));
  if (slip !== undefined) return `; did you mean ${sectionName}.${slip}?`;
  const elsewhere = ENTRIES.find((entry) => entry.name === name);
  return elsewhere === undefined ? '' : `; did you mean ${elsewhere.path}?`;
}

/** What an unknown section should probably have been. */
export function sectionHint(name: string): string {
  const names = ANY_SECTIONS.map(([known]) => known);
  const entry = ENTRIES.find((one) => one.name === name);
  if (entry !== undefined) return `; did you mean ${entry.path}?`;
  const slip = nearest(name, names);
  return slip === undefined ? `; the sections are ${names.join(', ')}` : `; did you mean ${slip}?`;
}

/** The hint for one of a few names, such as the variables of the environment. */
export function nameHint(name: string, known: readonly string[]): string {
  const slip = nearest(name, known);
  return slip === undefined ? '' : `; did you mean ${slip}?`;
}
