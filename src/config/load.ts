import { existsSync } from 'node:fs';
import type { z } from 'zod';
import { readEnvironment } from './environment.ts';
import { readConfigFile } from './file.ts';
import type { Option } from './option.ts';
import { readOverrides } from './override.ts';
import { invalidConfig, nameHint, type Problem } from './problem.ts';
import { ANY_SECTIONS, ENTRIES, type Config } from './schema.ts';
import type { Environment, Setting } from './setting.ts';

/** Where a configuration is looked for when no path is given; the first that exists is read. */
export const CONFIG_PATHS: readonly string[] = ['sipweet.yaml', '/etc/sipweet/sipweet.yaml'];

export interface ConfigSources {
  /** Path of the file, which must exist then. Without it `SIPWEET_CONFIG` names one, else `CONFIG_PATHS` are tried. */
  readonly file?: string | undefined;
  readonly environment?: Environment;
  /** Texts of the form `section.option=value`; they win over everything else. */
  readonly overrides?: readonly string[];
  /** Used in place of `CONFIG_PATHS`. */
  readonly searchPaths?: readonly string[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read. */
  readonly file: string | undefined;
  /** For each option that a source has set: path to the source that won. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Reads the configuration: defaults, then `sipweet.yaml`, then the environment, then overrides.
 * Every value is checked where it stands, also one that a later source replaces.
 *
 * Throws `config.invalid` with all problems in its message, or `config.unreadable`.
 */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const environment = sources.environment ?? {};
  const named = sources.file ?? (environment.SIPWEET_CONFIG || undefined);
  const file = named ?? (sources.searchPaths ?? CONFIG_PATHS).find((path) => existsSync(path));
  const found = [
    ...(file === undefined ? [] : [readConfigFile(file, environment)]),
    readEnvironment(environment),
    readOverrides(sources.overrides ?? []),
  ];
  const problems = found.flatMap((one) => one.problems);
  const { values, winners } = apply(found.flatMap((one) => one.settings), problems);
  problems.push(...checkSections(values, winners, problems));
  if (problems.length > 0) throw invalidConfig(problems);
  return { config: deepFreeze(values) as unknown as Config, file, sources: winners };
}

type Values = Record<string, Record<string, unknown>>;

function defaults(): Values {
  const values: Values = {};
  for (const { sectionName, name, option } of ENTRIES) (values[sectionName] ??= {})[name] = option.default;
  return values;
}

function apply(settings: readonly Setting[], problems: Problem[]): { values: Values; winners: Map<string, string> } {
  const values = defaults();
  const winners = new Map<string, string>();
  for (const setting of settings) {
    const { entry } = setting;
    const checked = entry.option.schema.safeParse(setting.value);
    if (!checked.success) {
      for (const issue of checked.error.issues) problems.push(...problemsOf(setting, issue));
      continue;
    }
    const section = values[entry.sectionName]!;
    const isTable = entry.option.fields !== undefined;
    section[entry.name] = isTable ? { ...(section[entry.name] as object), ...(checked.data as object) } : checked.data;
    winners.set(entry.path, setting.source);
  }
  return { values, winners };
}

/** One zod issue in our words; a map with several unknown keys is several problems. */
function problemsOf(setting: Setting, issue: z.core.$ZodIssue): Problem[] {
  const { entry, value } = setting;
  const path = [entry.path, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(entry.option.fields ?? {});
    return issue.keys.map((key) => ({
      source: setting.locate([...issue.path, key]),
      path: `${path}.${key}`,
      text: `is no option${nameHint(key, known)}`,
    }));
  }
  const expected = issue.code === 'invalid_key' ? issue.issues[0]!.message : issue.message;
  const found = issue.code === 'invalid_key' ? issue.path.at(-1) : partOf(value, issue.path);
  // YAML reads an unquoted 0123 as a number; its digits are lost, so it is not taken as text.
  const isNumberForText = typeof found === 'number' && issue.code === 'invalid_type' && issue.expected === 'string';
  const hint = isNumberForText ? '; put a number that is meant as text in quotes' : '';
  const text = `is ${describe(found, entry.option)}, expected ${expected}${hint}`;
  return [{ source: setting.locate(issue.path), path, text }];
}

function partOf(value: unknown, path: readonly PropertyKey[]): unknown {
  let part = value;
  for (const key of path) {
    // A list or table that was given as one text has no parts of its own.
    if (typeof part !== 'object' || part === null) return value;
    part = (part as Record<PropertyKey, unknown>)[key];
  }
  return part;
}

function describe(value: unknown, option: Option<unknown>): string {
  if (value === undefined) return 'not given';
  if (option.secret !== undefined) return `a ${typeof value} that is kept secret`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The checks between options, for the sections whose options are all valid by themselves. */
function checkSections(values: Values, winners: ReadonlyMap<string, string>, known: readonly Problem[]): Problem[] {
  return ANY_SECTIONS.flatMap(([name, section]) => {
    if (known.some(({ path }) => path.startsWith(`${name}.`))) return [];
    const own = values[name]!;
    return section.check(own).map(({ option, text }) => {
      const path = `${name}.${option}`;
      return { source: winners.get(path) ?? (own[option] === undefined ? 'not set' : 'default'), path, text };
    });
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
