import { childrenOf, isCall, argumentsOf, type AnyNode, type Call, type Expression } from './ast.ts';
import type { Scope } from './scope.ts';

/** Why a program is not compiled; the interpreter runs it. */
export interface Refusal {
  readonly reason: string;
  readonly line: number;
}

/** Globals that look at, or make, code while it runs. */
const REFUSED = new Set(['load', 'loadstring', 'loadfile', 'setfenv', 'getfenv', 'module', '_ENV']);
/** Fields of libraries that do so, or that decide where modules are found: compiled programs take them from where they were at load. */
const REFUSED_FIELDS: Readonly<Record<string, (name: string) => boolean>> = {
  debug: (name) => name !== 'traceback' && name !== 'getinfo',
  package: (name) => ['loaders', 'path', 'searchers', 'searchpath'].includes(name),
  string: (name) => name === 'dump',
};
/** They take the name of a file, which has to be known when the program is compiled. */
const FILES = new Set(['require', 'dofile']);

/** Finds the first use of something that compiled code cannot do. */
export function findRefusal(node: AnyNode, scope: Scope): Refusal | undefined {
  const reason = refusalOf(node, scope);
  if (reason !== undefined) return { reason, line: node.loc.start.line };
  for (const child of childrenOf(node)) {
    const found = findRefusal(child, scope);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refusalOf(node: AnyNode, scope: Scope): string | undefined {
  if (node.type === 'Identifier' && REFUSED.has(node.name) && !scope.variables.has(node)) return node.name;
  if (node.type === 'MemberExpression' && node.base.type === 'Identifier' && !scope.variables.has(node.base)) {
    const library = node.base.name;
    if (REFUSED_FIELDS[library]?.(node.identifier.name) === true) return `${library}.${node.identifier.name}`;
  }
  if (isCall(node as Expression)) {
    const file = fileArgument(node as Call, scope);
    if (file !== undefined && file.name === undefined) return `${file.by} with a name that is computed`;
  }
  return undefined;
}

/** What `require` or `dofile` is called with; undefined for other calls. */
function fileArgument(call: Call, scope: Scope): { by: string; name: string | undefined } | undefined {
  const { base } = call;
  if (base.type !== 'Identifier' || !FILES.has(base.name) || scope.variables.has(base)) return undefined;
  const [name] = argumentsOf(call);
  return { by: base.name, name: name?.type === 'StringLiteral' ? name.value : undefined };
}

/** The files that a chunk takes in: by `require`, a module's name; by `dofile`, a path. */
export function filesOf(node: AnyNode, scope: Scope): readonly { readonly by: string; readonly name: string }[] {
  const own = isCall(node as Expression) ? fileArgument(node as Call, scope) : undefined;
  const below = [...childrenOf(node)].flatMap((child) => filesOf(child, scope));
  return own?.name === undefined ? below : [{ by: own.by, name: own.name }, ...below];
}
