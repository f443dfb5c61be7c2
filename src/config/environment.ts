/** The environment as a source: `SIPWEET_<SECTION>_<OPTION>`, the well-known names, and `*_FILE` for secrets. */
import { readFileSync } from 'node:fs';
import { errorText } from '../base/errors.ts';
import { nameHint, type Problem } from './problem.ts';
import { ANY_SECTIONS, ENTRIES, type Entry } from './schema.ts';
import type { Environment, Findings, Setting } from './setting.ts';

const KNOWN = new Set(
  ENTRIES.flatMap(({ environment, option }) =>
    option.secret === undefined ? environment : environment.flatMap((name) => [name, `${name}_FILE`]),
  ),
);

/** Variables that Kubernetes sets by itself for a service called sipweet-sip and the like. */
const KUBERNETES = /_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_.*)?)$/;

/** Settings of the environment. An empty variable counts as not set, as compose files pass them on. */
export function readEnvironment(environment: Environment): Findings {
  const settings: Setting[] = [];
  const problems: Problem[] = misspelled(environment);
  for (const entry of ENTRIES) {
    for (const name of entry.environment) {
      const value = environment[name] || undefined;
      const file = entry.option.secret === undefined ? undefined : environment[`${name}_FILE`] || undefined;
      if (value !== undefined && file !== undefined) {
        const text = `is given twice, also by ${name}_FILE; keep one of them`;
        problems.push({ source: `environment ${name}`, path: entry.path, text });
      } else if (file !== undefined) {
        readSecret(entry, `${name}_FILE`, file, settings, problems);
      } else if (value !== undefined) {
        settings.push(setting(entry, value, `environment ${name}`));
      }
    }
  }
  return { settings, problems };
}

function setting(entry: Entry, value: string, source: string): Setting {
  return { entry, value, source, locate: () => source };
}

function readSecret(entry: Entry, name: string, file: string, settings: Setting[], problems: Problem[]): void {
  const source = `environment ${name}`;
  try {
    // Files of secrets are mostly written by an editor or echo, which end them with a line end.
    settings.push(setting(entry, readFileSync(file, 'utf8').trimEnd(), source));
  } catch (cause) {
    problems.push({ source, path: entry.path, text: `cannot be read: ${errorText(cause)}` });
  }
}

function misspelled(environment: Environment): Problem[] {
  const ours = ANY_SECTIONS.map(([name]) => `SIPWEET_${name.toUpperCase()}_`);
  return Object.keys(environment)
    .filter((name) => !KNOWN.has(name) && ours.some((prefix) => name.startsWith(prefix)) && !KUBERNETES.test(name))
    .map((name) => ({
      source: `environment ${name}`,
      path: '',
      text: `names no option${nameHint(name, [...KNOWN])}`,
    }));
}
