import { attributeCatalogue } from '../src/script/pseudo-variables/catalogue/attributes.ts';
import { messageCatalogue } from '../src/script/pseudo-variables/catalogue/message.ts';
import { moduleCatalogue } from '../src/script/pseudo-variables/catalogue/modules.ts';
import { networkCatalogue } from '../src/script/pseudo-variables/catalogue/network.ts';
import { transactionCatalogue } from '../src/script/pseudo-variables/catalogue/transaction.ts';
import { uriCatalogue } from '../src/script/pseudo-variables/catalogue/uris.ts';
import { variableCatalogue } from '../src/script/pseudo-variables/catalogue/variables.ts';
import { addressTransformations } from '../src/script/pseudo-variables/transformations/addresses.ts';
import { listTransformations } from '../src/script/pseudo-variables/transformations/lists.ts';
import { sqlTransformations } from '../src/script/pseudo-variables/transformations/sql.ts';
import { stringTransformations } from '../src/script/pseudo-variables/transformations/strings.ts';
import { TRANSFORMATIONS, VARIABLES } from './docs-pseudo-variable-texts.ts';
import { GENERATED, table } from './markdown.ts';

const INTRODUCTION = `# Pseudo-variables

${GENERATED}

What \`KSR.pv.get("$ru")\`, \`KSR.pv.sets\`, \`KSR.xlog\` and the other functions that take names or texts with \`$\` understand. In a
text, \`$$\` is a dollar sign, and a value that is not there is written as \`<null>\`. A name that is none makes the function
fail, with a line in the log.

| written | means |
|---|---|
| \`$name\`, \`$(name)\` | the value |
| \`$name(inner)\` | with an argument, in which variables may stand: \`$hdr($var(h))\` |
| \`$(name(inner)[index])\` | one of several: 0 the first, -1 the last, \`*\` all; the index may be a variable |
| \`$(name{transformation}{another})\` | changed on the way, see below |

A value is a text, a number, or null. Setting a variable that is read-only changes nothing and counts as done, as in
Kamailio. The changes of a script to header fields do not show in the variables that read them, but those to the
Request-URI and destination do.
`;

const GROUPS = [
  { title: 'Message', names: messageCatalogue },
  { title: 'URIs and addresses', names: uriCatalogue },
  { title: 'Network', names: networkCatalogue },
  { title: 'Attributes', names: attributeCatalogue },
  { title: 'Script, flags and time', names: variableCatalogue },
  { title: 'Transaction', names: transactionCatalogue },
  { title: 'Modules', names: moduleCatalogue },
] as const;

const CLASSES = [
  { title: 'Texts', names: stringTransformations },
  { title: 'URIs and name-addr values', names: addressTransformations },
  { title: 'Lists and lines', names: listTransformations },
  { title: 'SQL', names: sqlTransformations },
] as const;

/** The names of all variables, without `$`. */
export const variableNames: readonly string[] = GROUPS.flatMap(({ names }) => Object.keys(names));

/** The names of all transformations. */
export const transformationNames: readonly string[] = CLASSES.flatMap(({ names }) => Object.keys(names));

function variableLine(name: string): readonly string[] {
  const text = VARIABLES[name];
  if (text === undefined) throw new Error(`scripts/docs-pseudo-variable-texts.ts says nothing about $${name}`);
  return [`\`$${name}${text.inner === undefined ? '' : `(${text.inner})`}\``, text.writable ? 'yes' : '', text.means];
}

function transformationLine(name: string): readonly string[] {
  const text = TRANSFORMATIONS[name];
  if (text === undefined) throw new Error(`scripts/docs-pseudo-variable-texts.ts says nothing about {${name}}`);
  return [`\`{${name}${text.params === undefined ? '' : `,${text.params}`}}\``, text.gives];
}

/** The page `docs/pseudo-variables.md`. */
export function pseudoVariablesPage(): string {
  return [
    INTRODUCTION,
    `## Variables\n\n${variableNames.length} of them. A \`yes\` says that a script can set it.\n`,
    ...GROUPS.map(({ title, names }) => `### ${title}\n\n${table(['variable', 'set', 'is'], Object.keys(names).map(variableLine))}\n`),
    `## Transformations\n\n${transformationNames.length} of them. They take the text of the value; null stays null, except in \`{sql.…}\`. In parameters variables may stand.\n`,
    ...CLASSES.map(({ title, names }) => `### ${title}\n\n${table(['transformation', 'gives'], Object.keys(names).map(transformationLine))}\n`),
  ].join('\n');
}
