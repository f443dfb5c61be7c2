import { stringify } from 'yaml';
import type { LoadedConfig } from './load.ts';
import type { Option } from './option.ts';
import { redactValue } from './redact.ts';
import { ANY_SECTIONS, entryAt, type Entry } from './schema.ts';
import { pathHint } from './override.ts';
import { AppError } from '../base/errors.ts';

/**
 * The whole configuration as YAML, each value that is not the default with the source it came from.
 * Without redaction the text loads to the same configuration again.
 */
export function printConfig(loaded: LoadedConfig, { redact }: { redact: boolean }): string {
  const blocks = ANY_SECTIONS.map(([sectionName, section]) => {
    const values = loaded.config[sectionName as keyof LoadedConfig['config']] as Readonly<Record<string, unknown>>;
    const lines = Object.entries(section.options).map(([name, option]) => {
      const value = redact ? redactValue(option, values[name]) : values[name];
      const source = loaded.sources.get(`${sectionName}.${name}`);
      return printOption(name, option, value, source);
    });
    return `${sectionName}:\n${lines.join('')}`;
  });
  return blocks.join('\n');
}

function printOption(name: string, option: Option<unknown>, value: unknown, source: string | undefined): string {
  if (value === undefined) return `  ${name}: # not set: ${option.defaultText ?? 'no value'}\n`;
  const yaml = stringify({ [name]: option.format(value) }, { lineWidth: 0 }).replaceAll('${', () => '$${');
  const [first, ...rest] = yaml.trimEnd().split('\n');
  const comment = source === undefined ? '' : ` # from ${source}`;
  return [`${first}${comment}`, ...rest].map((text) => `  ${text}\n`).join('');
}

/**
 * All that is known of one option, in lines for a terminal; with a loaded configuration also its
 * value now. Throws `usage` for a path that names no option.
 */
export function explainOption(path: string, loaded?: LoadedConfig): string {
  const entry = entryAt(path);
  if (entry === undefined) throw new AppError('usage', `There is no option ${path}${pathHint(path)}`);
  const { option } = entry;
  const rows: [string, string | undefined][] = [
    ['now', loaded && valueNow(entry, loaded)],
    ['default', defaultText(option)],
    ['expected', option.expected],
    ['environment', environmentNames(entry).join(', ')],
    ['command line', `--set ${path}=...`],
    ['RFC', option.rfc],
    ['Kamailio', option.kamailio],
  ];
  const fields = Object.entries(option.fields ?? {}).map(
    ([name, field]) => [`.${name}`, `${field.doc} Default ${defaultText(field)}`] as const,
  );
  const lines = [...rows, ...fields].flatMap(([label, text]) => (text ? [`  ${label.padEnd(14)}${text}`] : []));
  return [path, `  ${option.doc}`, '', ...lines].join('\n');
}

function valueNow({ path, sectionName, name, option }: Entry, loaded: LoadedConfig): string {
  const section = loaded.config[sectionName as keyof LoadedConfig['config']] as Readonly<Record<string, unknown>>;
  const value = section[name];
  const text = value === undefined ? 'not set' : flow(option, redactValue(option, value));
  return `${text} (${loaded.sources.get(path) ?? 'default'})`;
}

/** The default of an option on one line. */
export function defaultText(option: Option<unknown>): string {
  if (option.defaultText !== undefined) return option.defaultText;
  return option.default === undefined ? 'not set' : flow(option, option.default);
}

/** The variables of the environment that set an option, those that name a file of it included. */
export function environmentNames({ environment, option }: Entry): string[] {
  return option.secret === undefined ? [...environment] : environment.flatMap((name) => [name, `${name}_FILE`]);
}

function flow(option: Option<unknown>, value: unknown): string {
  const written = option.format(value);
  return typeof written === 'string' ? `"${written}"` : stringify(written, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
