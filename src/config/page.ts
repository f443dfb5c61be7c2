import { defaultText, environmentNames } from './print.ts';
import type { Option } from './option.ts';
import { ANY_SECTIONS, ENTRIES, type Entry } from './schema.ts';

const INTRODUCTION = `# Configuration

This page is made from the schema in \`src/config\` by \`npm run docs\`; do not edit it.

Sources, each stronger than those before it:

1. the defaults on this page;
2. one YAML file: the path given with \`--config\`, else the one that \`SIPWEET_CONFIG\` names, else \`sipweet.yaml\` in the
   working directory, else \`/etc/sipweet/sipweet.yaml\`;
3. the environment: \`SIPWEET_<SECTION>_<OPTION>\` for every option, and the well-known names that some have;
4. the command line: \`--set section.option=value\`.

An option without a value in the file, or with an empty variable in the environment, keeps what it had. Lists are replaced
as a whole by a stronger source; tables (maps of names) gain its entries. In the environment and with \`--set\` a list is
written with commas, and a table as YAML in one line: \`{calls: {autoexpireS: 60}}\`.

A text in the file may hold \`\${NAME}\` or \`\${NAME:-default}\`, which stand for a variable of the environment; write \`$\${\` for
a plain \`\${\`. A secret can be read from a file: \`X_APP_SECRET_FILE=/run/secrets/x_app_secret\`.

The end of a name is the unit: \`Ms\` milliseconds, \`S\` seconds, \`Bytes\` bytes. \`sipweet config check\` finds every mistake at
once; \`sipweet config print\` shows what holds and where it came from, without the secrets.
`;

/** The page \`docs/config.md\`. */
export function configPage(): string {
  const sections = ANY_SECTIONS.map(([name, section]) => {
    const entries = ENTRIES.filter((entry) => entry.sectionName === name).map(describeOption);
    return `## ${name}\n\n${section.doc}\n\n${entries.join('\n')}`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function describeOption(entry: Entry): string {
  const { path, option } = entry;
  const facts = [`Default: ${quoteDefault(option)}`, `Expected: ${option.expected}`];
  facts.push(`Environment: ${environmentNames(entry).map((name) => `\`${name}\``).join(', ')}`);
  if (option.rfc !== undefined) facts.push(`RFC ${option.rfc}`);
  if (option.kamailio !== undefined) facts.push(`Kamailio: \`${option.kamailio}\``);
  const fields = Object.entries(option.fields ?? {}).map(
    ([name, field]) => `- \`.${name}\`: ${field.doc} Default: ${quoteDefault(field)}; ${field.expected}`,
  );
  return [`### ${path}`, '', option.doc, '', ...facts.map((fact) => `- ${fact}`), ...fields, ''].join('\n');
}

function quoteDefault(option: Option<unknown>): string {
  return option.default === undefined ? defaultText(option) : `\`${defaultText(option)}\``;
}
